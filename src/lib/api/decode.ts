import {promisify} from 'node:util';
import {brotliDecompress, gunzip, inflate} from 'node:zlib';

/** Largest response that is read, in bytes of JSON. */
export const maxReplyBytes = 10_000_000;

const decoders: Readonly<
	Record<string, (data: Buffer, options: {maxOutputLength: number}) => Promise<Buffer>>
> = {
	gzip: promisify(gunzip),
	deflate: promisify(inflate),
	br: promisify(brotliDecompress),
};

/**
 * Decompresses the body of a response.
 * @throws RangeError when it is too large, see `isTooLong`
 */
export async function decode(body: Buffer, encoding: string): Promise<Buffer> {
	const decoder = decoders[encoding.toLowerCase().replace(/^x-/, '')];
	return decoder === undefined ? body : decoder(body, {maxOutputLength: maxReplyBytes});
}

export function isTooLong(error: unknown): boolean {
	return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
