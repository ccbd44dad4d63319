import {chmodSync, mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';

/**
 * Creates one temporary folder for everything that the tests, and the programs that they start, create.
 * @returns a function that removes it
 */
export default function setup(): () => Promise<void> {
	// Sockets are created in it, and their paths must be shorter than 108 characters.
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-'));
	// Servers that run as other users have files in it.
	chmodSync(folder, 0o755);
	// Windows uses the other variables.
	for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
	// Asynchronously: vitest stops its workers at the same time, and would not notice that they have ended.
	return () => rm(folder, {recursive: true, force: true, maxRetries: 5});
}
