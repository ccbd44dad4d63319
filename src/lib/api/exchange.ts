import type {ClientRequest} from 'node:http';
import type {Socket} from 'node:net';
import type {Got} from 'got';
import {KlingError} from '../errors/kling-error.js';
import type {Network} from '../net/network.js';
import {createAbortCalls, type OnAbort} from '../system/abort-calls.js';
import type {Clock} from '../system/clock.js';
import {isTooLong, maxReplyBytes} from './decode.js';
import {networkError} from './network-errors.js';
import {extended} from './prepare-got.js';
import {type Received, type Reply, readReceived} from './received.js';

interface Request {
	method: 'GET' | 'POST';
	url: URL;
	/** Sent as `Authorization: Bearer …`, only to the origin of `url`. */
	token: string;
	/** Body of a POST, as JSON text. */
	body?: string | undefined;
	/** Cancels the request; its reason is thrown. */
	signal?: AbortSignal | undefined;
	clock: Pick<Clock, 'after'>;
	/**
	 * Aborts when the work that the request belongs to has run out of time. The request then fails with
	 * `timeout`.
	 */
	until?: AbortSignal | undefined;
}

/**
 * Total milliseconds for a request, so that a body arriving one byte at a time ends as well. Uploads get one
 * more millisecond per this many bytes: 16 KB/s is slower than any connection on which videos are made.
 */
const total = {ms: 60_000, uploadRate: 16};

const phaseGraceMs = 300;

/** Sends one request and reads the whole response. */
export type Exchange = (request: Request) => Promise<Reply>;

/**
 * Creates an exchange. got is loaded and set up at the first request. A POST uses a new connection, because a
 * kept-alive one may already be closed.
 * @returns see `exchange`
 */
export function createExchange(network: Network): Exchange {
	const {reading, paying} = network.routes;
	const gots = new Map<string, Promise<Got>>();
	const onAbort = createAbortCalls();
	const prepare = async (method: Request['method'], url: URL) => {
		const route = method === 'POST' ? paying : reading;
		const [{got}, options] = await Promise.all([import('got'), route(url)]);
		return extended(got, method, options);
	};
	return (request) => {
		const {method, url} = request;
		const kind = `${method} ${url.origin}`;
		const prepared = gots.get(kind) ?? prepare(method, url);
		gots.set(kind, prepared);
		return exchange(request, prepared, network, onAbort);
	};
}

/**
 * Sends one request and reads the whole response, whatever its status. A GET follows up to 5 redirects within
 * the origin; a POST follows none.
 * @throws KlingError `connection_error`, `timeout`, or `response_error` for a response over 10 MB or one that
 * cannot be decompressed
 */
async function exchange(
	request: Request,
	prepared: Promise<Got>,
	{requestTimeoutMs}: Network,
	onAbort: OnAbort,
): Promise<Reply> {
	const {token, body, signal, clock, until} = request;
	const limitMs = requestTimeoutMs ?? total.ms + (body?.length ?? 0) / total.uploadRate;
	const progress: Progress = {mayHaveArrived: false, isTooLarge: false, isLate: false};
	let release = () => {};
	let cancel = () => {};
	try {
		const got = await prepared;
		if (signal?.aborted || until?.aborted) throw new Error('It was cancelled before it was sent');
		const {received, stop} = send(request, got, progress);
		release = onAbort([signal, until], stop);
		// The limits of the single phases run out first, because their errors say more.
		cancel = clock.after(limitMs + (requestTimeoutMs === undefined ? 0 : phaseGraceMs), () => {
			progress.isLate = true;
			stop();
		});
		return await readReceived(await received, token);
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		throw failure(error, request, progress, limitMs);
	} finally {
		cancel();
		release();
	}
}

/** What is known about a request that may yet fail. */
interface Progress {
	/** Whether the server may have received any of it. */
	mayHaveArrived: boolean;
	isTooLarge: boolean;
	/** Whether its time ran out. */
	isLate: boolean;
}

/** The error of a request, which says of a POST whether a task may have been made. */
function failure(
	error: unknown,
	{method, url: {host}, until}: Request,
	{mayHaveArrived, isTooLarge, isLate}: Progress,
	limitMs: number,
): KlingError {
	const posting = method === 'POST';
	if (isTooLarge || isTooLong(error)) {
		return new KlingError(
			'response_error',
			`The response from ${host} is larger than ${maxReplyBytes / 1e6} MB`,
			{cause: error, maybeSubmitted: posting},
		);
	}
	// An error of our own: about the settings before the request was sent, or about the response.
	if (error instanceof KlingError) return error.with({maybeSubmitted: posting && mayHaveArrived});
	const evidence = posting ? {maybeSubmitted: mayHaveArrived, neverSent: !mayHaveArrived} : {};
	if (!isLate && !until?.aborted) return networkError(error, host, evidence);
	const limits = isLate ? `within ${Math.round(limitMs / 100) / 10} s` : 'before the time was up';
	return new KlingError('timeout', `Cannot reach ${host}: the whole response did not come ${limits}`, {
		cause: error,
		...evidence,
	});
}

/** A request on its way. */
interface Sent {
	/** Rejects when the response fails or is stopped. */
	received: Promise<Received>;
	/** Gives the request up, even if the connection never reports an end. */
	stop: () => void;
}

function send({method, url, token, body}: Request, got: Got, progress: Progress): Sent {
	const posting = method === 'POST';
	const stream = got.stream(url, {
		headers: {
			authorization: `Bearer ${token}`,
			...(body !== undefined && {'content-type': 'application/json'}),
		},
		...(body !== undefined && {body}),
	});
	// got waits for the body of a POST that has none.
	if (posting && body === undefined) stream.end();
	let stop = () => {};
	const received = new Promise<Received>((resolve, reject) => {
		const requests: ClientRequest[] = [];
		const close = () => {
			stream.destroy();
			// got never closes a redirect whose own body does not end.
			for (const request of requests) request.destroy();
		};
		const end = (reason: unknown) => {
			close();
			reject(reason);
		};
		stop = () => end(new Error('It was cancelled'));
		stream.on('request', (outgoing: ClientRequest) => {
			requests.push(outgoing);
			whenConnected(outgoing, () => {
				progress.mayHaveArrived = true;
			});
			// got does not treat an upgrade as the end of a request and would wait forever.
			outgoing.once('upgrade', (_response: unknown, socket: Socket) => {
				socket.destroy();
				end(otherProtocol(url));
			});
		});
		const chunks: Buffer[] = [];
		let length = 0;
		stream.on('data', (chunk: Buffer) => {
			chunks.push(chunk);
			length += chunk.length;
			progress.isTooLarge = length > maxReplyBytes;
			if (progress.isTooLarge) end(new Error('It is too large'));
		});
		stream.once('end', () => {
			const {statusCode: status = 0, headers = {}} = stream.response ?? {};
			if (status < 200) reject(otherProtocol(url));
			else resolve({status, headers, bytes: Buffer.concat(chunks, length)});
			close();
		});
		stream.on('error', end);
	});
	return {received, stop};
}

const otherProtocol = ({host}: URL) =>
	new KlingError('connection_error', `${host} wants to switch to another protocol (HTTP 101)`);

/**
 * Calls `tell` once data can reach the server: with TLS that is after the handshake, because no part of a
 * request is sent before it. If unsure, calls it at once.
 */
function whenConnected(request: ClientRequest, tell: () => void): void {
	request.once('socket', (socket: Socket) => {
		const secure = 'encrypted' in socket;
		// Destroyed before it was connected: the system refused at once, such as without a route.
		if (socket.destroyed && !request.reusedSocket) return;
		if (request.reusedSocket || !(socket.connecting || secure)) tell();
		else socket.once(secure ? 'secureConnect' : 'connect', tell);
	});
}
