import {closeSync, fchmodSync, linkSync, lstatSync, openSync} from 'node:fs';
import {fileError, systemCode} from './file-errors.js';
import {moveFile} from './move-file.js';
import {removeFile} from './remove-file.js';

/** The file system calls for publishing. Tests replace them to simulate file systems that refuse some. */
export interface PublishCalls {
	link: (part: string, file: string) => void;
	rename: (part: string, file: string) => void;
}

/**
 * Moves a complete part to its path in one step.
 * @param force replaces an existing file. Without it, a file that has appeared in the meantime is left alone.
 * @throws KlingError `file_exists`, `write_error`
 */
export function publish(
	part: string,
	file: string,
	force: boolean,
	{link, rename}: PublishCalls = {link: linkSync, rename: moveFile},
): void {
	try {
		if (force) rename(part, file);
		else linkTo(part, file, {link, rename});
	} catch (error) {
		throw fileError(error, file);
	}
}

/**
 * Gives a file the permissions of ordinary new files.
 * @param descriptor of the file
 */
export function allowDefaultAccess(descriptor: number): void {
	try {
		fchmodSync(descriptor, 0o666 & ~process.umask());
	} catch {
		// Some file systems have no permissions.
	}
}

/**
 * A rename would overwrite; a link does not. Many file systems have no links, and each reports that in its
 * own way. Whatever the reason, the name is then first taken with an empty file and renamed over.
 */
function linkTo(part: string, file: string, {link, rename}: PublishCalls): void {
	try {
		link(part, file);
	} catch (error) {
		if (systemCode(error) !== 'EEXIST') {
			takeName(part, file, rename);
			return;
		}
		// A network file system may repeat a link request that has already succeeded.
		if (!isSameFile(part, file)) throw error;
	}
	removeFile(part);
}

function takeName(part: string, file: string, rename: PublishCalls['rename']): void {
	closeSync(openSync(file, 'wx', 0o600));
	try {
		rename(part, file);
	} catch (error) {
		removeFile(file);
		throw error;
	}
}

/** Whether two names refer to the same file. */
export function isSameFile(one: string, other: string): boolean {
	const [a, b] = [one, other].map((name) => lstatSync(name, {bigint: true, throwIfNoEntry: false}));
	return a !== undefined && a.ino !== 0n && a.ino === b?.ino && a.dev === b.dev;
}
