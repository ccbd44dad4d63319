import {existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {writeNewFile} from '../../../src/lib/fs/write-new-file.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'kling-new-file-'));

test('a new file is written with its folders, and one that is there only by force', () => {
	const file = path.join(folder, 'deep', 'x.txt');
	writeNewFile(file, 'one');
	expect(() => writeNewFile(file, 'two')).toThrow(expect.objectContaining({code: 'file_exists'}));
	expect(readFileSync(file, 'utf8')).toBe('one');
	writeNewFile(file, 'two', {force: true});
	expect(readFileSync(file, 'utf8')).toBe('two');
});

test.skipIf(process.platform === 'win32')('a link is neither followed nor replaced', () => {
	const target = path.join(folder, 'target.txt');
	const link = path.join(folder, 'link.txt');
	symlinkSync(target, link);
	expect(() => writeNewFile(link, 'x')).toThrow(expect.objectContaining({code: 'file_exists'}));
	expect(existsSync(target)).toBe(false);
	writeFileSync(target, 'kept');
	writeNewFile(link, 'x', {force: true});
	expect(readFileSync(target, 'utf8')).toBe('kept');
});
