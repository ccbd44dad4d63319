import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {moveFile} from '../../../src/lib/fs/move-file.js';

const refusal = (code: string) => Object.assign(new Error(`${code}: rename`), {code});

/** A system whose rename fails this many times; time passes only in its pauses. */
function system({platform, code, failures}: {platform: NodeJS.Platform; code: string; failures: number}) {
	let tries = 0;
	let time = 0;
	const calls = {
		platform,
		pause: (ms: number) => {
			time += ms;
		},
		rename: () => {
			tries += 1;
			if (tries <= failures) throw refusal(code);
		},
	};
	return {calls, tries: () => tries, time: () => time};
}

test('a file takes the place of another', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-move-'));
	const [from, to] = [path.join(folder, 'new'), path.join(folder, 'old')];
	writeFileSync(from, 'new');
	writeFileSync(to, 'old');
	moveFile(from, to);
	expect(readFileSync(to, 'utf8')).toBe('new');
	expect(() => moveFile(from, to)).toThrow('ENOENT');
});

test.each(['EPERM', 'EACCES', 'EBUSY'])(
	'on Windows, %s passes when another program has closed the file',
	(code) => {
		const {calls, tries} = system({platform: 'win32', code, failures: 3});
		moveFile('from', 'to', calls);
		expect(tries()).toBe(4);
	},
);

test('on Windows, a file that stays open is an error after a second', () => {
	const {calls, time} = system({platform: 'win32', code: 'EPERM', failures: Number.POSITIVE_INFINITY});
	expect(() => moveFile('from', 'to', calls)).toThrow('EPERM');
	expect(time()).toBeGreaterThanOrEqual(1000);
	expect(time()).toBeLessThan(1500);
});

test.each([
	['linux', 'EPERM'],
	['darwin', 'EACCES'],
	['win32', 'ENOENT'],
	['win32', 'EXDEV'],
] as const)('on %s, %s is an error at once', (platform, code) => {
	const {calls, tries} = system({platform, code, failures: 9});
	expect(() => moveFile('from', 'to', calls)).toThrow(code);
	expect(tries()).toBe(1);
});
