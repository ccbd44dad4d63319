import {chmodSync, lstatSync} from 'node:fs';
import path from 'node:path';
import {listFile} from './installed.js';

/**
 * Makes the plugins folder, and the list of plugins, writable only by the user: the code in there runs with the user's keys.
 * @param dataDir oclif's data folder
 * @returns what others could change until now; a file system without permissions is left alone
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
