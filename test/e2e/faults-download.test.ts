import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {FaultName} from '../../src/sandbox/faults.js';
import {type Rehearsal, rehearse} from '../support/rehearsal.js';
import {root} from './kling.js';

/** What a user sees when the file server fails, for each fault of the sandbox; docs/reliability.md points here. */
const seed = '900000000000000101';
const download = ['video', 'download', seed, '-o', 'fox.mp4'];
const always = 'always' as const;

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const clip = hash(path.join(root, 'src', 'sandbox', 'media', 'clip-5s.mp4'));

/** The file is complete, and nothing is beside it. */
function expectWhole({cwd, files}: Rehearsal) {
	expect(files()).toEqual(['fox.mp4']);
	expect(hash(path.join(cwd, 'fox.mp4'))).toBe(clip);
}

describe.concurrent('a transfer that fails once ends with the complete file', () => {
	test.each<[FaultName, number]>([
		['cut-download', 1],
		['cut-without-length', 1],
		['reset-download', 1],
		['empty-download', 1],
		['html-download', 1],
		['slow-first-byte', 1],
		['redirect', 3],
	])('download: %s', async (fault, times) => {
		const rehearsal = await rehearse([{fault, times}]);
		expect(await rehearsal.run(...download)).toMatchObject({code: 0});
		expect(rehearsal.struck).toHaveLength(times);
		expectWhole(rehearsal);
	});
});

describe.concurrent('a server that is slow or sends little information yields the complete file', () => {
	test.each<[FaultName]>([['slow-download'], ['no-length'], ['gzip-label']])(
		'download: %s',
		async (fault) => {
			const rehearsal = await rehearse([fault]);
			expect(await rehearsal.run(...download)).toMatchObject({code: 0, stderr: ''});
			expect(rehearsal.struck.length).toBeGreaterThan(0);
			expectWhole(rehearsal);
		},
	);
});

describe.concurrent('anything but Kling’s file is refused, and nothing is at the path', () => {
	test.each<[FaultName, number, string, RegExp]>([
		['html-download', 5, 'download_error', /HTML|web page|text\/html/i],
		['empty-download', 5, 'download_error', /empty|0 bytes|no bytes/i],
		['redirect', 5, 'connection_error', /too many redirects/],
		['redirect-to-file', 5, 'connection_error', /redirect|https/],
		['redirect-to-ftp', 5, 'connection_error', /redirect|https/],
		['expired-link', 5, 'download_error', /refuses the file/],
	])('download: %s:always is exit %i, %s', async (fault, exit, code, message) => {
		const {fails, files} = await rehearse([{fault, times: always}]);
		expect(await fails(exit, ...download)).toMatchObject({code, message: expect.stringMatching(message)});
		expect(files()).not.toContain('fox.mp4');
	});
});
