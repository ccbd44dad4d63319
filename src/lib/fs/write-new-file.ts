import {existsSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from './file-errors.js';
import {makeFolder} from './make-folder.js';
import {publish} from './publish.js';
import {inOneStep, removeUnfinished, writePrepared} from './write-atomic.js';

/**
 * Writes a user's file in one step, making missing folders.
 * @param force whether to replace an existing file
 * @throws KlingError `file_exists`, `write_error`, `disk_full`
 */
export function writeNewFile(file: string, text: string, {force = false} = {}): void {
	if (!force && existsSync(file)) {
		removeUnfinished(file);
		throw new KlingError('file_exists', `${file} already exists`, {path: file});
	}
	try {
		makeFolder(path.dirname(file));
		inOneStep(file, (prepared) => writePrepared(prepared, text, {mode: 0o644}), {
			// One that appears meanwhile is not replaced.
			place: (prepared) => publish(prepared, file, force),
		});
	} catch (error) {
		throw fileError(error, file);
	}
}
