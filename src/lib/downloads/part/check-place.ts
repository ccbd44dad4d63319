import {existsSync} from 'node:fs';
import {lockFile} from '../../fs/lock-file.js';
import {checkWritable} from '../../fs/writable.js';
import {lockOf, longestSuffix, partLock, refuseFolders} from './names.js';

export interface PlaceRequest {
	/** The longest suffix of another file that is written beside it. */
	sideEnd?: string | undefined;
	/** Whether another process that downloads to the file has the same result. */
	isShared?: boolean;
}

/**
 * Checks, before anything is paid for, that a result can be written at a path, together with the temporary
 * files beside it.
 * @param file absolute path
 * @throws KlingError `write_error`, `disk_full`; `file_busy` while another process downloads to it
 */
export async function checkPlace(
	file: string,
	{sideEnd = '', isShared = false}: PlaceRequest = {},
): Promise<void> {
	refuseFolders(file);
	// Taking and releasing the lock frees one that a crash left behind.
	if (!isShared && existsSync(lockOf(file))) lockFile(lockOf(file), file, partLock(file)).release();
	await checkWritable(file, sideEnd.length > longestSuffix.length ? sideEnd : longestSuffix);
}
