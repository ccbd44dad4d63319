/** The bytes to send, both ends included. */
export interface ByteRange {
	first: number;
	last: number;
}

/**
 * Reads a Range header for a file of `size` bytes: undefined means the whole file (no header, several ranges, or an invalid
 * one, which RFC 9110 §14.2 lets a server ignore); `unsatisfiable` means 416.
 */
export function parseRange(
	header: string | undefined,
	size: number,
): ByteRange | 'unsatisfiable' | undefined {
	const match = header?.match(/^bytes=(\d*)-(\d*)$/);
	const [from, to] = [match?.[1] ?? '', match?.[2] ?? ''];
	if (from === '' && to === '') return undefined;
	if (from === '') {
		const length = Math.min(Number(to), size);
		return length === 0 ? 'unsatisfiable' : {first: size - length, last: size - 1};
	}
	const first = Number(from);
	const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
	if (to !== '' && Number(to) < first) return undefined;
	return first >= size ? 'unsatisfiable' : {first, last};
}
