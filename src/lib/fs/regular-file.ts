import {closeSync, constants, fstatSync, openSync, readFileSync} from 'node:fs';

/** Largest file that is read as text, in bytes. */
const longest = 512 * 1024 * 1024;

/**
 * Opens a regular file for reading. Reading a pipe or device put in its place could block forever.
 * @returns a descriptor, which the caller closes
 * @throws the file system's error, or an Error saying that it is a folder, or not a regular file
 */
export function openRegularFile(file: string): number {
	// Windows has neither this flag nor pipes in folders.
	const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	try {
		const stats = fstatSync(descriptor);
		if (stats.isFile()) return descriptor;
		throw new Error(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
	} catch (error) {
		closeSync(descriptor);
		throw error;
	}
}

/**
 * Reads the text of a small regular file.
 * @param maxBytes a longer file is refused
 * @throws the errors of `openRegularFile`
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
