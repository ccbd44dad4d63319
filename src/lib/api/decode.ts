import {promisify} from 'node:util';
import {brotliDecompress, gunzip, inflate} from 'node:zlib';

/** Largest response that is read, in bytes of JSON. */
export const maxReplyBytes = 10_000_000;

/** Behind functions, because `node:zlib` is loaded only when a response is compressed. */
const decoders = new Map([
	['gzip', () => gunzip],
	['deflate', () => inflate],
	['br', () => brotliDecompress],
]);

/**
 * Decompresses the body of a response.
 * @throws RangeError when it is too large, see `isTooLong`
 */
export async function decode(body: Buffer, encoding: string): Promise<Buffer> {
	if (encoding === '') return body;
	const decoder = decoders.get(encoding.toLowerCase().replace(/^x-/, ''))?.();
	if (decoder === undefined) return body;
	return promisify<Buffer, {maxOutputLength: number}, Buffer>(decoder)(body, {
		maxOutputLength: maxReplyBytes,
	});
}

export function isTooLong(error: unknown): boolean {
	return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
