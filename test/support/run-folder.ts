import {chmodSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/**
 * Gives the run of the tests a folder for everything that they, and the programs that they start, make below the machine's folder for
 * temporary files.
 * @returns removes it
 */
export default function setup(): () => void {
	// Sockets are made in it: their paths must have less than 108 characters.
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-'));
	// Servers that run as other users have their files in it.
	chmodSync(folder, 0o755);
	// Windows asks for the others.
	for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
	return () => rmSync(folder, {recursive: true, force: true, maxRetries: 5});
}
