import type {ClientRequest, Agent as HttpAgent, IncomingMessage} from 'node:http';
import type {OnReadOpts, Socket} from 'node:net';

/** Who takes bytes from a connection. */
export interface Sink {
	/** Where bytes may be put next; never empty. */
	room(): Buffer;
	/** Takes bytes, which are in the room already or must be copied: the memory is used again. */
	take(bytes: Buffer): void;
}

/** A body that an inlet has kept from Node. */
interface KeptBody {
	/** What came before there was a sink. */
	early: Buffer;
	sink?: Sink;
}

/** Bytes of memory for what nobody has made room for. */
const scratchBytes = 65_536;
/** A longer head, and what is none, are left to Node, which refuses them. */
const longestHead = 65_536;
const headStart = 'HTTP/';
const headEnd = '\r\n\r\n';
/**
 * Shorter bodies also stay with Node. It then sees the end of the response and keeps the connection, which for them is worth
 * more than an inlet.
 */
const leastBytes = 1 << 20;

/** Where a connection carries its inlet. */
const key = Symbol('inlet');

/** The inlet of a connection, if it has one. */
export const inletOf = (socket: Socket & {[key]?: Inlet}): Inlet | undefined => socket[key];

/**
 * The way of bytes from a connection straight into the memory of the writer. Node's own way makes a buffer for
 * each 64 KB and takes it through three streams, which costs as much again as all the rest
 * (docs/decisions/0009-downloads.md). Node still connects, parses heads, and reads bodies without a length.
 */
export class Inlet {
	/** For the agent, which makes the connection. */
	readonly onread: OnReadOpts;
	readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes);
	#socket: Socket | undefined;
	/** What has come of a head that is not complete, while one is expected. */
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
	attach(socket: Socket & {[key]?: Inlet}): void {
		this.#socket = socket;
		socket[key] = this;
	}

	/** Looks out for the answer to a request, before it is sent. */
	expect(request: ClientRequest): void {
		this.#head = Buffer.alloc(0);
		this.#body = undefined;
		request.prependOnceListener('response', ({statusCode, headers}: IncomingMessage) => {
			this.#head = undefined;
			const isFile = statusCode === 200 || statusCode === 206;
			const length = headers['transfer-encoding'] === undefined ? Number(headers['content-length']) : 0;
			if (isFile && length >= leastBytes) this.#body = {early: Buffer.alloc(0)};
		});
	}

	/** Whether the body of the answer waits here. */
	get hasBody(): boolean {
		return this.#body !== undefined;
	}

	/**
	 * Gives the body to a sink.
	 * @param closed called when the connection is gone
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

	/** Gives Node the head alone, so that nothing of the body is in its hands when the answer is known. */
	#readHead(bytes: Buffer): void {
		let rest = bytes;
		// There may be several: those with a status of 1xx are no answers.
		while (this.#head) {
			const end = rest.indexOf(headEnd);
			const isHead = headStart.startsWith(rest.toString('latin1', 0, headStart.length));
			if (end < 0 && isHead && rest.length < longestHead) {
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

	/** As if the connection had none of this. */
	#passOn(bytes: Buffer): void {
		this.#socket?.emit('data', bytes);
	}
}

/** Gives each connection that an agent makes an inlet. */
export function withInlets<A extends HttpAgent>(agent: A): A {
	const connect = agent.createConnection.bind(agent);
	agent.createConnection = (options, callback) => {
		const inlet = new Inlet();
		const socket = connect({...options, onread: inlet.onread} as typeof options, callback);
		if (socket) inlet.attach(socket as Socket);
		return socket;
	};
	return agent;
}
