import {createHash} from 'node:crypto';
import {realpathSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {type FileLock, lockFile, lockPurpose} from '../fs/lock-file.js';
import {makeFolder} from '../fs/make-folder.js';

/** What holding a file needs from a session. */
export interface HoldContext {
	journal: {readonly folder: string};
	notes: {line(text: string): void};
	command: (...words: string[]) => string;
}

/** What the first of two processes that want the same file is doing. */
const doing = 'making a task whose result goes to';

/**
 * HeldFiles a file for a result, so that no other process pays for a result with the same path. A process with
 * the same external id makes the same task, so it is not held back. Where no lock can be made, it prints a
 * warning and holds nothing.
 * @param file absolute path
 * @param externalId identifies the result
 * @throws KlingError `file_busy` while another process makes a different result for the file
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
		const other = lockPurpose(lock);
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

/**
 * The lock for a file. It is in a folder shared by all accounts, because the file is the same whoever pays.
 */
function lockOf(accountFolder: string, file: string): string {
	const name = process.platform === 'linux' ? realPath(file) : realPath(file).toLowerCase();
	const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
	return path.join(accountFolder, '..', '..', 'locks', `${hash}.lock`);
}

/** The path with links resolved, as far as its folders exist. */
function realPath(file: string): string {
	const folder = path.dirname(file);
	if (folder === file) return file;
	try {
		return path.join(realpathSync(folder), path.basename(file));
	} catch {
		return path.join(realPath(folder), path.basename(file));
	}
}
