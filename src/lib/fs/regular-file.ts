import {closeSync, constants, fstatSync, openSync, readFileSync} from 'node:fs';

/** Bytes of the longest file that is read whole as text. */
const longest = 512 * 1024 * 1024;

/**
 * Opens a regular file for reading. A pipe or a device that somebody put in its place would be waited for without end.
 * @returns a descriptor, which the caller closes
 * @throws what the file system says, or an Error that says that it is not a regular file
 */
export function openRegularFile(file: string): number {
	// Windows has no such flag, and no pipes in folders.
	const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	try {
		if (fstatSync(descriptor).isFile()) return descriptor;
	} catch (error) {
		closeSync(descriptor);
		throw error;
	}
	closeSync(descriptor);
	throw new Error('it is not a regular file');
}

/**
 * The text of a small regular file.
 * @param maxBytes a longer one is refused
 * @throws as openRegularFile
 */
export function readRegularFile(file: string, maxBytes = longest): string {
	const descriptor = openRegularFile(file);
	try {
		if (fstatSync(descriptor).size > maxBytes) throw new Error('it is too large');
		return readFileSync(descriptor, 'utf8');
	} finally {
		closeSync(descriptor);
	}
}
