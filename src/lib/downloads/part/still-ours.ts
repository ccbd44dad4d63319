import {fstatSync, lstatSync} from 'node:fs';
import type {FileLock} from '../../fs/lock-file.js';
import {readRecord} from './part-record.js';

/**
 * Whether a path is still the file that was written, and the lock still ours. Some file systems number their files anew each
 * time: there the size must do, and the token of our lock in the record.
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
