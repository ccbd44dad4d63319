import {createHash} from 'node:crypto';
import {realpathSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {type FileLock, lockFile, purposeOf} from '../fs/lock-file.js';
import {makeFolder} from '../fs/make-folder.js';

/** What holding needs of a session. */
export interface HoldContext {
	journal: {readonly folder: string};
	notes: {line(text: string): void};
	command: (...words: string[]) => string;
}

/** What the first of two processes that want the same file is doing. */
const doing = 'making a task whose result goes to';

/**
 * Holds a file for a result, so that no other process pays for the same file. A process that submits under the same external id makes the
 * same task, so it holds nothing back. Where no lock can be made, there is a warning, and no lock.
 * @param file absolute path
 * @param externalId what the result will be known by
 * @throws KlingError `file_busy` while another process makes another result for the file
 */
export function holdFile(
	{journal, notes, command}: HoldContext,
	file: string,
	externalId: string | undefined,
): FileLock | undefined {
	const lock = lockOf(journal.folder, file);
	try {
		makeFolder(path.dirname(lock), 0o700);
		return lockFile(lock, file, {doing, purpose: externalId});
	} catch (error) {
		if (!(error instanceof KlingError) || error.code !== 'file_busy') {
			const reason = error instanceof Error ? error.message : String(error);
			notes.line(`Warning: other processes that make a result for ${file} cannot be held back: ${reason}`);
			return undefined;
		}
		const other = purposeOf(lock);
		if (other !== undefined && other === externalId) return undefined;
		const wait =
			other === undefined
				? 'wait until it has ended'
				: `wait for that one: ${command('video', 'wait', other)}`;
		throw new KlingError('file_busy', `${error.said}; nothing was sent`, {
			path: file,
			hint: `Choose another path, or ${wait}`,
		});
	}
}

/** The lock of a file, in a folder that all accounts share: whoever pays, the file is one. */
function lockOf(accountFolder: string, file: string): string {
	const name = process.platform === 'linux' ? realPath(file) : realPath(file).toLowerCase();
	const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
	return path.join(accountFolder, '..', '..', 'locks', `${hash}.lock`);
}

/** A path without links, as far as its folders are there. */
function realPath(file: string): string {
	const folder = path.dirname(file);
	if (folder === file) return file;
	try {
		return path.join(realpathSync(folder), path.basename(file));
	} catch {
		return path.join(realPath(folder), path.basename(file));
	}
}
