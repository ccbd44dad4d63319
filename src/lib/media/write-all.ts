import type {FileHandle} from 'node:fs/promises';

/**
 * Writes all of the buffers. A system may take less than it was given, and says why at the next try.
 * @param onWritten told the byte after the last one on disk, after each step
 * @throws what the file system says
 */
export async function writeAll(
	handle: FileHandle,
	buffers: readonly Buffer[],
	position: number,
	onWritten: (end: number) => void,
): Promise<void> {
	let left = buffers;
	let at = position;
	while (left.length > 0) {
		const {bytesWritten} = await handle.writev([...left], at);
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
