import {unlinkSync} from 'node:fs';
import {systemCode} from './file-errors.js';

/**
 * Removes a file, or a link itself, if it is there. `rmSync` looks at it first, for folders.
 * @throws what the file system says
 */
export function removeFile(file: string): void {
	try {
		unlinkSync(file);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') throw error;
	}
}
