import {linkSync, renameSync, rmSync, statSync} from 'node:fs';
import {fileError, systemCode} from '../../fs/file-errors.js';

/** File systems without hard links answer with one of these. */
const noLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/**
 * Moves a complete part to its path, in one step.
 * @param force replaces an existing file; without it a file that appeared meanwhile is left alone
 * @throws KlingError `file_exists`, `write_error`
 */
export function publish(part: string, file: string, force: boolean): void {
	try {
		if (force) renameSync(part, file);
		else linkTo(part, file);
	} catch (error) {
		throw fileError(error, file);
	}
}

/** A rename would overwrite; a link does not. */
function linkTo(part: string, file: string): void {
	try {
		linkSync(part, file);
	} catch (error) {
		if (!noLinks.has(systemCode(error) ?? '')) throw error;
		if (statSync(file, {throwIfNoEntry: false}))
			throw Object.assign(new Error('file exists'), {code: 'EEXIST'});
		renameSync(part, file);
	}
	rmSync(part, {force: true});
}
