import {mkdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {systemCode} from './media/file-errors.js';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never ends where a file system says
 * of every new folder that it does not exist, as /proc does.
 * @param mode of the folders that are made
 * @throws what the file system says
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
	try {
		await mkdir(folder, mode);
	} catch (error) {
		const code = systemCode(error);
		const parent = path.dirname(folder);
		if (code === 'ENOENT' && parent !== folder) {
			await makeFolder(parent, mode);
			await mkdir(folder, mode).catch(unlessFolder(folder));
		} else await unlessFolder(folder)(error);
	}
}

/** What is there already needs no making, whatever the file system says of trying. */
function unlessFolder(folder: string) {
	return async (error: unknown) => {
		const found = await stat(folder).catch(() => undefined);
		if (!found?.isDirectory()) throw error;
	};
}
