import {statSync} from 'node:fs';
import type {JournalEntry, SavedFile} from '../journal/journal.js';

/** Whether Kling deletes the results of a task within a time, and has not yet. */
export function isExpiring({status, expiresAt}: JournalEntry, now: number, withinMs: number): boolean {
	return status === 'succeed' && expiresAt !== undefined && expiresAt > now && expiresAt <= now + withinMs;
}

/** Whether a task has a result, and no file of this disk is known to hold it. */
export function isMissing({status, files = [], savedFile, savedBytes}: JournalEntry): boolean {
	const known: SavedFile[] =
		savedFile === undefined || savedBytes === undefined ? [] : [{path: savedFile, bytes: savedBytes}];
	return status === 'succeed' && ![...files, ...known].some(isThere);
}

function isThere({path, bytes}: SavedFile): boolean {
	try {
		const stats = statSync(path);
		return stats.isFile() && stats.size === bytes;
	} catch {
		return false;
	}
}
