import {chmod, lstat, readFile} from 'node:fs/promises';
import path from 'node:path';
import {fileError, readError, systemCode} from '../fs/file-errors.js';
import {makeFolder} from '../fs/make-folder.js';
import {writeAtomically} from '../fs/write-atomic.js';
import {broken} from './json-file.js';

/** Told what a user should know though the work goes on. */
export type Tell = (text: string) => void;

/** Rights of what others must not see. */
export const onlyOwner = {file: 0o600, folder: 0o700};

/**
 * The text of a file that only its owner may read, or undefined when there is none. One that others may read is
 * closed to them first, and that is told.
 * @throws KlingError `invalid_config` for a link, for what is no file, and for a file of somebody else: who can
 * write there could give us keys of theirs; `read_error`
 */
export async function readPrivate(file: string, tell: Tell): Promise<string | undefined> {
	try {
		const stats = await lstat(file);
		const hint = `Move it away, and sign in again: kling auth login`;
		if (stats.isSymbolicLink())
			throw broken(file, 'is a symbolic link; keys are read from a file only', hint);
		if (!stats.isFile()) throw broken(file, 'is no regular file', hint);
		// Windows has neither; its profile folder is closed to others.
		const user = process.getuid?.();
		if (user !== undefined) {
			if (stats.uid !== user) throw broken(file, 'belongs to another user', hint);
			if ((stats.mode & 0o077) !== 0) {
				await chmod(file, onlyOwner.file);
				tell(`Warning: others could read ${file}; now only you can. If they may have, make new keys.`);
			}
		}
		return await readFile(file, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw readError(error, file);
	}
}

/**
 * Writes a file that only its owner may read, so that it is there as a whole or not at all.
 * @throws KlingError as fileError
 */
export async function writePrivate(file: string, text: string): Promise<void> {
	try {
		makeFolder(path.dirname(file), onlyOwner.folder);
		writeAtomically(file, text, {mode: onlyOwner.file, sync: true});
	} catch (error) {
		throw fileError(error, file);
	}
}

/** Closes a folder with secrets in it to others; a system without such rights, or a folder of others, is left alone. */
export async function closeFolder(folder: string, tell: Tell): Promise<void> {
	const stats = await lstat(folder).catch(() => undefined);
	if (stats === undefined || process.getuid?.() !== stats.uid || (stats.mode & 0o077) === 0) return;
	await chmod(folder, onlyOwner.folder);
	tell(`Others could look into ${folder}; now only you can.`);
}
