import {writeSync} from 'node:fs';

/**
 * Writes a whole block synchronously: handing it to another thread costs more than writing it, and leaves
 * more to lose. The system may write less than requested, and gives the reason at the next attempt.
 * @param file descriptor
 * @param onWritten called after each write with the position after the last byte on disk
 * @throws the file system's error
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
