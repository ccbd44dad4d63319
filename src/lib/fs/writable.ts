import {closeSync, lstatSync, openSync, rmSync, writeSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {fileError, systemCode} from './file-errors.js';

/**
 * Checks that a file can be written at a path by making a small one next to it for a moment. Permissions
 * alone reveal little about read-only disks, quotas, or what the superuser may do.
 * @param file absolute path that is free or may be replaced
 * @param end the longest suffix that files beside it get. The trial file has a name of that length.
 * @throws KlingError `write_error`, with the reason
 */
export async function checkWritable(file: string, end = '.part'): Promise<void> {
	const name = `${path.basename(file)}${trialEnd(end.length)}`;
	try {
		// The system rejects a path that is too long before it looks anything up.
		await exists(path.join(path.dirname(file), name));
		let folder = path.dirname(file);
		// Missing folders will be made, so the nearest existing parent must allow it.
		while (!(await exists(folder)) && path.dirname(folder) !== folder) folder = path.dirname(folder);
		tryIn(folder, name);
	} catch (error) {
		throw fileError(error, file);
	}
}

/**
 * Like `checkWritable`, for a file whose folder exists.
 * @throws the file system's error
 */
export const tryToWrite = (file: string): void =>
	tryIn(path.dirname(file), `${path.basename(file)}${trialEnd()}`);

/** Always the same, so that the next check of the same file removes what a killed process left behind. */
const trialEnd = (length = trial.length) => trial.padEnd(length, '0').slice(0, length);
const trial = '.kling-trial';

/**
 * Makes a file of one byte and removes it at once, so that a kill hardly ever leaves it behind. A full disk, and a quota
 * that is used up, still take an empty file.
 */
function tryIn(folder: string, name: string): void {
	const file = path.join(folder, name);
	const left = lstatSync(file, {throwIfNoEntry: false});
	if (left?.isFile() && left.size <= 1) rmSync(file, {force: true});
	let descriptor: number;
	try {
		descriptor = openSync(file, 'wx');
	} catch (error) {
		// Another process is checking the same file and was able to make it.
		if (systemCode(error) === 'EEXIST') return;
		throw error;
	}
	try {
		writeSync(descriptor, '0');
	} finally {
		closeSync(descriptor);
		rmSync(file, {force: true});
	}
}

/** Size of a file in bytes, or undefined when there is none. */
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
