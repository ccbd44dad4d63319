import {closeSync, existsSync, openSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from './file-errors.js';
import {makeFolder} from './make-folder.js';
import {writeAtomically} from './write-atomic.js';

/**
 * Writes a user's file in one step, making missing folders.
 * @param force whether to replace an existing file
 * @throws KlingError `file_exists`, `write_error`, `disk_full`
 */
export function writeNewFile(file: string, text: string, {force = false} = {}): void {
	if (!force && existsSync(file)) throw new KlingError('file_exists', `${file} already exists`, {path: file});
	try {
		makeFolder(path.dirname(file));
		if (force) writeAtomically(file, text, {mode: 0o644});
		else createFile(file, text);
	} catch (error) {
		throw fileError(error, file);
	}
}

/** Writes a file that is not there, and leaves none where the disk is full. One that appears meanwhile is not replaced. */
function createFile(file: string, text: string): void {
	const descriptor = openSync(file, 'wx', 0o644);
	try {
		writeFileSync(descriptor, text);
	} catch (error) {
		rmSync(file, {force: true});
		throw error;
	} finally {
		closeSync(descriptor);
	}
}
