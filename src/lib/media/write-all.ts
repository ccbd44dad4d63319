import {writevSync} from 'node:fs';

/**
 * Writes all of the buffers, at once: to hand a megabyte to another thread costs more than to write it, and leaves more to
 * lose. A system may take less than it was given, and says why at the next try.
 * @param file descriptor
 * @param onWritten told the byte after the last one on disk, after each step
 * @throws what the file system says
 */
export function writeAll(
	file: number,
	buffers: readonly Buffer[],
	position: number,
	onWritten: (end: number) => void,
): void {
	let left = buffers;
	let at = position;
	while (left.length > 0) {
		const bytesWritten = writevSync(file, [...left], at);
		at += bytesWritten;
		onWritten(at);
		left = without(left, bytesWritten);
	}
}

function without(buffers: readonly Buffer[], bytes: number): Buffer[] {
	let skip = bytes;
	const left: Buffer[] = [];
	for (const buffer of buffers) {
		if (skip < buffer.length) left.push(buffer.subarray(skip));
		skip = Math.max(0, skip - buffer.length);
	}
	return left;
}
