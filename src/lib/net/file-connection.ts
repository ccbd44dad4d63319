import type {OnReadOpts, Socket} from 'node:net';
import type {BlockPool} from './block-pool.js';
import {type Body, closed} from './body.js';
import type {Chunks} from './chunks.js';
import {FileBody} from './file-body.js';
import {type FileHead, splitHead} from './file-head.js';
import type {OtherResponse} from './other-response.js';

/** What a request on a connection leads to; one of these is called. */
export interface Reply {
	/** The response is a file. */
	onFile: (head: FileHead, body: Body) => void;
	/**
	 * The response is something else, and Node is to read it.
	 * @returns what receives its bytes from now on
	 */
	onOther: (socket: Socket) => OtherResponse;
	/** The connection was closed before there was a head. */
	onClosed: (error: unknown) => void;
}

/** Memory that connections read into. */
export interface ConnectionMemory {
	/** For heads and chunks on all connections, because what is read into it is copied at once. */
	readonly scratch: Buffer;
	/** A body gets a block of its own. */
	readonly blocks: BlockPool;
}

const nothing = Buffer.alloc(0);

/**
 * A connection to a file server, for one request after the other. It reads files of known length directly into
 * the writer's memory. Node's own client makes a buffer for each 64 kB, passes it through three streams, and
 * makes a dozen objects for each request, which together cost more than everything else
 * (docs/decisions/0118-requests-for-many-small-files.md). Every other response is left to Node.
 */
export class FileConnection {
	/** An option with which the connection is to be made. */
	readonly onread: OnReadOpts;
	/** Whether it has served a request before. The server may then close it just as it is used again. */
	isReused = false;
	readonly #memory: ConnectionMemory;
	readonly #onIdle: (keepMs: number) => void;
	#socket: Socket | undefined;
	/** The request whose response is expected. */
	#reply: Reply | undefined;
	#body: FileBody | undefined;
	#other: OtherResponse | undefined;
	/** The part of an incomplete head received so far. */
	#begun: Buffer = nothing;
	#error: unknown;
	/** Closes the connection when it aborts. Most requests of a command have the same one. */
	#signal: AbortSignal | undefined;
	readonly #abort = () => this.destroy(this.#signal?.reason);
	#isIdle = false;

	/** @param onIdle called when the next request may be sent */
	constructor(memory: ConnectionMemory, onIdle: (connection: FileConnection, keepMs: number) => void) {
		this.#memory = memory;
		this.#onIdle = (keepMs) => onIdle(this, keepMs);
		this.onread = {
			buffer: () => {
				const room = this.#body?.room();
				return room === undefined || room.length === 0 ? memory.scratch : room;
			},
			callback: (bytes, memory) => {
				this.#read(Buffer.from(memory.buffer, memory.byteOffset, bytes));
				return true;
			},
		};
	}

	get isOpen(): boolean {
		return this.#socket?.destroyed === false && this.#socket.readable && this.#socket.writable;
	}

	/**
	 * Takes over a connection.
	 * @param hasReader whether it was made with `onread`
	 */
	attach(socket: Socket, hasReader: boolean): void {
		this.#socket = socket;
		if (!hasReader) socket.on('data', (bytes: Buffer) => this.#read(bytes));
		socket.on('error', (error) => {
			this.#error = error;
		});
		socket.on('end', () => this.#other?.end());
		socket.on('close', () => this.#close());
		socket.on('timeout', () => this.#isIdle && socket.destroy());
		// Without this, nobody would hear that the server has closed it.
		socket.resume();
	}

	/**
	 * Sends a request. There must be no other one.
	 * @param signal closes the connection, until the next request
	 */
	send(text: string, reply: Reply, signal: AbortSignal | undefined): void {
		if (!this.isOpen) {
			reply.onClosed(this.#error ?? hangUp());
			return;
		}
		this.#obey(signal);
		this.#reply = reply;
		this.#begun = nothing;
		this.#isIdle = false;
		if (this.isReused) this.#socket?.ref();
		this.#socket?.write(text, 'latin1');
	}

	#obey(signal: AbortSignal | undefined): void {
		if (signal === this.#signal) return;
		this.#signal?.removeEventListener('abort', this.#abort);
		this.#signal = signal;
		signal?.addEventListener('abort', this.#abort);
	}

	/** Closes the connection when it has been idle for this long. Does not keep the process running. */
	rest(ms: number): void {
		this.isReused = true;
		this.#isIdle = true;
		// TLS may deliver the last bytes of a body although it was paused.
		this.#socket?.resume().setTimeout(ms).unref();
	}

	destroy(error?: Error): void {
		this.#socket?.destroy(error);
	}

	/** Passes the body to its receiver, first what has arrived already. */
	pour(body: FileBody): void {
		const held = body.takeHeld();
		// Before the receiver gets its first bytes, because it may want no more for a while.
		this.resume();
		this.#pour(body, held);
		if (body.left > 0 && !this.isOpen) body.ended?.(this.#error ?? closed);
	}

	pause(): void {
		this.#socket?.pause();
	}

	resume(): void {
		this.#socket?.resume();
	}

	#read(bytes: Buffer): void {
		if (this.#body) this.#readBody(this.#body, bytes);
		else if (this.#reply) this.#readHead(this.#reply, bytes);
		else if (this.#other) this.#other.push(bytes);
		// Nothing was requested: whatever sends this would take the next request for one it has answered.
		else this.destroy();
	}

	#readHead(reply: Reply, bytes: Buffer): void {
		const begun = this.#begun;
		const {head, rest} = splitHead(begun.length === 0 ? bytes : Buffer.concat([begun, bytes]));
		// A copy, because the memory is every connection's.
		this.#begun = head === 'incomplete' ? Buffer.from(rest) : nothing;
		if (head === undefined) this.#passOn(reply, rest);
		else if (head !== 'incomplete') this.#keep(reply, head, rest);
	}

	/** Keeps the body of a file for the receiver that will be given to it. */
	#keep(reply: Reply, head: FileHead, rest: Buffer): void {
		const body = new FileBody(this, head, this.#memory.blocks.take());
		this.#reply = undefined;
		this.#body = body;
		if (rest.length > 0) this.#readBody(body, rest);
		reply.onFile(head, body);
	}

	#passOn(reply: Reply, bytes: Buffer): void {
		const socket = this.#socket;
		if (socket === undefined) return;
		this.#reply = undefined;
		this.#other = reply.onOther(socket);
		this.#other.push(bytes);
	}

	#readBody(body: FileBody, bytes: Buffer): void {
		if (body.chunks) this.#readChunks(body, body.chunks, bytes);
		else if (body.receiver) this.#pour(body, bytes);
		else body.hold(bytes);
	}

	#readChunks(body: FileBody, chunks: Chunks, bytes: Buffer): void {
		try {
			const used = chunks.read(bytes, body.take);
			if (chunks.isOver) body.end();
			// A server that sends more after the last chunk is out of step.
			if (used < bytes.length) this.destroy();
		} catch (error) {
			this.destroy(error as Error);
		}
		if (body.left === 0) this.#finish(body);
	}

	/** Gives a receiver the bytes of its body. After the last one, the connection is free. */
	#pour(body: FileBody, bytes: Buffer): void {
		const mine = bytes.length > body.left ? bytes.subarray(0, body.left) : bytes;
		body.left -= mine.length;
		if (mine.length > 0) body.receiver?.take(mine);
		// A server that sends more than it promised is out of step.
		if (mine.length < bytes.length) this.destroy();
		if (body.left === 0) this.#finish(body);
	}

	/** The connection is free for the next request. */
	#finish(body: FileBody): void {
		this.#body = undefined;
		if (body.head.keepMs === 0 || !this.isOpen) this.destroy();
		else this.#onIdle(body.head.keepMs);
		if (body.chunks) body.ended?.();
	}

	#close(): void {
		const [reply, body] = [this.#reply, this.#body];
		this.#reply = undefined;
		this.#other?.close(this.#error);
		reply?.onClosed(this.#error ?? hangUp());
		body?.ended?.(this.#error ?? closed);
		this.#obey(undefined);
	}
}

const hangUp = () => Object.assign(new Error('socket hang up'), {code: 'ECONNRESET'});
