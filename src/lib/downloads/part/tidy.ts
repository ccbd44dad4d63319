import {existsSync} from 'node:fs';
import {lockFile} from '../../fs/lock-file.js';
import {removeFile} from '../../fs/remove-file.js';
import {lockOf, removeAbandoned} from './names.js';
import {readRecord} from './part-record.js';
import {isSameFile} from './publish.js';

/**
 * Removes what a killed download left beside a file that it had put in place: its lock, its record, and the second name of the file.
 * While another process downloads to the file, nothing is touched. Whatever cannot be removed stays: it does no harm.
 * @param file absolute path of a file that is complete
 */
export function tidyBeside(file: string): void {
	// The lock is always the last to go.
	if (!existsSync(lockOf(file))) return;
	try {
		const lock = lockFile(lockOf(file), file);
		try {
			removeAbandoned(file, lock);
			removePublished(file);
		} finally {
			lock.release();
		}
	} catch {}
}

function removePublished(file: string): void {
	const part = `${file}.part`;
	// Other programs use the same names.
	if (typeof readRecord(`${part}.json`) !== 'object') return;
	if (existsSync(part)) {
		// It may be of a download that was to replace the file, and is resumed by the next one.
		if (!isSameFile(part, file)) return;
		removeFile(part);
	}
	removeFile(`${part}.json`);
}
