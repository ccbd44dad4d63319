import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {systemCode} from '../lib/fs/file-errors.js';

/** oclif's record of a plugin that the user has added. */
interface Added {
	name: string;
	type: 'user' | 'link';
	/** Folder of a linked plugin. */
	root?: string;
	/** Where it was installed from, if not by name. */
	url?: string;
	tag?: string;
}

/** The file in oclif's data folder that lists the plugins. */
export const listFile = (dataDir: string) => path.join(dataDir, 'package.json');

/**
 * The plugins that the user has added, whether they load or not.
 * @param dataDir oclif's data folder
 * @throws the error of the file system or the JSON parser
 */
export async function addedPlugins(dataDir: string): Promise<Added[]> {
	const text = await readFile(listFile(dataDir), 'utf8').catch((error: unknown) => {
		if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return '{}';
		throw error;
	});
	const {oclif} = JSON.parse(text) as {oclif?: {plugins?: Added[]}};
	return oclif?.plugins ?? [];
}
