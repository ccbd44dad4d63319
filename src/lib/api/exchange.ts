import type {ClientRequest} from 'node:http';
import type {Socket} from 'node:net';
import type {BeforeRequestHook, Got} from 'got';
import {KlingError} from '../errors/kling-error.js';
import type {Network} from '../net/network.js';
import {anySignal} from '../system/any-signal.js';
import {decode, isTooLong, maxReplyBytes} from './decode.js';
import {unusable} from './json.js';
import {networkError} from './network-errors.js';

interface Request {
	method: 'GET' | 'POST';
	url: URL;
	/** Sent as `Authorization: Bearer …`, only to the origin of `url`. */
	token: string;
	/** Body of a POST, as JSON text. */
	body?: string | undefined;
	/** Cancels the request; its reason is thrown. */
	signal?: AbortSignal | undefined;
	/** Makes a signal that aborts after this many milliseconds. */
	deadline: (ms: number) => AbortSignal;
	/**
	 * Aborts when the work that the request belongs to has run out of time. The request then fails with
	 * `timeout`.
	 */
	until?: AbortSignal | undefined;
}

export interface Reply {
	status: number;
	contentType: string | undefined;
	/** `Retry-After` in milliseconds, if the server sent one. */
	retryAfterMs: number | undefined;
	/** The server's `Date` header. */
	date: string | undefined;
	text: string;
}

/** Milliseconds. Public reports show that 5 s to connect are too few for Kling (docs/kling-api.md §16). */
const timeouts = {lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 30_000, socket: 30_000};

/**
 * Total milliseconds for a request, so that a body arriving one byte at a time ends as well. Uploads get one
 * more millisecond per this many bytes: 16 KB/s is slower than any connection on which videos are made.
 */
const total = {ms: 60_000, uploadRate: 16};

const phaseGraceMs = 300;

const maxRedirects = 5;

/** User agent, for the servers' logs. */
export const userAgent = 'kling-cli';

const extended = (got: Got, beforeRequest: BeforeRequestHook): Got =>
	got.extend({
		headers: {'user-agent': userAgent},
		throwHttpErrors: false,
		// Retrying is left to callers, who know the business codes.
		retry: {limit: 0},
		timeout: timeouts,
		// Whatever NODE_TLS_REJECT_UNAUTHORIZED says: the request carries keys.
		https: {rejectUnauthorized: true},
		// got would decompress without a size limit.
		decompress: false,
		maxRedirects,
		hooks: {
			beforeRequest: [beforeRequest],
			beforeRedirect: [
				(next, {request: {requestUrl}}) =>
					checkRedirect(requestUrl, next.url instanceof URL ? next.url : undefined),
			],
		},
	});

/** Refuses redirects to another origin: a reply from there proves nothing about a task here. */
function checkRedirect(from: URL | undefined, to: URL | undefined): void {
	if (to !== undefined && to.origin === from?.origin) return;
	const where = to?.host ? to.host : 'an address that is not http';
	throw new KlingError('connection_error', `${from?.host} redirects to ${where}, which is not followed`, {
		retryable: false,
		hint: 'The API never redirects elsewhere: check KLING_BASE_URL, and any proxy or sign-in page of the network.',
	});
}

/** Sends one request and reads the whole response. */
export type Exchange = (request: Request) => Promise<Reply>;

/**
 * Creates an exchange. got is loaded and set up at the first request. A POST uses a new connection, because a
 * kept-alive one may already be closed.
 * @returns see `exchange`
 */
export function createExchange(network: Network): Exchange {
	const {reading, paying} = network.routes;
	const gots: Partial<Record<Request['method'], Promise<Got>>> = {};
	const gotFor = (method: Request['method']) =>
		import('got').then(({got}) => extended(got, method === 'POST' ? paying : reading));
	return (request) => {
		gots[request.method] ??= gotFor(request.method);
		return exchange(request, gots[request.method] as Promise<Got>, network);
	};
}

/**
 * Sends one request and reads the whole response, whatever its status. A GET follows up to 5 redirects within
 * the origin; a POST follows none.
 * @throws KlingError `connection_error`, `timeout`, or `response_error` for a response over 10 MB or one that
 * cannot be decompressed
 */
async function exchange(request: Request, got: Promise<Got>, {requestTimeoutMs}: Network): Promise<Reply> {
	const {method, url, body, signal, deadline, until} = request;
	const posting = method === 'POST';
	const limit = requestTimeoutMs ?? total.ms + (body?.length ?? 0) / total.uploadRate;
	// The limits of the single phases run out first, because their errors say more.
	const late = deadline(limit + (requestTimeoutMs === undefined ? 0 : phaseGraceMs));
	const {signal: end, release} = anySignal([late, signal, until]);
	const state: Progress = {mayHaveArrived: false, tooLarge: false};
	try {
		return await receive(request, await got, end, state);
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		if (state.tooLarge || isTooLong(error)) {
			throw new KlingError(
				'response_error',
				`The response from ${url.host} is larger than ${maxReplyBytes / 1e6} MB`,
				{cause: error, maybeSubmitted: posting},
			);
		}
		const {mayHaveArrived} = state;
		const evidence = posting ? {maybeSubmitted: mayHaveArrived, neverSent: !mayHaveArrived} : {};
		if (!end.aborted) throw networkError(error, url.host, evidence);
		const limits = late.aborted ? `within ${Math.round(limit / 100) / 10} s` : 'before the time was up';
		throw new KlingError('timeout', `Cannot reach ${url.host}: the whole response did not come ${limits}`, {
			cause: error,
			...evidence,
		});
	} finally {
		release();
	}
}

/** What is known about a request that may yet fail. */
interface Progress {
	/** Whether the server may have received any of it. */
	mayHaveArrived: boolean;
	tooLarge: boolean;
}

async function receive(
	{method, url, token, body}: Request,
	got: Got,
	end: AbortSignal,
	state: Progress,
): Promise<Reply> {
	const posting = method === 'POST';
	end.throwIfAborted();
	const request = got(url, {
		method,
		headers: {
			accept: 'application/json',
			authorization: `Bearer ${token}`,
			...(body !== undefined && {'content-type': 'application/json'}),
		},
		...(body !== undefined && {body}),
		responseType: 'buffer',
		followRedirect: !posting,
		signal: end,
	});
	const never = new Promise<never>((_, reject) => {
		request.on('request', (outgoing: ClientRequest) => {
			whenConnected(outgoing, () => {
				state.mayHaveArrived = true;
			});
			// got does not treat an upgrade as the end of a request and would wait forever.
			outgoing.once('upgrade', (_response: unknown, socket: Socket) => {
				socket.destroy();
				reject(otherProtocol(url, posting));
			});
		});
		// The deadline ends the wait even if the socket never reports an end.
		end.addEventListener('abort', () => reject(end.reason), {once: true});
	});
	request.on('downloadProgress', ({transferred}) => {
		if (transferred > maxReplyBytes) {
			state.tooLarge = true;
			request.cancel();
		}
	});
	// Only one of the two promises is awaited; this handles a rejection of the other.
	request.catch(() => {});
	never.catch(() => {});
	const {statusCode: status, headers, body: bytes} = await Promise.race([request, never]);
	if (status < 200) throw otherProtocol(url, posting);
	const contentType = headers['content-type'];
	const decoded = await decode(asBuffer(bytes), headers['content-encoding'] ?? '').catch((error) => {
		if (isTooLong(error)) throw error;
		throw unusable('cannot be decompressed', '', {status, contentType}, error).with({
			maybeSubmitted: posting,
		});
	});
	return {
		status,
		contentType,
		retryAfterMs: retryAfterMs(headers['retry-after'], headers.date),
		date: headers.date,
		// A server that echoes the request must not put the token into a message.
		text: withoutToken(decoded.toString('utf8'), token),
	};
}

/** The same bytes, not a copy. */
const asBuffer = ({buffer, byteOffset, byteLength}: Uint8Array) =>
	Buffer.from(buffer, byteOffset, byteLength);

const otherProtocol = ({host}: URL, maybeSubmitted: boolean) =>
	new KlingError('connection_error', `${host} wants to switch to another protocol (HTTP 101)`, {
		maybeSubmitted,
	});

/** Short keys are not replaced, since they could be ordinary words. Real keys are longer. */
function withoutToken(text: string, token: string): string {
	if (token.length < 8) return text;
	const plain = text.replaceAll(token, '[hidden]');
	// In a URL, a dot may be escaped; the letters before it stay as they are.
	const [letters = ''] = token.split(/\W/, 1);
	if (!plain.toLowerCase().includes(letters.toLowerCase())) return plain;
	const pattern = token.replaceAll(/[^\w]/g, (char) => {
		const hex = char.charCodeAt(0).toString(16).padStart(2, '0');
		return `(?:\\${char}|%${hex}|\\\\u00${hex})`;
	});
	return plain.replaceAll(new RegExp(pattern, 'gi'), '[hidden]');
}

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

/**
 * Milliseconds from a `Retry-After` header, which holds a number of seconds or a date. A date is compared
 * with the server's own clock.
 */
function retryAfterMs(header: string | undefined, serverDate: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
	const wait = Date.parse(header) - Date.parse(serverDate ?? '');
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
