import {readSync} from 'node:fs';
import {type ErrorDetails, KlingError} from '../errors/kling-error.js';

/** Real files have a handful of boxes or chunks; a hostile one may have millions, and walking them must end soon. */
export const maxParts = 200_000;

/** A file of which the size is known and small pieces are read on demand. */
export interface MediaBytes {
	/** Bytes. */
	readonly size: number;
	/**
	 * @param position the first byte
	 * @param length bytes
	 * @returns exactly `length` bytes
	 * @throws KlingError `download_error` when they are not all inside the file
	 */
	read(position: number, length: number): Promise<Buffer>;
}

/**
 * @param size in bytes
 * @param read reads bytes that lie within the size; gives fewer where the file has shrunk
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
 * @param file descriptor, which stays the caller's to close
 * @param size its size in bytes
 */
export const mediaBytes = (file: number, size: number): MediaBytes =>
	mediaBytesOf(size, async (position, length) => {
		const buffer = Buffer.alloc(length);
		return buffer.subarray(0, readSync(file, buffer, 0, length, position));
	});

/** Bytes in memory, read as those of a file. */
export const bufferBytes = (buffer: Buffer): MediaBytes => ({
	size: buffer.length,
	async read(position, length) {
		if (position + length > buffer.length) {
			throw damaged(`it ends at byte ${buffer.length}, in the middle of a header`);
		}
		return buffer.subarray(position, position + length);
	},
});

/** The error for a file that is not whole, undamaged media. */
export class DamagedError extends KlingError {
	constructor(
		/** The damage, said of "it". */
		readonly what: string,
		details: ErrorDetails = {},
	) {
		super('download_error', `The downloaded file is damaged or cut off: ${what}`, details);
	}
}

/**
 * @param what the damage, said of "it"
 * @param details for the error document, where the ones of the table do not fit
 */
export const damaged = (what: string, details: ErrorDetails = {}): DamagedError =>
	new DamagedError(what, details);
