import {type Body, streamBody} from './body.js';
import type {FileConnection, Reply} from './file-connection.js';
import type {FileConnections} from './file-connections.js';
import type {Network} from './network.js';
import {readOther} from './other-response.js';

/** Milliseconds without a head. A body may take any time; its reader watches for stalls. */
const responseMs = 30_000;

/** No more than browsers and other clients follow. */
const maxRedirects = 5;
const redirects = new Set([300, 301, 302, 303, 304, 307, 308]);

export interface FileRequest {
	headers: Readonly<Record<string, string | undefined>>;
	/** Aborts the request and its response. */
	signal?: AbortSignal | undefined;
	/** Checks the URL and those it redirects to; throws for one that must not be followed. */
	check: (url: string) => URL;
}

interface Received {
	status: number;
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** Yet to be read. */
	body: Body;
}

/** The response of a file server, and the URL it came from. */
export type FileResponse = Received & {url: URL};

/**
 * Sends a GET to a file server and follows redirects.
 * @throws Node's error; an error with `code` ETIMEDOUT and the phase as its `event`; the reason of the signal
 */
export async function requestFile(
	network: Network,
	address: string,
	request: FileRequest,
): Promise<FileResponse> {
	let url = request.check(address);
	for (let followed = 0; ; followed++) {
		const {status, headers, body} = await send(network, url, request);
		const {location} = headers;
		if (!redirects.has(status) || typeof location !== 'string') return {status, headers, body, url};
		body.destroy();
		if (followed === maxRedirects) throw failure('ERR_TOO_MANY_REDIRECTS');
		// Node decodes headers as Latin-1, but URLs in them are UTF-8.
		const next = Buffer.from(location, 'latin1').toString();
		const target = URL.canParse(next, url.href) ? new URL(next, url) : undefined;
		if (target && !/^https?:$/.test(target.protocol)) throw failure('ERR_UNSUPPORTED_PROTOCOL');
		url = request.check(target?.href ?? next);
	}
}

async function send(network: Network, url: URL, request: FileRequest): Promise<Received> {
	const connections: FileConnections = network.routes.files;
	if (!connections.isChecked(url)) await connections.check(url);
	const text = textOf(url, request.headers);
	const limitMs = network.requestTimeoutMs ?? responseMs;
	for (let kept = connections.takeIdle(url); kept; kept = connections.takeIdle(url)) {
		try {
			return await exchange(kept, text, url, request.signal, limitMs);
		} catch (error) {
			// The server closed a kept connection just as it was reused.
			const {code} = error as NodeJS.ErrnoException;
			if (code !== 'ECONNRESET' && code !== 'EPIPE') throw error;
		}
	}
	return exchange(await connections.open(url, request.signal), text, url, request.signal, limitMs);
}

function exchange(
	connection: FileConnection,
	text: string,
	url: URL,
	signal: AbortSignal | undefined,
	limitMs: number,
): Promise<Received> {
	if (signal?.aborted) {
		connection.destroy();
		return Promise.reject(signal.reason);
	}
	return new Promise((resolve, reject) => {
		const late = setTimeout(() => connection.destroy(failure('ETIMEDOUT', 'response')), limitMs);
		const fail = (error: unknown) => {
			clearTimeout(late);
			reject(error);
		};
		const reply: Reply = {
			onFile({status, headers}, body) {
				clearTimeout(late);
				resolve({status, headers, body});
			},
			onOther: (socket) =>
				readOther(socket, url.host, {
					onResponse(response) {
						clearTimeout(late);
						const {statusCode = 0, headers} = response;
						resolve({status: statusCode, headers, body: streamBody(response)});
					},
					onError: fail,
				}),
			onClosed: fail,
		};
		connection.send(text, reply, signal);
	});
}

/** The request as it is sent. */
function textOf(url: URL, headers: FileRequest['headers']): string {
	let text = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: keep-alive\r\n`;
	// As all clients do, although Kling's links have no user name.
	if (url.username !== '' || url.password !== '') text += `Authorization: Basic ${loginOf(url)}\r\n`;
	for (const name in headers) {
		const value = headers[name];
		if (value === undefined) continue;
		// Some values come from a server or a file.
		if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw failure('ERR_INVALID_CHAR');
		text += `${name}: ${value}\r\n`;
	}
	return `${text}\r\n`;
}

const loginOf = ({username, password}: URL) =>
	Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');

const failure = (code: string, event?: string) => Object.assign(new Error(code), {code, event});
