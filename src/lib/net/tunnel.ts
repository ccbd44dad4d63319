import type {ClientRequest} from 'node:http';
import type {Socket} from 'node:net';
import type {SecureContext} from 'node:tls';
import {HttpsProxyAgent} from 'https-proxy-agent';
import type {ProxyServer} from './proxy.js';

/** Milliseconds until a proxy must have opened the way to the other side. */
const openMs = 20_000;

/** The proxy itself failed: nothing reached the other side. */
class ProxyError extends Error {
	override readonly name = 'ProxyError';

	/**
	 * @param proxy its host, for messages
	 * @param reason HTTP status of its refusal, or the code of Node's error
	 */
	constructor(
		readonly proxy: string,
		readonly reason: number | string,
		options?: ErrorOptions,
	) {
		super(`the proxy ${proxy} did not open a tunnel (${reason})`, options);
	}
}

/** An agent whose connections go through a proxy by CONNECT, kept open between requests. */
export class Tunnel extends HttpsProxyAgent<string> {
	readonly #host: string;
	readonly #connect: HttpsProxyAgent<string>['connectOpts'];
	readonly #secureContext: SecureContext | undefined;
	readonly #openMs: number;

	constructor(
		{url, authorization}: ProxyServer,
		secureContext: SecureContext | undefined,
		{
			timeoutMs = openMs,
			keepAlive = true,
		}: {timeoutMs?: number | undefined; keepAlive?: boolean | undefined} = {},
	) {
		// The library prints the address for DEBUG: it gets one without a password.
		super(url.href, {
			keepAlive,
			...(secureContext && {secureContext}),
			...(authorization !== undefined && {headers: {'Proxy-Authorization': authorization}}),
		});
		this.#host = url.host;
		this.#connect = this.connectOpts;
		this.#secureContext = secureContext;
		this.#openMs = timeoutMs;
	}

	override async connect(
		request: ClientRequest,
		options: Parameters<HttpsProxyAgent<string>['connect']>[1],
	): Promise<Socket> {
		const patience = new AbortController();
		const timer = setTimeout(() => patience.abort(), this.#openMs);
		let status: number | undefined;
		request.once('proxyConnect', ({statusCode}: {statusCode: number}) => {
			status = statusCode;
		});
		// Read when the library makes its socket, which is before it waits for anything.
		this.connectOpts = {...this.#connect, signal: patience.signal};
		let socket: Socket;
		try {
			// The library keeps what it was made with for the proxy alone.
			const secureContext = this.#secureContext;
			socket = await super.connect(request, {...options, ...(secureContext && {secureContext})});
		} catch (cause) {
			const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ECONNRESET';
			throw new ProxyError(this.#host, patience.signal.aborted ? 'ETIMEDOUT' : code, {cause});
		} finally {
			clearTimeout(timer);
		}
		if (status === 200) return socket;
		// The library would pass the proxy's refusal on as if the other side had answered.
		socket.destroy();
		throw new ProxyError(this.#host, status ?? 'ECONNRESET');
	}
}
