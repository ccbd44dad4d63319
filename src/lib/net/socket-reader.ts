import type {ClientRequest, Agent as HttpAgent, IncomingMessage} from 'node:http';
import type {OnReadOpts, Socket} from 'node:net';

/** Receives bytes from a connection. */
export interface Sink {
	/** Where the next bytes may be written; never empty. */
	room(): Buffer;
	/** Takes bytes. They are either in `room` already or must be copied, because the memory is reused. */
	take(bytes: Buffer): void;
}

/** A body that a socket reader has kept from Node. */
interface KeptBody {
	/** Bytes that arrived before there was a sink. */
	early: Buffer;
	sink?: Sink;
}

/** Memory, in bytes, for data that no sink has room for. */
const scratchBytes = 65_536;
/** A longer or invalid head is left to Node, which refuses it. */
const maxHeadBytes = 65_536;
const headStart = 'HTTP/';
const headEnd = '\r\n\r\n';
/**
 * Shorter bodies are left to Node as well. Node then sees the end of the response and keeps the connection,
 * which is worth more for them than a socket reader.
 */
const minBytes = 1 << 20;

/** The property under which a connection stores its socket reader. */
const key = Symbol('socket reader');

/** The socket reader of a connection, if it has one. */
export const socketReaderOf = (socket: Socket & {[key]?: SocketReader}): SocketReader | undefined =>
	socket[key];

/**
 * Reads bytes from a connection directly into the writer's memory. Node's own path makes a buffer for each 64
 * KB and passes it through three streams, which costs as much as everything else together
 * (docs/decisions/0009-downloads.md). Node still connects, parses heads, and reads bodies of unknown length.
 */
export class SocketReader {
	/** An option for the agent, which makes the connection. */
	readonly onread: OnReadOpts;
	readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes);
	#socket: Socket | undefined;
	/** The part of an incomplete head received so far, while one is expected. */
	#head: Buffer | undefined;
	#body: KeptBody | undefined;

	constructor() {
		this.onread = {
			buffer: () => this.#body?.sink?.room() ?? this.#scratch,
			callback: (bytes, memory) => {
				this.#read(Buffer.from(memory.buffer, memory.byteOffset, bytes));
				return true;
			},
		};
	}

	/** Takes over a connection that was made with `onread`. */
	attach(socket: Socket & {[key]?: SocketReader}): void {
		this.#socket = socket;
		socket[key] = this;
	}

	/** Prepares for the response to a request, before the request is sent. */
	expect(request: ClientRequest): void {
		this.#head = Buffer.alloc(0);
		this.#body = undefined;
		request.prependOnceListener('response', ({statusCode, headers}: IncomingMessage) => {
			this.#head = undefined;
			const isFile = statusCode === 200 || statusCode === 206;
			const length = headers['transfer-encoding'] === undefined ? Number(headers['content-length']) : 0;
			if (isFile && length >= minBytes) this.#body = {early: Buffer.alloc(0)};
		});
	}

	/** Whether the response's body is being kept here. */
	get hasBody(): boolean {
		return this.#body !== undefined;
	}

	/**
	 * Passes the body to a sink.
	 * @param closed called when the connection is closed
	 */
	flow(sink: Sink, closed: () => void): void {
		if (!this.#body) return;
		this.#body.sink = sink;
		this.#socket?.once('close', closed);
		this.resume();
		sink.take(this.#body.early);
	}

	pause(): void {
		this.#socket?.pause();
	}

	resume(): void {
		this.#socket?.resume();
	}

	#read(bytes: Buffer): void {
		if (this.#body?.sink) this.#body.sink.take(bytes);
		else if (this.#body) {
			this.#body.early = Buffer.concat([this.#body.early, bytes]);
			this.pause();
		} else if (this.#head) this.#readHead(Buffer.concat([this.#head, bytes]));
		else this.#passOn(Buffer.from(bytes));
	}

	/** Passes only the head to Node, so that Node has none of the body when the response arrives. */
	#readHead(bytes: Buffer): void {
		let rest = bytes;
		// There may be several: heads with a status of 1xx are not final responses.
		while (this.#head) {
			const end = rest.indexOf(headEnd);
			const isHead = headStart.startsWith(rest.toString('latin1', 0, headStart.length));
			if (end < 0 && isHead && rest.length < maxHeadBytes) {
				this.#head = rest;
				return;
			}
			if (end < 0) this.#head = undefined;
			else {
				this.#passOn(rest.subarray(0, end + headEnd.length));
				rest = rest.subarray(end + headEnd.length);
			}
		}
		if (rest.length > 0) this.#read(rest);
	}

	/** Hands bytes to Node as if the connection had no socket reader. */
	#passOn(bytes: Buffer): void {
		this.#socket?.emit('data', bytes);
	}
}

/** Gives each connection that an agent makes a socket reader. */
export function withSocketReaders<A extends HttpAgent>(agent: A): A {
	const connect = agent.createConnection.bind(agent);
	agent.createConnection = (options, callback) => {
		const reader = new SocketReader();
		const socket = connect({...options, onread: reader.onread} as typeof options, callback);
		if (socket) reader.attach(socket as Socket);
		return socket;
	};
	return agent;
}
