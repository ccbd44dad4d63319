import {mkdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {systemCode} from './file-errors.js';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never ends where a file system says
 * of every new folder that it does not exist, as /proc does.
 * @param mode of the folders that are made
 * @throws what the file system says
 */
export function makeFolder(folder: string, mode?: number): void {
	try {
		mkdirSync(folder, mode);
	} catch (error) {
		const parent = path.dirname(folder);
		if (systemCode(error) === 'ENOENT' && parent !== folder) {
			makeFolder(parent, mode);
			try {
				mkdirSync(folder, mode);
			} catch (again) {
				requireFolder(folder, again);
			}
		} else requireFolder(folder, error);
	}
}

/** What is there already needs no making, whatever the file system says of trying. */
function requireFolder(folder: string, error: unknown): void {
	let isFolder = false;
	try {
		isFolder = statSync(folder).isDirectory();
	} catch {}
	if (!isFolder) throw error;
}
