import type {ClientRequest} from 'node:http';
import {connect, isIP, type Socket} from 'node:net';
import * as tls from 'node:tls';
import {HttpsProxyAgent} from 'https-proxy-agent';
import type {ProxyServer} from './proxy.js';
import {verified} from './settings.js';

/** Milliseconds in which a proxy must have opened the tunnel. */
const openMs = 20_000;

/** The proxy itself failed, so nothing reached the server. */
class ProxyError extends Error {
	override readonly name = 'ProxyError';

	/**
	 * @param proxy its host, for messages
	 * @param reason HTTP status of its refusal, or Node's error code
	 */
	constructor(
		readonly proxy: string,
		readonly reason: number | string,
		options?: ErrorOptions,
	) {
		super(`the proxy ${proxy} did not open a tunnel (${reason})`, options);
	}
}

/** An agent whose connections go through a proxy by CONNECT and are kept open between requests. */
export class Tunnel extends HttpsProxyAgent<string> {
	readonly #host: string;
	readonly #secureContext: tls.SecureContext | undefined;
	readonly #openMs: number;

	constructor(
		{url, authorization}: ProxyServer,
		secureContext: tls.SecureContext | undefined,
		{
			timeoutMs = openMs,
			keepAlive = true,
		}: {timeoutMs?: number | undefined; keepAlive?: boolean | undefined} = {},
	) {
		// The library prints its URL under DEBUG, so it gets one without a password.
		super(url.href, {
			keepAlive,
			...(secureContext && {secureContext}),
			...(authorization !== undefined && {headers: {'Proxy-Authorization': authorization}}),
		});
		this.#host = url.host;
		this.#secureContext = secureContext;
		this.#openMs = timeoutMs;
	}

	override connect(
		_request: ClientRequest,
		options: Parameters<HttpsProxyAgent<string>['connect']>[1],
	): Promise<Socket> {
		return this.openTo(options as tls.ConnectionOptions);
	}

	/**
	 * Makes a connection to a server, whose TLS handshake has yet to be done.
	 * @throws ProxyError; the reason of the signal
	 */
	async openTo(options: tls.ConnectionOptions, signal?: AbortSignal): Promise<Socket> {
		const patience = new AbortController();
		const giveUp = () => patience.abort();
		const timer = setTimeout(giveUp, this.#openMs);
		// Only while the tunnel opens: afterwards other requests may use it.
		signal?.addEventListener('abort', giveUp, {once: true});
		try {
			signal?.throwIfAborted();
			const socket = await this.#open(`${bracketed(options.host ?? '')}:${options.port}`, patience.signal);
			// The library applies its own options only to the connection to the proxy.
			const secureContext = this.#secureContext;
			const {host, path: _path, port: _port, ...rest} = options;
			const servername = host && !isIP(host) ? {servername: host} : {};
			return tls.connect({
				...servername,
				...rest,
				...verified,
				...(secureContext && {secureContext}),
				socket,
			});
		} catch (cause) {
			if (signal?.aborted) throw signal.reason;
			if (cause instanceof ProxyError) throw cause;
			const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ECONNRESET';
			throw new ProxyError(this.#host, patience.signal.aborted ? 'ETIMEDOUT' : code, {cause});
		} finally {
			clearTimeout(timer);
			signal?.removeEventListener('abort', giveUp);
		}
	}

	/**
	 * Asks the proxy to open a tunnel to an address.
	 * @throws ProxyError when it refuses or does not respond in HTTP; the error of the connection to it
	 */
	async #open(address: string, signal: AbortSignal): Promise<Socket> {
		const to = {...this.connectOpts, signal};
		const {host} = to;
		const name = host && !isIP(host) ? {servername: host} : {};
		const socket =
			this.proxy.protocol === 'https:' ? tls.connect({...name, ...to, ...verified}) : connect(to);
		const headers = {
			...(this.proxyHeaders as Record<string, string>),
			Host: address,
			'Proxy-Connection': this.keepAlive ? 'Keep-Alive' : 'close',
		};
		const lines = Object.entries(headers).map(([key, value]) => `${key}: ${value}\r\n`);
		socket.write(`CONNECT ${address} HTTP/1.1\r\n${lines.join('')}\r\n`);
		try {
			const reason = await readDecision(socket);
			if (reason !== 200) throw new ProxyError(this.#host, reason);
			return socket;
		} catch (error) {
			socket.destroy();
			throw error;
		}
	}
}

const bracketed = (host: string) => (isIP(host) === 6 ? `[${host}]` : host);

/**
 * The status of the final response, after any informational ones; `NO_HTTP` when it is not HTTP. Bytes after
 * it stay in the socket.
 */
function readDecision(socket: Socket): Promise<number | 'NO_HTTP'> {
	return new Promise((resolve, reject) => {
		let bytes: Buffer = Buffer.alloc(0);
		const closed = () => reject(Object.assign(new Error('closed'), {code: 'ECONNRESET'}));
		const settle = (decision: number | 'NO_HTTP') => {
			socket.off('readable', read).off('error', reject).off('end', closed).off('close', closed);
			resolve(decision);
		};
		function read() {
			for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
				bytes = Buffer.concat([bytes, chunk as Buffer]);
			}
			const {decision, rest} = decisionIn(bytes);
			bytes = rest;
			if (decision === undefined) return;
			if (decision !== 'NO_HTTP' && rest.length > 0) socket.unshift(rest);
			settle(decision);
		}
		socket.on('readable', read).on('error', reject).on('end', closed).on('close', closed);
	});
}

/**
 * The decision in the bytes of a response, if they contain one yet, and the bytes after the heads that were
 * read.
 */
function decisionIn(bytes: Buffer): {decision?: number | 'NO_HTTP'; rest: Buffer} {
	let rest = bytes;
	for (;;) {
		const end = rest.indexOf('\r\n\r\n');
		const head = rest.toString('latin1', 0, end < 0 ? rest.length : end);
		if (end < 0) {
			const looksRight = 'HTTP/1.'.startsWith(head.slice(0, 7)) && rest.length < maxHeadBytes;
			return looksRight ? {rest} : {decision: 'NO_HTTP', rest};
		}
		const status = Number(/^HTTP\/1\.[01] (\d{3})(?!\d)/.exec(head)?.[1] ?? Number.NaN);
		if (!(status >= 100)) return {decision: 'NO_HTTP', rest};
		rest = rest.subarray(end + 4);
		if (status >= 200 || status === 101) return {decision: status, rest};
	}
}

/** Bytes. */
const maxHeadBytes = 65_536;
