import {closeSync, openSync} from 'node:fs';
import {fileError} from '../../fs/file-errors.js';
import {flushLater} from '../../fs/flush.js';
import {publish} from '../../fs/publish.js';
import {removeFile} from '../../fs/remove-file.js';
import {writeAll} from '../../fs/write-all.js';
import type {BlockPool} from '../../net/block-pool.js';

/** A complete file in memory. */
export class WholeFile {
	readonly bytes: Buffer;
	readonly #room: Buffer;

	/** @param block goes back to the pool when the file is dropped */
	constructor(
		private readonly blocks: BlockPool,
		block: Buffer,
		length: number,
	) {
		this.#room = block;
		this.bytes = block.subarray(0, length);
	}

	/** Releases the memory and the bytes in it. */
	drop(): void {
		this.blocks.giveBack(this.#room);
	}

	/**
	 * Writes the file to its path, complete and flushed to the disk before it appears there.
	 * @param part temporary path that nobody else uses
	 * @param force replaces an existing file
	 * @throws KlingError `file_exists`, `write_error`, `disk_full`; nothing is left at `part`
	 */
	async publish(part: string, file: string, force: boolean): Promise<void> {
		let isMade = false;
		try {
			// It gets ordinary permissions at once, because it is written in one go.
			const descriptor = openSync(part, 'wx', 0o666);
			isMade = true;
			try {
				writeAll(descriptor, this.bytes, 0, () => {});
				await flushLater(descriptor);
			} finally {
				closeSync(descriptor);
			}
			publish(part, file, force);
		} catch (error) {
			if (isMade) removeFile(part);
			throw fileError(error, file);
		}
	}
}
