import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {KlingError} from '../errors/kling-error.js';
import {maxBodyBytes} from './delivery.js';
import type {DeliveryHeaders} from './signature.js';

/** A request that may be a delivery. */
export interface IncomingRequest {
	/** Path and query. */
	path: string;
	headers: DeliveryHeaders;
	body: Buffer;
}

export interface ReceiverOptions {
	host: string;
	/** 0 for any free port. */
	port: number;
	/** Returns at once the HTTP status to respond with; slow work happens later. */
	take: (incoming: IncomingRequest) => number;
	/** Milliseconds in which a request must arrive; if left out, the usual limit. */
	limits?: Partial<typeof limits>;
	/** Bytes of unfinished bodies that are held at once; if left out, the usual limit. */
	maxHeldBytes?: number;
}

export interface Receiver {
	/** `http://HOST:PORT` */
	origin: string;
	/** Responds to requests in progress, and then accepts no more. */
	close(): Promise<void>;
}

/** Milliseconds for the headers, for a whole request, and after which an idle connection is closed. */
const limits = {headers: 10_000, request: 20_000, idle: 5000, check: 1000};
/** A reverse proxy opens one for each delivery, and many tasks may end at once. */
const maxConnections = 500;
/** Bytes of unfinished bodies that are held at once. A delivery has a few kilobytes. */
const usualHeldBytes = 50_000_000;
/** Milliseconds that requests in progress have when the receiver is closed. */
const closingMs = 2000;

/**
 * Listens for deliveries. Requests that are too large, too slow, or cannot be deliveries are refused before anything else
 * happens.
 * @throws KlingError `port_in_use`, `invalid_port`, `invalid_flag` for a host that is not an address of this machine
 */
export async function startReceiver({
	host,
	port,
	take,
	limits: given,
	maxHeldBytes = usualHeldBytes,
}: ReceiverOptions): Promise<Receiver> {
	const {headers, request, idle, check} = {...limits, ...given};
	const memory: Memory = {held: 0, max: maxHeldBytes};
	const server = createServer(
		{
			headersTimeout: headers,
			requestTimeout: request,
			keepAliveTimeout: idle,
			connectionsCheckingInterval: check,
		},
		(incoming, response) => {
			receive(incoming, memory, take).then(
				({status, close}) => answer(response, status, close),
				() => response.destroy(),
			);
		},
	);
	server.maxConnections = maxConnections;
	await listen(server, host, port);
	const {port: actual} = server.address() as AddressInfo;
	return {
		origin: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
		async close() {
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeIdleConnections();
			const timer = setTimeout(() => server.closeAllConnections(), closingMs);
			await closed;
			clearTimeout(timer);
		},
	};
}

interface ServerReply {
	status: number;
	/** Whether nothing more is read from this connection. */
	close?: boolean;
}

/** Bytes of all bodies that are being received. */
interface Memory {
	held: number;
	max: number;
}

async function receive(
	request: IncomingMessage,
	memory: Memory,
	take: (incoming: IncomingRequest) => number,
): Promise<ServerReply> {
	const refusal = refuse(request);
	if (refusal !== undefined) return {status: refusal, close: true};
	const body = await bodyOf(request, memory);
	if (typeof body === 'number') return {status: body, close: true};
	const headers = Object.fromEntries(
		Object.entries(request.headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(', ') : value,
		]),
	);
	return {status: take({path: request.url ?? '/', headers, body})};
}

/** @returns the body, or the HTTP status to refuse it with */
async function bodyOf(request: IncomingMessage, memory: Memory): Promise<Buffer | number> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of request as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			memory.held += chunk.length;
			if (bytes > maxBodyBytes) return 413;
			if (memory.held > memory.max) return 503;
			chunks.push(chunk);
		}
		return Buffer.concat(chunks);
	} finally {
		memory.held -= bytes;
	}
}

/** What is wrong with a request, if its body need not be read. */
function refuse({method, headers}: IncomingMessage): number | undefined {
	if (method !== 'POST') return 405;
	// Sent by a web page in a browser on this machine; servers send no such header.
	if (headers.origin !== undefined) return 403;
	if ((headers['content-encoding'] ?? 'identity') !== 'identity') return 415;
	return Number(headers['content-length'] ?? 0) > maxBodyBytes ? 413 : undefined;
}

function answer(response: ServerResponse, status: number, close = false): void {
	if (response.destroyed) return;
	response.writeHead(status, {
		'content-length': 0,
		...(status === 405 && {allow: 'POST'}),
		...(close && {connection: 'close'}),
	});
	response.end();
}

const reasons: Readonly<Record<string, (host: string, port: number) => KlingError>> = {
	EADDRINUSE: (_, port) => new KlingError('port_in_use', `Port ${port} is in use`),
	EACCES: (_, port) => new KlingError('invalid_port', `Port ${port} is reserved by the system`),
	EADDRNOTAVAIL: (host) => notOurs(host),
	ENOTFOUND: (host) => notOurs(host),
};

const notOurs = (host: string) =>
	new KlingError('invalid_flag', `--host '${host}' is not an address of this machine`, {
		hint: 'Use 127.0.0.1 for this machine only, or 0.0.0.0 for all of its addresses.',
	});

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			reject(reasons[error.code ?? '']?.(host, port) ?? error);
		});
		server.listen(port, host, resolve);
	});
}
