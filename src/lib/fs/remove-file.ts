import {unlinkSync} from 'node:fs';
import {systemCode} from './file-errors.js';

/**
 * Removes a file, or a link itself, if it exists. Unlike this, `rmSync` first checks whether it is a folder.
 * @throws the file system's error
 */
export function removeFile(file: string): void {
	try {
		unlinkSync(file);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') throw error;
	}
}
