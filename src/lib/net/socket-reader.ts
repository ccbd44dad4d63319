import type {ClientRequest, Agent as HttpAgent, IncomingMessage} from 'node:http';
import type {OnReadOpts, Socket} from 'node:net';

/** Receives bytes from a connection. */
export interface Sink {
	/** Where the next bytes may be written; never empty. */
	room(): Buffer;
	/** Takes bytes. They are either in `room` already or must be copied, because the memory is reused. */
	take(bytes: Buffer): void;
}

/** A body that a socket reader keeps from Node. */
export interface KeptBody {
	/** Bytes still to come. */
	left: number;
	sink?: Sink | undefined;
	/** Called when the connection is closed. */
	closed?: () => void;
}

/** Memory, in bytes, for data that no sink has room for. */
const scratchBytes = 65_536;
/** A longer or invalid head is left to Node, which refuses it. */
const maxHeadBytes = 65_536;
const headStart = 'HTTP/';
const headEnd = '\r\n\r\n';
/** Heads of files, the only ones whose bodies are kept. */
const fileHead = /^HTTP\/1\.1 20[06] /;
/** The lines that say where a body ends, and the one that gives its length. */
const framing = /\r\n(?:content-length|transfer-encoding)[ \t]*:/gi;
const lengthLine = /\r\ncontent-length:[ \t]*([1-9]\d{0,14})[ \t]*(?=\r\n(?![ \t]))/i;
const chunkedLine = '\r\nTransfer-Encoding: chunked';
const lastChunk = Buffer.from('0\r\n\r\n');
const nothing = Buffer.alloc(0);

/** The property under which a connection stores its socket reader. */
const key = Symbol('socket reader');

/** The socket reader of a connection, if it has one. */
export const socketReaderOf = (socket: Socket & {[key]?: SocketReader}): SocketReader | undefined =>
	socket[key];

/**
 * Reads bytes from a connection directly into the writer's memory. Node's own path makes a buffer for each 64
 * KB and passes it through three streams, which costs as much as everything else together
 * (docs/decisions/0009-downloads.md). Node still connects, parses heads, and reads bodies of unknown length.
 *
 * To Node, a body that is kept here is one in chunks, whose only chunk is the last one. So it needs none of the
 * bytes to see the end, and uses the connection for the next request.
 */
export class SocketReader {
	/** An option for the agent, which makes the connection. */
	readonly onread: OnReadOpts;
	readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes);
	#socket: Socket | undefined;
	/** Whether a head is expected. */
	#isBefore = false;
	#body: KeptBody | undefined;
	/** The part of an incomplete head received so far, or bytes of a body that arrived before there was a sink. */
	#early: Buffer = nothing;

	constructor() {
		this.onread = {
			buffer: () => this.#body?.sink?.room() ?? this.#room(),
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
		this.#isBefore = true;
		this.#early = nothing;
		this.#body = undefined;
		request.prependOnceListener('response', ({headers}: IncomingMessage) => {
			this.#isBefore = false;
			if (this.#body === undefined) return;
			headers['content-length'] = String(this.#body.left);
			delete headers['transfer-encoding'];
		});
	}

	/** The response's body, if it is being kept here. */
	get body(): KeptBody | undefined {
		return this.#body;
	}

	/**
	 * Passes the body to a sink.
	 * @param closed called when the connection is closed
	 */
	flow(body: KeptBody, sink: Sink, closed: () => void): void {
		body.sink = sink;
		body.closed = closed;
		this.#socket?.once('close', closed);
		this.resume();
		const early = this.#early;
		this.#early = nothing;
		this.#pour(body, early);
	}

	pause(): void {
		this.#socket?.pause();
	}

	resume(): void {
		this.#socket?.resume();
	}

	/** Free memory after the bytes that are waiting in it. */
	#room(): Buffer {
		const isHere = this.#early.buffer === this.#scratch.buffer;
		const used = isHere ? this.#early.byteOffset + this.#early.length : 0;
		if (used < scratchBytes) return this.#scratch.subarray(used);
		this.#early = Buffer.from(this.#early);
		return this.#scratch;
	}

	#read(bytes: Buffer): void {
		const body = this.#body;
		if (body?.sink) this.#pour(body, bytes);
		else if (body && body.left > 0) {
			this.#early = joined(this.#early, bytes);
			if (this.#early.length < body.left) this.pause();
		} else if (this.#isBefore) this.#readHead(joined(this.#early, bytes));
		else this.#passOn(Buffer.from(bytes));
	}

	/** Passes only the head to Node, so that Node has none of the body when the response arrives. */
	#readHead(bytes: Buffer): void {
		let rest = bytes;
		this.#early = nothing;
		// There may be several: heads with a status of 1xx are not final responses.
		while (this.#isBefore) {
			const end = rest.indexOf(headEnd);
			const isHead = headStart.startsWith(rest.toString('latin1', 0, headStart.length));
			if (end < 0 && isHead && rest.length < maxHeadBytes) {
				this.#early = rest;
				return;
			}
			if (end < 0) this.#isBefore = false;
			else {
				this.#passOn(this.#keepBody(rest.subarray(0, end + headEnd.length)));
				rest = rest.subarray(end + headEnd.length);
			}
		}
		if (rest.length > 0) this.#read(rest);
	}

	/** Keeps the body that a head announces, if it is a file's. Returns the head for Node. */
	#keepBody(head: Buffer): Buffer {
		const text = head.toString('latin1');
		const [line, length] = lengthLine.exec(text) ?? [];
		if (line === undefined || !fileHead.test(text) || text.match(framing)?.length !== 1) return head;
		this.#body = {left: Number(length)};
		return Buffer.from(text.replace(line, chunkedLine), 'latin1');
	}

	/** Gives a sink the bytes of its body, and Node what follows. */
	#pour(body: KeptBody, bytes: Buffer): void {
		const mine = bytes.length > body.left ? bytes.subarray(0, body.left) : bytes;
		body.left -= mine.length;
		body.sink?.take(mine);
		if (body.left > 0) return;
		body.sink = undefined;
		if (body.closed) this.#socket?.removeListener('close', body.closed);
		// Node refuses a connection that brings more than was promised.
		const isMore = mine.length < bytes.length;
		this.#passOn(isMore ? Buffer.concat([lastChunk, bytes.subarray(mine.length)]) : lastChunk);
	}

	/** Hands bytes to Node as if the connection had no socket reader. */
	#passOn(bytes: Buffer): void {
		this.#socket?.emit('data', bytes);
	}
}

/** Two buffers as one, without copying where the second follows the first in the same memory. */
function joined(first: Buffer, second: Buffer): Buffer {
	if (first.length === 0) return second;
	const isNext = first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset;
	if (!isNext) return Buffer.concat([first, second]);
	return Buffer.from(first.buffer, first.byteOffset, first.length + second.length);
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
