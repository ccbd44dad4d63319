import {randomUUID} from 'node:crypto';
import {closeSync, openSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {systemCode} from './file-errors.js';
import {flush} from './flush.js';

export interface AtomicWrite {
	/** Permissions of the file. */
	mode?: number;
	/**
	 * Whether the bytes must be on disk before the file takes its place. Otherwise a power cut may leave it
	 * empty.
	 */
	sync?: boolean;
	/**
	 * Where the new file is prepared, on the same disk. Default: a unique name. Pass one only if no other
	 * process can be using it: a file that a crash left there is removed.
	 */
	fresh?: string;
}

/**
 * Writes a file in one step: readers see either the old content or the new one.
 * @throws the file system's error
 */
export function writeAtomically(
	file: string,
	content: string | Uint8Array,
	{mode = 0o600, sync = false, fresh}: AtomicWrite = {},
): void {
	const prepared = fresh ?? `${file}.${randomUUID()}`;
	try {
		const descriptor = openNew(prepared, mode, fresh !== undefined);
		try {
			writeFileSync(descriptor, content);
			if (sync) flush(descriptor);
		} finally {
			closeSync(descriptor);
		}
		renameSync(prepared, file);
	} catch (error) {
		rmSync(prepared, {force: true});
		throw error;
	}
}

/** Exclusive, so that a link that someone planted is never written through. */
function openNew(file: string, mode: number, replaces: boolean): number {
	try {
		return openSync(file, 'wx', mode);
	} catch (error) {
		if (!replaces || systemCode(error) !== 'EEXIST') throw error;
		rmSync(file, {force: true});
		return openSync(file, 'wx', mode);
	}
}
