import {readSync} from 'node:fs';
import {type ErrorDetails, KlingError} from '../errors/kling-error.js';

/** Real files have a handful of boxes or chunks. A hostile file may have millions, and walking them must end soon. */
export const maxParts = 200_000;

/** A file whose size is known and of which small pieces are read on demand. */
export interface MediaBytes {
	/** Bytes. */
	readonly size: number;
	/**
	 * @param position the first byte
	 * @param length bytes
	 * @returns exactly `length` bytes
	 * @throws KlingError `download_error` if they are not all inside the file
	 */
	read(position: number, length: number): Promise<Buffer> | Buffer;
}

/**
 * @param size in bytes
 * @param read reads bytes within the size; returns fewer if the file has shrunk
 */
export function mediaBytesOf(
	size: number,
	read: (position: number, length: number) => Promise<Buffer>,
): MediaBytes {
	return {
		size,
		async read(position, length) {
			// Checked before the allocation: lengths come from the file and may be anything.
			if (position + length > size) throw damaged(`the file ends at byte ${size}, in the middle of a header`);
			const bytes = await read(position, length);
			if (bytes.length < length) throw damaged(`the file shrank below ${size} bytes while it was read`);
			return bytes;
		},
	};
}

/**
 * @param file descriptor, which the caller must close
 * @param size its size in bytes
 */
export const mediaBytes = (file: number, size: number): MediaBytes =>
	mediaBytesOf(size, async (position, length) => {
		const buffer = Buffer.alloc(length);
		return buffer.subarray(0, readSync(file, buffer, 0, length, position));
	});

/** Bytes in memory, read like those of a file. */
export const bufferBytes = (buffer: Buffer): MediaBytes => ({
	size: buffer.length,
	read(position, length) {
		if (position + length > buffer.length) {
			throw damaged(`it ends at byte ${buffer.length}, in the middle of a header`);
		}
		return buffer.subarray(position, position + length);
	},
});

/** The error for a file that is not complete, undamaged media. */
export class DamagedError extends KlingError {
	constructor(
		/** The damage, in words that follow "it". */
		readonly what: string,
		details: ErrorDetails = {},
	) {
		super('download_error', `The downloaded file is damaged or cut off: ${what}`, details);
	}
}

/**
 * @param what the damage, in words that follow "it"
 * @param details for the error document, if those of the table do not fit
 */
export const damaged = (what: string, details: ErrorDetails = {}): DamagedError =>
	new DamagedError(what, details);
