import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {writeAtomically} from '../../../src/lib/fs/write-atomic.js';

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(os.tmpdir(), 'kling-atomic-'));
	file = path.join(folder, 'x.json');
});

describe('an atomic write', () => {
	test('replaces a file, keeps it private, and leaves nothing beside it', () => {
		writeFileSync(file, 'old');
		writeAtomically(file, 'new', {sync: true});
		expect(readFileSync(file, 'utf8')).toBe('new');
		expect(readdirSync(folder)).toEqual(['x.json']);
		if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
	});

	test('that fails leaves the old file, and nothing beside it', () => {
		writeFileSync(file, 'old');
		expect(() => writeAtomically(path.join(file, 'y'), 'new')).toThrow();
		expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['x.json'], 'old']);
	});

	test('replaces what a crash left, and never writes through a link', () => {
		const elsewhere = path.join(folder, 'elsewhere');
		symlinkSync(elsewhere, `${file}.new`);
		writeAtomically(file, 'new', {fresh: `${file}.new`});
		expect(readFileSync(file, 'utf8')).toBe('new');
		expect(existsSync(elsewhere)).toBe(false);
	});
});
