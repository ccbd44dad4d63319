import {fstatSync, lstatSync} from 'node:fs';
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
