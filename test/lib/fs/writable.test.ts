import {mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {checkWritable} from '../../../src/lib/fs/writable.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'kling-writable-'));
});

describe('checking whether a file can be written', () => {
	test('leaves nothing behind, in existing and in missing folders', async () => {
		await checkWritable(path.join(folder, 'fox.mp4'));
		await checkWritable(path.join(folder, 'clips', 'today', 'fox.mp4'));
		await Promise.all([1, 2, 3].map(() => checkWritable(path.join(folder, 'fox.mp4'))));
		expect(readdirSync(folder)).toEqual([]);
	});

	test('removes the trial file that a killed process left', async () => {
		writeFileSync(path.join(folder, 'fox.mp4.kling-trial0000000'), '0');
		await checkWritable(path.join(folder, 'fox.mp4'), '.part.lock.00000000');
		expect(readdirSync(folder)).toEqual([]);
	});

	test("leaves another program's file of that name alone", async () => {
		const theirs = path.join(folder, 'fox.mp4.kling-trial0000000');
		writeFileSync(theirs, 'mine');
		await checkWritable(path.join(folder, 'fox.mp4'), '.part.lock.00000000');
		expect(readFileSync(theirs, 'utf8')).toBe('mine');
	});

	test('names the obstacle', async () => {
		writeFileSync(path.join(folder, 'file'), '');
		await expect(checkWritable(path.join(folder, 'file', 'fox.mp4'))).rejects.toMatchObject({
			code: 'write_error',
		});
		await expect(checkWritable(path.join(folder, `${'x'.repeat(250)}.mp4`))).rejects.toMatchObject({
			code: 'write_error',
		});
		mkdirSync(path.join(folder, 'there'));
		await checkWritable(path.join(folder, 'there', 'fox.mp4'));
		expect(readdirSync(path.join(folder, 'there'))).toEqual([]);
	});
});
