import type {Socket} from 'node:net';
import type {Readable} from 'node:stream';
import type {KeptBody, Sink, SocketReader} from '../../net/socket-reader.js';

/** The body of a response in transit. */
export interface Body {
	/**
	 * Starts passing the bytes to a sink.
	 * @param ended called at the end, with the reason if it came too early; perhaps several times
	 */
	flow(sink: Sink, ended: (error?: unknown) => void): void;
	pause(): void;
	resume(): void;
	/** Cancels the transfer. */
	destroy(): void;
}

/** Created once, because every completed transfer ends with it. */
const closed = new Error('the connection was closed');

/**
 * The body of a stream, whose buffers are copied.
 * @param length number of bytes, if known
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
			// After a complete body, its end is still read so that the connection can be reused.
			if (left <= 0) {
				stream.resume();
				return;
			}
			stream.destroy();
			socket?.destroy();
		},
	};
}

/**
 * The body that a socket reader keeps for a stream's response. Its length is known, so it needs no end of its own.
 */
export function socketBody(reader: SocketReader, kept: KeptBody, stream: Readable): Body {
	return {
		flow(sink, ended) {
			watch(stream, ended);
			reader.flow(kept, sink, () => ended(closed));
		},
		// Afterwards, the connection may be another request's.
		pause: () => void (kept.left > 0 && reader.pause()),
		resume: () => void (kept.left > 0 && reader.resume()),
		destroy() {
			// Nobody reads the stream, but only its end frees the connection.
			if (kept.left === 0) stream.resume();
			else stream.destroy();
		},
	};
}

function watch(stream: Readable, ended: (error: unknown) => void): void {
	stream.once('error', ended);
	stream.once('close', () => ended(closed));
	if (stream.destroyed) ended(stream.errored ?? closed);
}
