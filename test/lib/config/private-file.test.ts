import {chmodSync, chownSync, mkdtempSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import type {Permissions} from '../../../src/lib/config/permissions.js';
import {closeFolder, readPrivate} from '../../../src/lib/config/private-file.js';

let file: string;
let told: string[];
const tell = (text: string) => told.push(text);

beforeEach(() => {
	file = path.join(mkdtempSync(path.join(tmpdir(), 'kling-private-')), 'credentials.json');
	writeFileSync(file, '{}');
	chmodSync(file, 0o644);
	told = [];
});

describe.runIf(process.getuid !== undefined)('on a file system without permissions', () => {
	/** A share whose files are all open, whatever is requested. */
	const share: Permissions = {close: async () => false, kept: async () => false};

	test('reading keys is silent, and saving them prints one note', async () => {
		expect(await readPrivate(file, tell, share)).toBe('{}');
		expect(told).toEqual([]);
		await closeFolder(file, tell, share);
		expect(told).toEqual([expect.stringMatching(/^Warning: the file system of .* has no permissions/)]);
	});

	test('a file that others can actually read is refused', async () => {
		const foreign: Permissions = {close: async () => false, kept: async () => true};
		await expect(readPrivate(file, tell, foreign)).rejects.toMatchObject({
			code: 'invalid_config',
			details: {path: file},
		});
	});
});

test.runIf(process.getuid?.() === 0)('a file of another user that nobody else can read is read', async () => {
	chmodSync(file, 0o600);
	chownSync(file, 1000, 1000);
	expect(await readPrivate(file, tell)).toBe('{}');
	expect(told).toEqual([]);
});

test.runIf(process.getuid !== undefined)(
	'a file that others could read is made private, with a note',
	async () => {
		expect(await readPrivate(file, tell)).toBe('{}');
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(told).toEqual([expect.stringContaining('now only you can')]);
	},
);
