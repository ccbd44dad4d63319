import {lstat, readFile} from 'node:fs/promises';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError, readError, systemCode} from '../fs/file-errors.js';
import {makeFolder} from '../fs/make-folder.js';
import {tryToWrite} from '../fs/writable.js';
import {writeAtomically} from '../fs/write-atomic.js';
import {brokenFileError} from './json-file.js';
import {isOpenToOthers, type Permissions, systemPermissions} from './permissions.js';

/** Called with messages for the user while the work continues. */
export type NoteHandler = (text: string) => void;

/** Permissions for private files and folders. */
export const onlyOwner = {file: 0o600, folder: 0o700};

/** The error for profiles or keys that cannot be written, like `fileError`. */
export const notKept = (error: unknown, file: string): KlingError =>
	error instanceof KlingError
		? error
		: fileError(error, file).with({
				hint: 'Profiles and keys need a folder that you can write to: correct its permissions, or name another one in KLING_CONFIG_DIR.',
			});

/**
 * Reads a file that only its owner should be able to read; undefined when there is none. A file that others
 * can read is closed to them first, with a note. A file system without permissions cannot close anything;
 * users were told so when the file was saved.
 * @throws KlingError `invalid_config` for a link, for anything but a regular file, and for a file that stays
 * open to others; `read_error`
 */
export async function readPrivate(
	file: string,
	tell: NoteHandler,
	permissions: Permissions = systemPermissions,
): Promise<string | undefined> {
	try {
		const stats = await lstat(file);
		const again = 'Move it away, and sign in again: kling auth login';
		if (stats.isSymbolicLink()) {
			throw brokenFileError(file, 'is a symbolic link; keys are read from a file only', again);
		}
		if (!stats.isFile()) throw brokenFileError(file, 'is not a regular file', again);
		if (isOpenToOthers(stats)) {
			if (await permissions.close(file, onlyOwner.file)) {
				tell(`Warning: others could read ${file}; now only you can. If they may have, make new keys.`);
			} else if (await permissions.kept(path.dirname(file))) {
				throw brokenFileError(
					file,
					'can be read or written by others, and its permissions cannot be corrected',
					again,
				);
			}
		}
		return await readFile(file, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw readError(error, file);
	}
}

/**
 * Writes a file that only its owner can read: completely, or not at all.
 * @throws KlingError the errors of `fileError`
 */
export async function writePrivate(file: string, text: string): Promise<void> {
	try {
		makeFolder(path.dirname(file), onlyOwner.folder);
		writeAtomically(file, text, {mode: onlyOwner.file, sync: true});
	} catch (error) {
		throw notKept(error, file);
	}
}

/**
 * Checks that a file can be written, before anything that depends on it is.
 * @throws KlingError the errors of `fileError`
 */
export function requireWritable(file: string): void {
	try {
		tryToWrite(file);
	} catch (error) {
		throw notKept(error, file);
	}
}

/** Closes a folder that has just received secrets to others, and prints a note if that fails. */
export async function closeFolder(
	file: string,
	tell: NoteHandler,
	{close, kept}: Permissions = systemPermissions,
): Promise<void> {
	const folder = path.dirname(file);
	const stats = await Promise.all([lstat(folder), lstat(file)]).catch(() => []);
	if (!stats.some(isOpenToOthers)) return;
	const isClosed = (await close(folder, onlyOwner.folder)) && (await close(file, onlyOwner.file));
	if (isClosed) tell(`Others could open ${folder}; now only you can.`);
	else if (!(await kept(folder))) {
		tell(`Warning: the file system of ${folder} has no permissions: whoever can reach it can read the keys.`);
	}
}
