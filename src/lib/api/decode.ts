import {promisify} from 'node:util';
import {brotliDecompress, gunzip, inflate} from 'node:zlib';

/** Bytes of JSON that are read from a reply before it is given up. */
export const maxReplyBytes = 10_000_000;

const decoders: Readonly<
	Record<string, (data: Buffer, options: {maxOutputLength: number}) => Promise<Buffer>>
> = {
	gzip: promisify(gunzip),
	deflate: promisify(inflate),
	br: promisify(brotliDecompress),
};

/** Unpacks the bytes of a reply. @throws RangeError when they are too many, see isTooLong */
export async function decode(body: Buffer, encoding: string): Promise<Buffer> {
	const decoder = decoders[encoding.toLowerCase().replace(/^x-/, '')];
	return decoder === undefined ? body : decoder(body, {maxOutputLength: maxReplyBytes});
}

export function isTooLong(error: unknown): boolean {
	return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
