import {existsSync, lstatSync} from 'node:fs';
import path from 'node:path';
import {fileError} from '../../fs/file-errors.js';
import {type FileLock, type LockWait, lockFile, lockIfFree, waitForLock} from '../../fs/lock-file.js';
import {makeFolder} from '../../fs/make-folder.js';
import {ownersIn} from '../../fs/own-file.js';
import {lockOf, partLock, privatePart, refuseFolder, refuseFolders} from './names.js';
import {Part} from './part-file.js';
import {readRecord} from './part-record.js';
import type {PartRequest} from './part-request.js';
import {takeOver} from './resume-part.js';

/**
 * Locks a file's part. The part, its record and its lock are kept beside the file, so that the last step is a
 * rename on one disk and the next run finds them.
 * @param wait how to wait for another process. Default: it is an error.
 * @throws KlingError `file_busy` while another process downloads to the file; `write_error`, `disk_full`
 */
export async function lockPart(file: string, wait?: LockWait): Promise<FileLock> {
	const free = lockIfFree(lockOf(file));
	if (free) return free;
	try {
		makeFolder(path.dirname(file));
	} catch (error) {
		throw fileError(error, file);
	}
	refuseFolder(lockOf(file), file);
	const options = partLock(file);
	return wait
		? waitForLock(lockOf(file), file, {...wait, ...options})
		: lockFile(lockOf(file), file, options);
}

/**
 * Waits until no other process downloads to a file.
 * @returns true, so that callers can check again what that process left
 * @throws KlingError `file_busy` at the deadline; the reason of the signal
 */
export async function afterDownload(file: string, wait: LockWait): Promise<true> {
	if (!existsSync(lockOf(file))) return true;
	(await waitForLock(lockOf(file), file, {...wait, ...partLock(file)})).release();
	return true;
}

/**
 * Opens the part of a file that an earlier run left, or a new one.
 * @param lock from `lockPart`
 * @throws KlingError `write_error`, `disk_full`
 */
export function openPart(request: PartRequest, lock: FileLock): Part {
	const {file, onNote} = request;
	const usual = `${file}.part`;
	let part: Part | undefined;
	try {
		if (!['', '.json', '.json.new'].some((end) => exists(`${usual}${end}`)))
			return new Part(usual, request, lock, {isFresh: true});
		refuseFolders(file);
		const trusts = ownersIn(lockOf(file));
		const record = readRecord(`${usual}.json`, trusts);
		const isThere = exists(usual);
		if (isThere && record === undefined) {
			// Other programs use the same name for their parts.
			onNote(`${usual} was not made by kling and is left alone`);
			return new Part(privatePart(file, lock.token), request, lock, {isPrivate: true});
		}
		const left = isThere && record && takeOver(usual, record, request, trusts);
		if (typeof left === 'string') onNote(`${usual} ${left}: starting over`);
		part = new Part(usual, request, lock);
		if (typeof left === 'object') part.resume(left);
		return part;
	} catch (error) {
		if (part) part.leave();
		else lock.release();
		throw fileError(error, file);
	}
}

const exists = (file: string) => lstatSync(file, {throwIfNoEntry: false}) !== undefined;
