import type {ClientRequest} from 'node:http';
import type {Socket} from 'node:net';
import {promisify} from 'node:util';
import {brotliDecompress, gunzip, inflate} from 'node:zlib';
import type {Got} from 'got';
import {KlingError} from '../errors/kling-error.js';
import {route} from '../net/agents.js';
import {isLoopback} from '../net/loopback.js';
import {unusable} from './json.js';
import {networkError} from './network-errors.js';

export interface Request {
	method: 'GET' | 'POST';
	url: URL;
	/** Sent as `Authorization: Bearer …`, to the origin of `url` only. */
	token: string;
	/** JSON text of a POST. */
	body?: string | undefined;
	/** Gives the request up; its reason is thrown. */
	signal?: AbortSignal | undefined;
}

export interface Reply {
	status: number;
	contentType: string | undefined;
	/** `Retry-After` in milliseconds, when the server gave one. */
	retryAfterMs: number | undefined;
	/** The server's time, as it wrote it. */
	date: string | undefined;
	text: string;
}

/** Bytes of JSON that are read from a reply before it is given up. */
const maxReplyBytes = 10_000_000;

/** Milliseconds. 5 s to connect were too few for Kling in public reports (docs/kling-api.md §16). */
const timeouts = {lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 30_000, socket: 30_000};

const maxRedirects = 5;

/** What servers are told of us, for their logs. */
export const userAgent = 'kling-cli';

const decoders: Readonly<
	Record<string, (data: Buffer, options: {maxOutputLength: number}) => Promise<Buffer>>
> = {
	gzip: promisify(gunzip),
	deflate: promisify(inflate),
	br: promisify(brotliDecompress),
};

let shared: Promise<Got> | undefined;

/** got, loaded and set up at the first request. */
function client(): Promise<Got> {
	shared ??= import('got').then(({got}) =>
		got.extend({
			headers: {'user-agent': userAgent},
			throwHttpErrors: false,
			// Retrying is for who knows the business codes.
			retry: {limit: 0},
			timeout: timeouts,
			// got would unpack without a limit.
			decompress: false,
			maxRedirects,
			hooks: {
				beforeRequest: [route],
				beforeRedirect: [
					(next, {request: {requestUrl}}) => {
						const from = requestUrl;
						const to = next.url instanceof URL ? next.url : undefined;
						checkRedirect(from, to);
						// got compares host names only.
						if (to?.origin !== from?.origin) delete next.headers.authorization;
					},
				],
			},
		}),
	);
	return shared;
}

/** Only https leaves this machine, and what began with it stays with it. */
function checkRedirect(from: URL | undefined, to: URL | undefined): void {
	if (to?.protocol === 'https:') return;
	if (to?.protocol === 'http:' && from?.protocol === 'http:' && isLoopback(to)) return;
	const kind = to?.protocol === 'http:' ? 'plain http' : 'an unsupported protocol';
	throw new KlingError('connection_error', `${from?.host} redirects to ${kind}, which is not followed`, {
		retryable: false,
	});
}

/**
 * Sends one request and reads the whole reply, whatever its status.
 * A GET follows up to 5 redirects and leaves the token behind when one leaves the origin; a POST follows none.
 * @throws KlingError `connection_error`, `timeout`, or `response_error` for a reply over 10 MB or one that cannot
 * be unpacked
 */
export async function exchange({method, url, token, body, signal}: Request): Promise<Reply> {
	const got = await client();
	let tooLarge = false;
	let mayHaveArrived = false;
	const posting = method === 'POST';
	try {
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
			...(signal && {signal}),
		});
		request.on('request', (outgoing) =>
			whenConnected(outgoing as ClientRequest, () => {
				mayHaveArrived = true;
			}),
		);
		request.on('downloadProgress', ({transferred}) => {
			if (transferred > maxReplyBytes) {
				tooLarge = true;
				request.cancel();
			}
		});
		const {statusCode: status, headers, body: bytes} = await request;
		const contentType = headers['content-type'];
		const decoded = await decode(Buffer.from(bytes), headers['content-encoding'] ?? '').catch((error) => {
			if (isTooLong(error)) throw error;
			throw unusable('cannot be unpacked', '', {status, contentType}, error).with({maybeSubmitted: posting});
		});
		return {
			status,
			contentType,
			retryAfterMs: retryAfterMs(headers['retry-after'], headers.date),
			date: headers.date,
			// A server that echoes the request must not put the token into a message.
			text: withoutToken(decoded.toString('utf8'), token),
		};
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		if (tooLarge || isTooLong(error)) {
			throw new KlingError(
				'response_error',
				`The reply of ${url.host} is larger than ${maxReplyBytes / 1e6} MB`,
				{cause: error, maybeSubmitted: posting},
			);
		}
		const evidence = {maybeSubmitted: mayHaveArrived, neverSent: !mayHaveArrived};
		throw networkError(error, url.host, posting ? evidence : {});
	}
}

/** A key that could be a word of the reply is left: no real one is so short. */
function withoutToken(text: string, token: string): string {
	return token.length < 8 ? text : text.replaceAll(token, '[hidden]');
}

/**
 * Tells when the other side is there to be written to: with TLS after the handshake, since nothing of a request goes
 * out before. In doubt at once.
 */
function whenConnected(request: ClientRequest, tell: () => void): void {
	request.once('socket', (socket: Socket) => {
		const secure = 'encrypted' in socket;
		if (request.reusedSocket || !(socket.connecting || secure)) tell();
		else socket.once(secure ? 'secureConnect' : 'connect', tell);
	});
}

async function decode(body: Buffer, encoding: string): Promise<Buffer> {
	const decoder = decoders[encoding.toLowerCase().replace(/^x-/, '')];
	return decoder === undefined ? body : decoder(body, {maxOutputLength: maxReplyBytes});
}

function isTooLong(error: unknown): boolean {
	return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** `Retry-After` is a number of seconds or a date; the date counts from the server's own clock. */
function retryAfterMs(header: string | undefined, serverDate: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
	const wait = Date.parse(header) - Date.parse(serverDate ?? '');
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
