import {closeSync, fchmodSync, linkSync, lstatSync, openSync, renameSync} from 'node:fs';
import {fileError, systemCode} from '../../fs/file-errors.js';
import {removeFile} from '../../fs/remove-file.js';

/** What publishing asks of the file system; tests stand in for those that refuse a part of it. */
export interface PublishWays {
	link: (part: string, file: string) => void;
	rename: (part: string, file: string) => void;
}

/**
 * Moves a complete part to its path, in one step.
 * @param force replaces an existing file; without it a file that appeared meanwhile is left alone
 * @throws KlingError `file_exists`, `write_error`
 */
export function publish(
	part: string,
	file: string,
	force: boolean,
	{link, rename}: PublishWays = {link: linkSync, rename: renameSync},
): void {
	try {
		if (force) rename(part, file);
		else linkTo(part, file, {link, rename});
	} catch (error) {
		throw fileError(error, file);
	}
}

/**
 * Gives a file the permissions that files usually get.
 * @param descriptor of the file
 */
export function allowUsual(descriptor: number): void {
	try {
		fchmodSync(descriptor, 0o666 & ~process.umask());
	} catch {
		// Some file systems know no permissions.
	}
}

/**
 * A rename would overwrite; a link does not. Many file systems have no links, and each says so in its own way: whatever the
 * reason, the name is then taken with an empty file first. A download has made and renamed files here before it
 * began, as its lock and its record, so that this way is known to be open.
 */
function linkTo(part: string, file: string, {link, rename}: PublishWays): void {
	try {
		link(part, file);
	} catch (error) {
		if (systemCode(error) !== 'EEXIST') {
			takeName(part, file, rename);
			return;
		}
		// Over a network, a link that was made may be asked for again.
		if (!isSameFile(part, file)) throw error;
	}
	removeFile(part);
}

function takeName(part: string, file: string, rename: PublishWays['rename']): void {
	closeSync(openSync(file, 'wx', 0o600));
	try {
		rename(part, file);
	} catch (error) {
		removeFile(file);
		throw error;
	}
}

/** Whether two names are of one file. */
export function isSameFile(one: string, other: string): boolean {
	const [a, b] = [one, other].map((name) => lstatSync(name, {bigint: true, throwIfNoEntry: false}));
	return a !== undefined && a.ino !== 0n && a.ino === b?.ino && a.dev === b.dev;
}
