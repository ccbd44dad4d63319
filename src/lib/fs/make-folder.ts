import {mkdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {systemCode} from './file-errors.js';

/**
 * Makes a folder and its missing parents. Node's own `recursive` never returns on a file system such as
 * /proc, which reports every new folder as missing.
 * @param mode of the new folders
 * @throws the file system's error
 */
export function makeFolder(folder: string, mode?: number): void {
	if (isFolder(folder)) return;
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

/** An existing folder is fine, whatever error the file system gave. */
function requireFolder(folder: string, error: unknown): void {
	if (!isFolder(folder)) throw error;
}

function isFolder(folder: string): boolean {
	try {
		return statSync(folder, {throwIfNoEntry: false})?.isDirectory() === true;
	} catch {
		return false;
	}
}
