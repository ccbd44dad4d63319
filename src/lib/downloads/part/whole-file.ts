import {closeSync, openSync} from 'node:fs';
import {fileError} from '../../fs/file-errors.js';
import {flushLater} from '../../fs/flush.js';
import {removeFile} from '../../fs/remove-file.js';
import {writeAll} from '../../fs/write-all.js';
import {publish} from './publish.js';

/**
 * Writes a file from memory to its path, complete and flushed to the disk before it appears there.
 * @param part temporary path that nobody else uses
 * @param force replaces an existing file
 * @throws KlingError `file_exists`, `write_error`, `disk_full`; nothing is left at `part`
 */
export async function publishWhole(bytes: Buffer, part: string, file: string, force: boolean): Promise<void> {
	let isMade = false;
	try {
		// It gets ordinary permissions at once, because it is written in one go.
		const descriptor = openSync(part, 'wx', 0o666);
		isMade = true;
		try {
			writeAll(descriptor, bytes, 0, () => {});
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
