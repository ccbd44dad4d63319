import {closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync} from 'node:fs';
import path from 'node:path';
import {systemCode} from './file-errors.js';

/** Whether the owner of a file may have put it there for us. */
export type TrustsOwner = (file: Pick<Stats, 'uid'>) => boolean;

/**
 * Tells files that an earlier run left from those that somebody else has planted in a folder in which many may write. The owner
 * alone proves nothing: shares and mounts show one of their own. Trusted are files of this user, of the owner that a file
 * gets which we have just made there, and of the owner of the folder, who could replace anything in it anyway.
 * @param made a file that this process has just made in the folder
 */
export function ownersIn(made: string, user = process.geteuid?.()): TrustsOwner {
	// Windows has no such numbers; there a folder of others takes a privilege.
	if (user === undefined) return () => true;
	const known = new Set([user]);
	for (const name of [made, path.dirname(made)]) {
		try {
			known.add(statSync(name).uid);
		} catch {}
	}
	return ({uid}) => known.has(uid);
}

/**
 * Reads a small file of our own from a folder in which others may put things: nothing is waited for, and no link is
 * followed.
 * @param maxBytes a larger one is none of ours
 * @returns undefined when there is none, `foreign` when something else is in its place
 * @throws what the file system says otherwise
 */
export function readOwnFile(
	file: string,
	maxBytes: number,
	trusts: TrustsOwner = () => true,
): {text: string} | 'foreign' | undefined {
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
		if (!stats.isFile() || stats.size > maxBytes || !trusts(stats)) return 'foreign';
		return {text: readFileSync(descriptor, 'utf8')};
	} finally {
		closeSync(descriptor);
	}
}
