import {chmodSync, lstatSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {listFile} from './installed.js';

/**
 * Removes other users' write access to the plugins' folder and list, because what is in there runs with the
 * user's keys.
 * @param dataDir oclif's data folder
 * @returns the paths that others could change until now. A file system without permissions is left alone.
 */
export function closePluginFiles(dataDir: string): string[] {
	return [dataDir, listFile(dataDir), path.join(dataDir, 'node_modules')].filter((file) => {
		try {
			const {mode} = lstatSync(file);
			if (process.getuid === undefined || (mode & 0o022) === 0) return false;
			chmodSync(file, mode & 0o7755);
			return (lstatSync(file).mode & 0o022) === 0;
		} catch {
			return false;
		}
	});
}

/** Most files of a linked plugin that are closed. */
const maxFiles = 10_000;

/**
 * Does the same for the folder of a linked plugin, if everyone can write to it, as under umask 000. A group may keep its
 * access, because the folder is a project of the user.
 * @returns whether others could change it until now
 */
export function closeLinkedFolder(root: string): boolean {
	if (!closeToOthers(root)) return false;
	try {
		for (const name of readdirSync(root, {recursive: true, encoding: 'utf8'}).slice(0, maxFiles))
			closeToOthers(path.join(root, name));
	} catch {
		// What cannot be read cannot be closed.
	}
	return true;
}

function closeToOthers(file: string): boolean {
	try {
		const stats = lstatSync(file);
		if (process.getuid === undefined || stats.isSymbolicLink() || (stats.mode & 0o002) === 0) return false;
		chmodSync(file, stats.mode & 0o7775);
		return (lstatSync(file).mode & 0o002) === 0;
	} catch {
		return false;
	}
}
