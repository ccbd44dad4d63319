import type {Socket} from 'node:net';
import type {Readable} from 'node:stream';
import type {Inlet, Sink} from '../../net/socket-reader.js';

/** The bytes of an answer, on their way. */
export interface Body {
	/**
	 * Begins to give the bytes to a sink.
	 * @param ended called at the end, with the reason if it came too early; perhaps several times
	 */
	flow(sink: Sink, ended: (error?: unknown) => void): void;
	pause(): void;
	resume(): void;
	/** Gives the transfer up. */
	destroy(): void;
}

/** Made once: every transfer that is done ends so. */
const closed = new Error('the connection was closed');

/**
 * The body of a stream, whose buffers are copied.
 * @param length bytes of it, when they are known
 * @param socket its connection
 */
export function streamBody(stream: Readable, length = Number.POSITIVE_INFINITY, socket?: Socket): Body {
	let left = length;
	return {
		flow(sink, ended) {
			stream.once('end', () => {
				left = 0;
				ended();
			});
			watch(stream, ended);
			stream.on('data', (chunk: Buffer) => {
				left -= chunk.length;
				sink.take(chunk);
			});
		},
		pause: () => void stream.pause(),
		resume: () => void stream.resume(),
		destroy() {
			stream.removeAllListeners('data');
			// Of a body that is complete, the end is still to be read: then the connection is used again.
			if (left <= 0) {
				stream.resume();
				return;
			}
			stream.destroy();
			socket?.destroy();
		},
	};
}

/** The body that an inlet has of the answer of a stream. Its length is known, so that it has no end of its own. */
export function inletBody(inlet: Inlet, stream: Readable): Body {
	return {
		flow(sink, ended) {
			watch(stream, ended);
			inlet.flow(sink, () => ended(closed));
		},
		pause: () => inlet.pause(),
		resume: () => inlet.resume(),
		destroy: () => void stream.destroy(),
	};
}

function watch(stream: Readable, ended: (error: unknown) => void): void {
	stream.once('error', ended);
	stream.once('close', () => ended(closed));
	if (stream.destroyed) ended(stream.errored ?? closed);
}
