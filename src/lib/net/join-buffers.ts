/** Two buffers as one, without copying where the second follows the first in the same memory. */
export function joined(first: Buffer, second: Buffer): Buffer {
	if (first.length === 0) return second;
	const isNext = first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset;
	if (!isNext) return Buffer.concat([first, second]);
	return Buffer.from(first.buffer, first.byteOffset, first.length + second.length);
}
