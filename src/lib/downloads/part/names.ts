import {lstatSync} from 'node:fs';
import {KlingError} from '../../errors/kling-error.js';
import {fileError} from '../../fs/file-errors.js';
import type {FileLock} from '../../fs/lock-file.js';
import {removeFile} from '../../fs/remove-file.js';

/** The lock of the downloads to a file. */
export const lockOf = (file: string) => `${file}.part.lock`;

/** A part that no later run continues. */
export const privatePart = (file: string, token: string): string => `${file}.${token.slice(0, 8)}.part`;

/** Removes the private part of a process that has ended, whose lock says what it is called. */
export function removeAbandoned(file: string, {abandoned}: FileLock): void {
	// What a lock holds may be anything.
	if (abandoned === undefined || !/^[0-9a-f]{8}-/.test(abandoned)) return;
	try {
		removeFile(privatePart(file, abandoned));
	} catch {
		// It does no harm.
	}
}

/** What is kept beside a part, by the end of its name. */
const besides = ['.lock', '.json', '.json.new'] as const;

/** The longest end that a download adds to the name of its file for a while: of a lock that a crash has left. */
export const longestEnd = `.part.lock.${'0'.repeat(8)}`;

/** @throws KlingError `write_error` for a folder where a download keeps something beside its file */
export function refuseFolders(file: string): void {
	for (const end of besides) refuseFolder(`${file}.part${end}`, file);
}

/**
 * A folder can be neither replaced nor removed as a file can; found later, it would pass for a fault of the file.
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
