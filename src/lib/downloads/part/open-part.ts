import {randomBytes} from 'node:crypto';
import {existsSync, lstatSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../../errors/kling-error.js';
import {fileError} from '../../fs/file-errors.js';
import {type FileLock, type LockWait, lockFile, waitForLock} from '../../fs/lock-file.js';
import {makeFolder} from '../../fs/make-folder.js';
import {ownersIn} from '../../fs/own-file.js';
import {Part, type PartRequest} from './part-file.js';
import {readRecord} from './part-record.js';
import {takeOver} from './resume-part.js';

/** The lock for downloads to a file. */
export const lockOf = (file: string) => `${file}.part.lock`;

/**
 * Locks a file's part. The part, its record and its lock are kept beside the file, so that the last step is a
 * rename on one disk and the next run finds them.
 * @param wait how to wait for another process. Default: it is an error.
 * @throws KlingError `file_busy` while another process downloads to the file; `write_error`, `disk_full`
 */
export async function lockPart(file: string, wait?: LockWait): Promise<FileLock> {
	try {
		makeFolder(path.dirname(file));
	} catch (error) {
		throw fileError(error, file);
	}
	refuseFolders(file);
	return wait ? waitForLock(lockOf(file), file, wait) : lockFile(lockOf(file), file);
}

/**
 * Waits until no other process downloads to a file.
 * @returns true, so that callers can check again what that process left
 * @throws KlingError `file_busy` at the deadline; the reason of the signal
 */
export async function afterDownload(file: string, wait: LockWait): Promise<true> {
	if (existsSync(lockOf(file))) (await waitForLock(lockOf(file), file, wait)).release();
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
		const trusts = ownersIn(`${usual}.lock`);
		const record = readRecord(`${usual}.json`, trusts);
		const isThere = lstatSync(usual, {throwIfNoEntry: false}) !== undefined;
		if (isThere && record === undefined) {
			// Other programs use the same name for their parts.
			onNote(`${usual} was not made by kling and is left alone`);
			return new Part(`${file}.${randomBytes(4).toString('hex')}.part`, request, lock, true);
		}
		const left = isThere && record && takeOver(usual, record, request, trusts);
		if (typeof left === 'string') onNote(`${usual} ${left}: starting over`);
		part = new Part(usual, request, lock, false);
		if (typeof left === 'object') part.resume(left);
		return part;
	} catch (error) {
		if (part) part.leave();
		else lock.release();
		throw fileError(error, file);
	}
}

/** Suffixes of the files kept beside a part. */
const besides = ['.lock', '.json', '.json.new'] as const;

/**
 * The longest suffix that a download temporarily adds to a file's name: that of a stale lock being moved
 * aside.
 */
export const longestEnd = `.part.lock.${'0'.repeat(8)}`;

/** @throws KlingError `write_error` for a folder where a download keeps a file of its own */
export function refuseFolders(file: string): void {
	try {
		for (const end of besides) refuseFolder(`${file}.part${end}`);
	} catch (error) {
		throw fileError(error, file);
	}
}

/**
 * A folder cannot be replaced or removed like a file. Found later, it would look like an error of the file.
 */
function refuseFolder(file: string): void {
	if (!lstatSync(file, {throwIfNoEntry: false})?.isDirectory()) return;
	throw new KlingError('write_error', `Cannot write ${file}: it is a folder`, {
		path: file,
		hint: 'Move it away, or choose another --output.',
	});
}
