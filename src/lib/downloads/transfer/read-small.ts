import type {Body, Sink} from '../../net/body.js';

/** Milliseconds that a file in memory may take to arrive. What comes slower is written as it comes. */
const maxMs = 100;

/**
 * Reads a body that fits into a block.
 * @param block receives its bytes
 * @param length of the body
 * @returns the number of bytes that came in time, fewer than `length` for a slow or broken connection; the body can then
 * flow to another sink
 */
export function readSmall(body: Body, block: Buffer, length: number): Promise<number> {
	return new Promise((resolve) => {
		let used = 0;
		let timer: NodeJS.Timeout | undefined;
		const stop = () => {
			clearTimeout(timer);
			resolve(used);
		};
		const sink: Sink = {
			room: () => block.subarray(used),
			take(bytes) {
				const isInPlace = bytes.buffer === block.buffer && bytes.byteOffset === block.byteOffset + used;
				if (!isInPlace) bytes.copy(block, used);
				used += bytes.length;
				if (used >= length) stop();
			},
		};
		body.flow(sink, stop);
		// Most files are here at once.
		if (used < length) timer = setTimeout(stop, maxMs);
	});
}
