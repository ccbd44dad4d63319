import {closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync} from 'node:fs';
import path from 'node:path';
import {systemCode} from './file-errors.js';

/** Whether a file's owner shows that it may be this program's. */
export type TrustsOwner = (file: Pick<Stats, 'uid'>) => boolean;

/**
 * Tells files of an earlier run from files that another user has planted in a shared folder. The owner alone
 * proves nothing, because network shares and mounts show one of their own. Trusted are files of the current
 * user, of the owner that a file just made there gets, and of the folder's owner, who could replace anything
 * in it anyway.
 * @param made a file that this process has just made in the folder
 */
export function ownersIn(made: string, user = process.geteuid?.()): TrustsOwner {
	// Windows has no such user ids. There, writing into another user's folder takes a privilege.
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
 * Reads a small file of this program from a folder where others may put files. It never blocks and follows no
 * link.
 * @param maxBytes a larger file is not this program's
 * @returns undefined when there is none, `foreign` when something else is in its place
 * @throws the file system's error in other cases
 */
export function readOwnFile(
	file: string,
	maxBytes: number,
	trusts: TrustsOwner = () => true,
): {text: string} | 'foreign' | undefined {
	// Without NONBLOCK, opening a pipe would block. Windows has neither flag.
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
