import {closeSync, constants, fstatSync, openSync, readFileSync} from 'node:fs';
import {systemCode} from './file-errors.js';

/** Whether a file is the user's own. Windows has no such numbers; there a folder of others takes a privilege. */
export function isOurs({uid}: {uid: number}, user = process.geteuid?.()): boolean {
	return user === undefined || uid === user;
}

/**
 * Reads a small file of our own from a folder in which others may put things: nothing is waited for, and no link is
 * followed.
 * @param maxBytes a larger one is none of ours
 * @returns undefined when there is none, `foreign` when something else is in its place
 * @throws what the file system says otherwise
 */
export function readOwnFile(file: string, maxBytes: number): {text: string} | 'foreign' | undefined {
	// A pipe is waited for without NONBLOCK. Windows has neither flag.
	const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
	let descriptor: number;
	try {
		descriptor = openSync(file, flags);
	} catch (error) {
		const code = systemCode(error);
		if (code === 'ENOENT') return undefined;
		if (code === 'ELOOP' || code === 'ENXIO') return 'foreign';
		throw error;
	}
	try {
		const stats = fstatSync(descriptor);
		if (!stats.isFile() || stats.size > maxBytes || !isOurs(stats)) return 'foreign';
		return {text: readFileSync(descriptor, 'utf8')};
	} finally {
		closeSync(descriptor);
	}
}
