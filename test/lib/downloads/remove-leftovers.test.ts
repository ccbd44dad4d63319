import {linkSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {writeRecord} from '../../../src/lib/downloads/part/part-record.js';
import {removeLeftovers} from '../../../src/lib/downloads/part/remove-leftovers.js';
import {lockFile} from '../../../src/lib/fs/lock-file.js';

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'kling-tidy-'));
	file = path.join(folder, 'fox.mp4');
	writeFileSync(file, 'a clip');
});

/** Left by a killed process, with a process id that does not exist. */
const leaveLock = () =>
	writeFileSync(`${file}.part.lock`, JSON.stringify({host: hostname(), pid: 2 ** 30, token: 'gone'}));
const leaveRecord = () =>
	writeRecord(`${file}.part.json`, {
		taskId: '1',
		kind: 'video',
		version: {length: 6},
		spans: undefined,
		bootedAt: 1,
		synced: false,
		token: 'gone',
	});

describe('beside a complete file', () => {
	test('the lock and record of a killed download are removed', () => {
		leaveLock();
		leaveRecord();
		removeLeftovers(file);
		expect(readdirSync(folder)).toEqual(['fox.mp4']);
	});

	test('the second name of the file is removed', () => {
		leaveLock();
		leaveRecord();
		linkSync(file, `${file}.part`);
		removeLeftovers(file);
		expect(readdirSync(folder)).toEqual(['fox.mp4']);
	});

	test('a part with other bytes stays, for the download that resumes it', () => {
		leaveLock();
		leaveRecord();
		writeFileSync(`${file}.part`, 'half');
		removeLeftovers(file);
		expect(readdirSync(folder)).toEqual(['fox.mp4', 'fox.mp4.part', 'fox.mp4.part.json']);
	});

	test('the files of a running download and of another program stay', () => {
		writeFileSync(`${file}.part`, 'theirs');
		removeLeftovers(file);
		expect(readdirSync(folder)).toEqual(['fox.mp4', 'fox.mp4.part']);
		leaveRecord();
		const lock = lockFile(`${file}.part.lock`, file);
		removeLeftovers(file);
		expect(readdirSync(folder)).toHaveLength(4);
		lock.release();
	});
});
