import {writeSync} from 'node:fs';

/**
 * Writes all of a block, at once: to hand it to another thread costs more than to write it, and leaves more to lose. A
 * system may take less than it was given, and says why at the next try.
 * @param file descriptor
 * @param onWritten called after each step with the position after the last byte on disk
 * @throws what the file system says
 */
export function writeAll(
	file: number,
	block: Buffer,
	position: number,
	onWritten: (end: number) => void,
): void {
	for (let done = 0; done < block.length; onWritten(position + done)) {
		done += writeSync(file, block, done, block.length - done, position + done);
	}
}
