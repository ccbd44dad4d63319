import type {Body, ByteReceiver} from '../../net/body.js';

/** Milliseconds that a file in memory may take to arrive. What comes slower is written as it comes. */
const maxMs = 100;

/** The beginning of a file in a block. It grows until the body flows to another receiver. */
export interface Beginning {
	readonly block: Buffer;
	/** Bytes received. */
	readonly used: number;
}

/**
 * Reads a body that fits into a block.
 * @param block receives its bytes
 * @param length of the body
 * @returns what has come in time: less than `length` bytes of a slow or broken connection, whose body can then
 * flow to another receiver
 */
export function readSmall(body: Body, block: Buffer, length: number): Promise<Beginning> {
	return new Promise((resolve) => {
		let timer: NodeJS.Timeout | undefined;
		let isOver = false;
		const stop = () => {
			isOver = true;
			clearTimeout(timer);
			resolve(receiver);
		};
		const receiver: ByteReceiver & Beginning & {used: number} = {
			block,
			used: 0,
			room: () => block.subarray(receiver.used),
			take(bytes) {
				const isInPlace =
					bytes.buffer === block.buffer && bytes.byteOffset === block.byteOffset + receiver.used;
				if (!isInPlace) bytes.copy(block, receiver.used);
				receiver.used += bytes.length;
				if (receiver.used >= length) stop();
			},
		};
		body.flow(receiver, stop);
		// Most files are here at once.
		if (!isOver) timer = setTimeout(stop, maxMs);
	});
}
