import {createReadStream} from 'node:fs';

const megabyte = 1024 * 1024;

/**
 * Reads a file, a pipe such as `<(cat a.pem b.pem)`, or a stream. Devices and pipes may never end, so no more than the limit is read.
 * @param source a path, or a stream
 * @throws the file system's error, or an Error that says that the limit was exceeded
 */
export async function readBounded(
	source: string | AsyncIterable<string | Uint8Array>,
	maxMegabytes: number,
): Promise<Buffer> {
	const stream: AsyncIterable<string | Uint8Array> =
		typeof source === 'string' ? createReadStream(source) : source;
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stream) {
		const bytes = Buffer.from(chunk);
		size += bytes.length;
		if (size > maxMegabytes * megabyte) throw new Error(`it has more than ${maxMegabytes} MB`);
		chunks.push(bytes);
	}
	return Buffer.concat(chunks);
}
