import {existsSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from './file-errors.js';
import {makeFolder} from './make-folder.js';
import {writeAtomically} from './write-atomic.js';

/**
 * Writes a file of the user in one step, with its folders.
 * @param force whether one that is there is replaced
 * @throws KlingError `file_exists`, `write_error`, `disk_full`
 */
export function writeNewFile(file: string, text: string, {force = false} = {}): void {
	if (!force && existsSync(file)) throw new KlingError('file_exists', `${file} already exists`, {path: file});
	try {
		makeFolder(path.dirname(file));
		writeAtomically(file, text, {mode: 0o644});
	} catch (error) {
		throw fileError(error, file);
	}
}
