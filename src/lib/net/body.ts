import type {Readable} from 'node:stream';

/** Takes the bytes of a body from its connection. */
export interface ByteReceiver {
	/** Where the next bytes may be written; never empty. */
	room(): Buffer;
	/** Takes bytes. They are either in `room` already or must be copied, because the memory is reused. */
	take(bytes: Buffer): void;
}

/** The body of a response in transit. */
export interface Body {
	/**
	 * A block that the connection reads into. It belongs to the first receiver, which finds the first bytes in place there and
	 * may use another block instead.
	 */
	readonly block?: Buffer;
	/**
	 * Starts passing the bytes to a receiver, or passes those that are left to another one.
	 * @param ended called at the end of a body of unknown length, and with the reason when the body ends too
	 * early; perhaps several times
	 */
	flow(receiver: ByteReceiver, ended: (error?: unknown) => void): void;
	pause(): void;
	resume(): void;
	/** Cancels the transfer. Does nothing after a complete body. */
	destroy(): void;
}

/** Created once, because many transfers end with it. */
export const closed = new Error('the connection was closed');

/** The body of a stream, whose buffers are copied. */
export function streamBody(stream: Readable): Body {
	let receiver: ByteReceiver | undefined;
	let ended: (error?: unknown) => void = () => {};
	return {
		flow(to, whenEnded) {
			const isFirst = receiver === undefined;
			receiver = to;
			ended = whenEnded;
			if (stream.readableEnded) ended();
			else if (stream.destroyed) ended(stream.errored ?? closed);
			if (!isFirst) return;
			stream.once('end', () => ended());
			stream.once('error', (error) => ended(error));
			stream.once('close', () => ended(closed));
			stream.on('data', (chunk: Buffer) => receiver?.take(chunk));
		},
		pause: () => void stream.pause(),
		resume: () => void stream.resume(),
		destroy() {
			stream.removeAllListeners('data');
			stream.destroy();
		},
	};
}
