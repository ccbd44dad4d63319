import {lstatSync} from 'node:fs';
import {KlingError} from '../../errors/kling-error.js';
import {fileError} from '../../fs/file-errors.js';
import type {LockOptions} from '../../fs/lock-file.js';
import {removeFile} from '../../fs/remove-file.js';

/** The lock for downloads to a file. */
export const lockOf = (file: string) => `${file}.part.lock`;

/** A part that no later run resumes. */
export const privatePart = (file: string, token: string): string => `${file}.${token.slice(0, 8)}.part`;

/** Options for the lock for downloads to a file: the private part of an ended process has a name derived from its lock. */
export const partLock = (file: string): LockOptions => ({
	onStale(token) {
		// A lock may contain anything.
		if (!/^[0-9a-f]{8}-/.test(token)) return;
		try {
			removeFile(privatePart(file, token));
		} catch {
			// A leftover part does no harm.
		}
	},
});

/** Suffixes of the files kept beside a part. */
const besides = ['.lock', '.json', '.json.new'] as const;

/** The longest suffix that a download temporarily adds to a file's name: that of a lock that replaces a stale one. */
export const longestSuffix = `.part.lock.${'0'.repeat(8)}`;

/** @throws KlingError `write_error` for a folder where a download keeps a file of its own */
export function refuseFolders(file: string): void {
	for (const end of besides) refuseFolder(`${file}.part${end}`, file);
}

/**
 * A folder cannot be replaced or removed like a file. Found later, it would look like an error of the file.
 * @param wanted the file that the user asked for, for messages
 */
export function refuseFolder(file: string, wanted: string): void {
	let isFolder: boolean | undefined;
	try {
		isFolder = lstatSync(file, {throwIfNoEntry: false})?.isDirectory();
	} catch (error) {
		throw fileError(error, wanted);
	}
	if (!isFolder) return;
	throw new KlingError('write_error', `Cannot write ${file}: it is a folder`, {
		path: file,
		hint: 'Move it away, or choose another --output.',
	});
}
