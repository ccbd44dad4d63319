import {connect as connectPlain, isIP, type LookupFunction, type OnReadOpts, type Socket} from 'node:net';
import {type ConnectionOptions, connect as connectTls} from 'node:tls';
import {type AddressScope, checkHost, guardedLookup, placeOfApi} from './address-scope.js';
import type {BlockPool} from './block-pool.js';
import {type ConnectionMemory, FileConnection} from './file-connection.js';
import {type ProxyServer, proxyFor} from './proxy.js';
import {type NetworkSettings, verified} from './settings.js';

/** Milliseconds for each phase of a new connection. */
const limits = {lookup: 10_000, connect: 10_000, secureConnect: 10_000};
type Phase = keyof typeof limits;

/** Most bytes of a read that begins with a head. */
const scratchBytes = 65_536;

const ALPNProtocols = ['http/1.1'];

/** The connections to file servers, which are kept for the next request. */
export class FileConnections {
	readonly #settings: NetworkSettings;
	/** The idle ones by origin, the last used one at the end. */
	readonly #idle = new Map<string, FileConnection[]>();
	/** The last TLS session with each origin, which spares the next connection half of the handshake. */
	readonly #sessions = new Map<string, Buffer>();
	readonly #lookup: LookupFunction = guardedLookup(() => this.#allowed ?? 'machine');
	#allowed: AddressScope | undefined;
	/** Hosts that were found to be allowed. */
	readonly #known = new Set<string>();

	readonly #memory: ConnectionMemory;

	constructor(settings: NetworkSettings, blocks: BlockPool) {
		this.#settings = settings;
		this.#memory = {scratch: Buffer.allocUnsafeSlow(scratchBytes), blocks};
	}

	/**
	 * Checks that a link leads to an address as public as the API's own.
	 * @throws KlingError `download_error`
	 */
	async check(url: URL): Promise<void> {
		const {api} = this.#settings;
		if (api === undefined) return;
		this.#allowed ??= await placeOfApi(api);
		checkHost(url, this.#allowed);
		this.#known.add(url.hostname);
	}

	/** Whether a link leads to a host that was checked before. */
	isChecked({hostname}: URL): boolean {
		return this.#known.has(hostname);
	}

	/** An idle connection to the origin of a URL, if there is one. */
	takeIdle({origin}: URL): FileConnection | undefined {
		const idle = this.#idle.get(origin);
		for (let last = idle?.pop(); last; last = idle?.pop()) if (last.isOpen) return last;
		return undefined;
	}

	/**
	 * Makes a new connection.
	 * @throws KlingError `invalid_config` for an invalid proxy; ProxyError; Node's error, with the phase as
	 * `event` of an ETIMEDOUT; the reason of the signal
	 */
	async open(url: URL, signal?: AbortSignal): Promise<FileConnection> {
		const {origin} = url;
		const connection = new FileConnection(this.#memory, (idle, keepMs) => {
			const others = this.#idle.get(origin);
			if (others) others.push(idle);
			else this.#idle.set(origin, [idle]);
			idle.rest(keepMs);
		});
		const proxy = await proxyFor(url);
		signal?.throwIfAborted();
		const socket = proxy
			? await this.#connectThrough(proxy, url, signal)
			: this.#connect(url, connection.onread);
		connection.attach(socket, proxy === undefined);
		// Whether a proxy reaches the server shows only in the handshake.
		const maxMs = proxy && this.#settings.requestTimeoutMs;
		await connected(socket, url, {signal, maxMs});
		return connection;
	}

	#connect(url: URL, onread: OnReadOpts): Socket {
		const host = literal(url);
		// With the delays that Node's own agents set.
		const options = {
			host,
			lookup: this.#lookup,
			onread,
			noDelay: true,
			keepAlive: true,
			keepAliveInitialDelay: 1000,
		};
		if (url.protocol === 'http:') return connectPlain({...options, port: Number(url.port || 80)});
		const {secureContext} = this.#settings;
		const session = this.#sessions.get(url.origin);
		const secure: ConnectionOptions & {onread: OnReadOpts} = {
			...options,
			port: Number(url.port || 443),
			servername: isIP(host) ? '' : host,
			ALPNProtocols,
			...verified,
			...(secureContext && {secureContext}),
			...(session && {session}),
		};
		const socket = connectTls(secure);
		socket.on('session', (next) => void this.#sessions.set(url.origin, next));
		socket.on('error', () => void this.#sessions.delete(url.origin));
		return socket;
	}

	async #connectThrough(proxy: ProxyServer, url: URL, signal?: AbortSignal): Promise<Socket> {
		const {Tunnel} = await import('./tunnel.js');
		const {secureContext, requestTimeoutMs: timeoutMs} = this.#settings;
		const tunnel = new Tunnel(proxy, secureContext, {timeoutMs});
		return tunnel.openTo({host: literal(url), port: Number(url.port || 443), ALPNProtocols}, signal);
	}
}

const literal = ({hostname}: URL) => hostname.replace(/^\[|\]$/g, '');

/**
 * Waits for a connection, and gives up on one that takes too long in one of its phases.
 * @param maxMs for each of them
 */
function connected(
	socket: Socket,
	url: URL,
	{signal, maxMs = Number.POSITIVE_INFINITY}: {signal: AbortSignal | undefined; maxMs: number | undefined},
): Promise<void> {
	return new Promise((resolve, reject) => {
		let timer: NodeJS.Timeout | undefined;
		const enter = (event: Phase) => {
			clearTimeout(timer);
			const late = Object.assign(new Error('ETIMEDOUT'), {code: 'ETIMEDOUT', event});
			timer = setTimeout(() => socket.destroy(late), Math.min(maxMs, limits[event]));
		};
		const abort = () => socket.destroy(signal?.reason);
		const settle = (error?: unknown) => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', abort);
			socket.off('error', settle).off('close', lost).off('lookup', onLookup).off('connect', onConnect);
			socket.off('secureConnect', onSecure);
			if (error === undefined) resolve();
			else reject(error);
		};
		const lost = () => settle(Object.assign(new Error('socket hang up'), {code: 'ECONNRESET'}));
		const isTls = url.protocol === 'https:';
		const onLookup = (error: unknown) => !error && enter('connect');
		const onConnect = () => (isTls ? enter('secureConnect') : settle());
		const onSecure = () => settle();
		signal?.addEventListener('abort', abort, {once: true});
		socket.once('error', settle).once('close', lost).once('lookup', onLookup).once('connect', onConnect);
		socket.once('secureConnect', onSecure);
		enter(!socket.connecting ? 'secureConnect' : isIP(literal(url)) ? 'connect' : 'lookup');
	});
}
