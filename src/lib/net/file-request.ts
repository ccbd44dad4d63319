import {type ClientRequest, type IncomingMessage, request as requestPlain} from 'node:http';
import {request as requestTls} from 'node:https';
import {isIP, type Socket} from 'node:net';
import {KlingError} from '../errors/kling-error.js';
import type {Network} from './network.js';

/** Milliseconds for each phase. A body may take any time; its reader watches for stalls. */
const limits = {lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 30_000};
type Phase = keyof typeof limits;

/** No more than browsers and other clients follow. */
const maxRedirects = 5;
const redirects = new Set([300, 301, 302, 303, 304, 307, 308]);

export interface FileRequest {
	headers: Readonly<Record<string, string | undefined>>;
	/** Aborts the request and its response. */
	signal?: AbortSignal | undefined;
	/** Checks the URL and those it redirects to; throws for one that must not be followed. */
	check: (url: string) => URL;
	/** Called with each request before it gets its connection. */
	onRequest: (request: ClientRequest) => void;
}

/** The head of a response whose body is yet to be read, and the URL it came from. */
export interface FileResponse {
	response: IncomingMessage;
	url: URL;
}

/**
 * Sends a GET to a file server and follows redirects. It uses Node's own client, because got takes three
 * times the processor time per request, which matters for thousands of small files.
 * @throws Node's error; an error with `code` ETIMEDOUT and the phase as its `event`; the reason of the signal
 */
export async function requestFile(
	network: Network,
	address: string,
	request: FileRequest,
): Promise<FileResponse> {
	let url = request.check(address);
	for (let followed = 0; ; followed++) {
		const response = await send(network, url, request);
		const {location} = response.headers;
		if (!redirects.has(response.statusCode ?? 0) || location === undefined) return {response, url};
		response.destroy();
		if (followed === maxRedirects) throw failure('ERR_TOO_MANY_REDIRECTS');
		// Node decodes headers as Latin-1, but URLs in them are UTF-8.
		const next = Buffer.from(location, 'latin1').toString();
		const target = URL.canParse(next, url.href) ? new URL(next, url) : undefined;
		if (target && !/^https?:$/.test(target.protocol)) throw failure('ERR_UNSUPPORTED_PROTOCOL');
		url = request.check(target?.href ?? next);
	}
}

async function send(network: Network, url: URL, options: FileRequest): Promise<IncomingMessage> {
	const agent = await network.routes.files(url);
	const open = url.protocol === 'https:' ? requestTls : requestPlain;
	for (;;) {
		options.signal?.throwIfAborted();
		const request = open(url, {agent, headers: definedHeaders(options.headers)});
		options.onRequest(request);
		try {
			return await responseTo(request, url, options.signal, network.requestTimeoutMs);
		} catch (error) {
			// The server closed a kept connection just as it was reused.
			const isStale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
			if (!isStale) throw error;
		}
	}
}

function responseTo(
	request: ClientRequest,
	url: URL,
	signal: AbortSignal | undefined,
	responseMs: number | undefined,
): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const stopTimer = timePhases(request, url, responseMs);
		const abort = () => request.destroy(signal?.reason);
		signal?.addEventListener('abort', abort, {once: true});
		let hasResponse = false;
		request.once('response', (response) => {
			hasResponse = true;
			stopTimer();
			// An error while nobody reads would otherwise end the process.
			response.on('error', () => {});
			resolve(response);
		});
		request.on('error', reject);
		request.once('close', () => {
			stopTimer();
			signal?.removeEventListener('abort', abort);
			if (!hasResponse) reject(failure('ECONNRESET'));
		});
		// Without this, an upgrade would never end: nothing here speaks the other protocol.
		request.once('upgrade', (_response, socket) => {
			socket.destroy();
			reject(new KlingError('connection_error', `${url.host} wants to switch to another protocol`));
		});
		request.end();
	});
}

/** Ends a request that takes too long in one of its phases. Returns a function that stops the timers. */
function timePhases(request: ClientRequest, {hostname, protocol}: URL, responseMs?: number): () => void {
	let timer: NodeJS.Timeout | undefined;
	const stop = () => clearTimeout(timer);
	const enter = (phase: Phase) => {
		stop();
		const ms = phase === 'response' ? (responseMs ?? limits.response) : limits[phase];
		timer = setTimeout(() => request.destroy(failure('ETIMEDOUT', phase)), ms);
	};
	const connected = protocol === 'https:' ? 'secureConnect' : 'response';
	request.once('socket', (socket: Socket) => {
		if (!socket.connecting) return enter('response');
		enter(isIP(hostname.replace(/^\[|\]$/g, '')) ? 'connect' : 'lookup');
		socket.once('lookup', () => enter('connect'));
		socket.once('connect', () => enter(connected));
		socket.once('secureConnect', () => enter('response'));
	});
	return stop;
}

const definedHeaders = (headers: FileRequest['headers']): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
	);

const failure = (code: string, event?: Phase) => Object.assign(new Error(code), {code, event});
