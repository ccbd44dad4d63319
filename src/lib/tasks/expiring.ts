import {statSync} from 'node:fs';
import type {JournalEntry, SavedFile} from '../journal/journal.js';
import {isPaidCall} from '../task-types/calls.js';

/** Whether Kling will delete a task's results within the given time, and has not done so yet. */
export function isExpiring({type, status, expiresAt}: JournalEntry, now: number, withinMs: number): boolean {
	if (isPaidCall(type)) return false;
	return status === 'succeed' && expiresAt !== undefined && expiresAt > now && expiresAt <= now + withinMs;
}

/** Whether a task has a result that is in no known file on this disk. Kling keeps no result of calls that make no task. */
export function isMissing({type, status, files = [], savedFile, savedBytes}: JournalEntry): boolean {
	if (isPaidCall(type)) return false;
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
