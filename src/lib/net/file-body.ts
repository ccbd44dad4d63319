import type {Body, ByteReceiver} from './body.js';
import {Chunks} from './chunks.js';
import type {FileHead} from './file-head.js';

/** The connection that a body comes from. */
interface BodySource {
	/** Passes the body to its receiver, first what has arrived already. */
	pour(body: FileBody): void;
	pause(): void;
	resume(): void;
	destroy(): void;
}

/** Free bytes of a block below which a body is held back until it has a receiver. TLS may deliver some more. */
const minRoom = 64 << 10;
const nothing = Buffer.alloc(0);

/** A body of known length, which needs no end of its own, or in chunks. */
export class FileBody implements Body {
	/** Bytes that the receiver has yet to get. Infinite until the last chunk has arrived. */
	left: number;
	readonly chunks: Chunks | undefined;
	receiver: ByteReceiver | undefined;
	ended: ((error?: unknown) => void) | undefined;
	/** What has arrived before there is a receiver: usually the beginning of the block. */
	#early: Buffer = nothing;

	constructor(
		private readonly connection: BodySource,
		readonly head: FileHead,
		readonly block: Buffer,
	) {
		this.left = head.length ?? Number.POSITIVE_INFINITY;
		this.chunks = head.length === undefined ? new Chunks() : undefined;
	}

	/**
	 * Where the next bytes may be written. Empty for chunks, and if none are left: the block may be another body's before
	 * the connection reads again.
	 */
	room(): Buffer {
		if (this.chunks) return nothing;
		if (this.receiver) return this.receiver.room();
		return this.#early.length < this.left ? this.#free() : nothing;
	}

	/** Passes on or keeps the content of chunks. */
	readonly take = (content: Buffer): void => {
		if (this.receiver) this.receiver.take(content);
		else this.hold(content);
	};

	/** The last chunk has arrived. */
	end(): void {
		this.left = this.#early.length;
	}

	/** Keeps bytes for the receiver. */
	hold(bytes: Buffer): void {
		const early = this.#early;
		const free = this.#free();
		const isInPlace = bytes.buffer === free.buffer && bytes.byteOffset === free.byteOffset;
		if (!isInPlace && bytes.length <= free.length) bytes.copy(free);
		this.#early =
			bytes.length <= free.length
				? this.block.subarray(0, early.length + bytes.length)
				: Buffer.concat([early, bytes]);
		if (this.#free().length < minRoom) this.pause();
	}

	/** Hands out the bytes that were kept. */
	takeHeld(): Buffer {
		const early = this.#early;
		this.#early = nothing;
		return early;
	}

	/** The part of the block after the bytes that were kept. */
	#free(): Buffer {
		const {length} = this.#early;
		return length > this.block.length ? nothing : this.block.subarray(length);
	}

	flow(receiver: ByteReceiver, ended: (error?: unknown) => void): void {
		this.receiver = receiver;
		this.ended = ended;
		if (this.left > 0) this.connection.pour(this);
		else ended();
	}

	// After the last byte, the connection may be another request's.
	pause(): void {
		if (this.left > 0) this.connection.pause();
	}

	resume(): void {
		if (this.left > 0) this.connection.resume();
	}

	destroy(): void {
		if (this.left > 0) this.connection.destroy();
	}
}
