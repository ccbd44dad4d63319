import {randomBytes} from 'node:crypto';
import {open, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {fileError, systemCode} from './file-errors.js';

/**
 * Finds out whether a file can be put at a path, by making a small one near it for a moment: permissions alone
 * tell little of read-only disks, of quotas and to the superuser.
 * @param file absolute path at which nothing is, or what may be replaced
 * @param end the longest that a name beside it gets behind its own; the file that is made for a trial has a name of that length
 * @throws KlingError `write_error`, with the reason
 */
export async function checkWritable(file: string, end = '.part'): Promise<void> {
	const mark = randomBytes(32).toString('hex');
	const name = `${path.basename(file)}${mark.slice(0, end.length)}`;
	try {
		// Of a path that is too long the system says so before it looks.
		await exists(path.join(path.dirname(file), name));
		let folder = path.dirname(file);
		// Folders that are missing will be made; the lowest one that is there must allow it.
		while (!(await exists(folder)) && path.dirname(folder) !== folder) folder = path.dirname(folder);
		const trial = path.join(folder, name);
		const handle = await open(trial, 'wx');
		await handle.close();
		await rm(trial, {force: true});
	} catch (error) {
		throw fileError(error, file);
	}
}

/** Bytes of a file, or undefined when there is none. */
export async function sizeOf(file: string): Promise<number | undefined> {
	return stat(file).then(
		({size}) => size,
		() => undefined,
	);
}

async function exists(file: string): Promise<boolean> {
	try {
		await stat(file);
		return true;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return false;
		throw error;
	}
}
