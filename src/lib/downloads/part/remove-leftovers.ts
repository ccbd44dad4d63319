import {existsSync} from 'node:fs';
import {lockFile} from '../../fs/lock-file.js';
import {isSameFile} from '../../fs/publish.js';
import {removeFile} from '../../fs/remove-file.js';
import {lockOf, partLock} from './names.js';
import {readRecord} from './part-record.js';

/**
 * Removes what a killed download left beside a file that it had already put in place: its lock, its record,
 * and the file's second name. Nothing is touched while another process downloads to the file. What cannot be
 * removed stays, because it does no harm.
 * @param file absolute path of a complete file
 */
export function removeLeftovers(file: string): void {
	// The lock is always removed last.
	if (!existsSync(lockOf(file))) return;
	try {
		const lock = lockFile(lockOf(file), file, partLock(file));
		try {
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
		// It may belong to a download that was to replace the file. The next such download resumes it.
		if (!isSameFile(part, file)) return;
		removeFile(part);
	}
	removeFile(`${part}.json`);
}
