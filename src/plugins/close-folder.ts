import {chmodSync, lstatSync} from 'node:fs';
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
