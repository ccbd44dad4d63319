import {createHash} from 'node:crypto';

/**
 * Computes the SHA-256 of a file whose bytes arrive in any order. Bytes that arrived in order are not read
 * again.
 */
export interface Checksum {
	/** Called with bytes that were written. */
	add(block: Buffer, position: number): void;
	/**
	 * @param length bytes of the whole file
	 * @param read reads what was not seen in order, up to the length of the buffer; returns the number of
	 * bytes
	 * @returns hexadecimal
	 */
	finish(length: number, read: (buffer: Buffer, position: number) => number): string;
}

export function createChecksum(): Checksum {
	let hash = createHash('sha256');
	let next = 0;
	return {
		add(block, position) {
			// The download starts over.
			if (position === 0) {
				hash = createHash('sha256');
				next = 0;
			}
			if (position !== next) return;
			hash.update(block);
			next += block.length;
		},
		finish(length, read) {
			const buffer = Buffer.allocUnsafe(Math.min(1 << 20, length - next));
			while (next < length) {
				const bytes = read(buffer, next);
				if (bytes === 0) throw new Error(`the file shrank below ${length} bytes while it was read`);
				hash.update(buffer.subarray(0, bytes));
				next += bytes;
			}
			return hash.digest('hex');
		},
	};
}
