import {existsSync, fstatSync, lstatSync} from 'node:fs';
import {KlingError} from '../../errors/kling-error.js';
import type {FileLock} from '../../fs/lock-file.js';
import {readRecord} from './part-record.js';

/**
 * Whether the path is still the file that was written, and the lock still held. Some file systems give
 * files new inode numbers each time. There the size is compared instead, and the lock's token in the
 * record.
 * @param descriptor of the file that was written
 * @param isPrivate for a part without a record
 */
export function isStillOurs(descriptor: number, path: string, lock: FileLock, isPrivate: boolean): boolean {
	if (!lock.isHeld()) return false;
	const mine = fstatSync(descriptor, {bigint: true});
	const there = lstatSync(path, {bigint: true, throwIfNoEntry: false});
	if (mine.ino === there?.ino) return true;
	if (!there?.isFile() || mine.size !== there.size) return false;
	const record = isPrivate ? undefined : readRecord(`${path}.json`);
	return isPrivate || (typeof record === 'object' && record.token === lock.token);
}

/**
 * The error for a part that this process no longer owns.
 * @param lock path of its lock
 */
export function lostPartError(file: string, lock: string): KlingError {
	if (existsSync(lock))
		return new KlingError('file_busy', `Another process has taken over the download to ${file}`, {
			path: file,
		});
	const what = 'its folder, or the part file in it, was moved or removed during the download';
	return new KlingError('write_error', `Cannot write ${file}: ${what}`, {
		path: file,
		hint: 'Run the command again to fetch it.',
	});
}
