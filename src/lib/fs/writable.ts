import {closeSync, lstatSync, openSync, rmSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {fileError, systemCode} from './file-errors.js';

/**
 * Finds out whether a file can be put at a path, by making a small one near it for a moment: permissions alone
 * tell little of read-only disks, of quotas and to the superuser.
 * @param file absolute path at which nothing is, or what may be replaced
 * @param end the longest that a name beside it gets behind its own; the trial file has a name of that length
 * @throws KlingError `write_error`, with the reason
 */
export async function checkWritable(file: string, end = '.part'): Promise<void> {
	const name = `${path.basename(file)}${trialEnd(end.length)}`;
	try {
		// Of a path that is too long the system says so before it looks.
		await exists(path.join(path.dirname(file), name));
		let folder = path.dirname(file);
		// Folders that are missing will be made; the lowest one that is there must allow it.
		while (!(await exists(folder)) && path.dirname(folder) !== folder) folder = path.dirname(folder);
		tryIn(folder, name);
	} catch (error) {
		throw fileError(error, file);
	}
}

/** The same each time: what a killed process left is removed by the next check of the same file. */
const trialEnd = (length: number) => '.kling-trial'.padEnd(length, '0').slice(0, length);

/** Makes an empty file and removes it, with nothing in between: a kill hardly ever leaves it behind. */
function tryIn(folder: string, name: string): void {
	const trial = path.join(folder, name);
	const left = lstatSync(trial, {throwIfNoEntry: false});
	if (left?.isFile() && left.size === 0) rmSync(trial, {force: true});
	try {
		closeSync(openSync(trial, 'wx'));
	} catch (error) {
		// Another process is checking the same file, and could make it.
		if (systemCode(error) === 'EEXIST') return;
		throw error;
	}
	rmSync(trial, {force: true});
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
