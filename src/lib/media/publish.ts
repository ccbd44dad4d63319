import {link, rename, rm, stat} from 'node:fs/promises';
import {fileError, systemCode} from './file-errors.js';

/** File systems without hard links answer with one of these. */
const noLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/**
 * Moves a complete part to its path, in one step.
 * @param force replaces an existing file; without it a file that appeared meanwhile is left alone
 * @throws KlingError `file_exists`, `write_error`
 */
export async function publish(part: string, file: string, force: boolean): Promise<void> {
	try {
		if (force) {
			await rename(part, file);
			return;
		}
		// A rename would overwrite; a link does not.
		await link(part, file).catch(async (error: unknown) => {
			if (!noLinks.has(systemCode(error) ?? '')) throw error;
			await refuseExisting(file);
			await rename(part, file);
		});
		await rm(part, {force: true});
	} catch (error) {
		throw fileError(error, file);
	}
}

async function refuseExisting(file: string): Promise<void> {
	const exists = await stat(file).then(
		() => true,
		() => false,
	);
	if (exists) throw Object.assign(new Error('file exists'), {code: 'EEXIST'});
}
