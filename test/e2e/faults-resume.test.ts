import {createHash} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {FaultName} from '../../src/sandbox/faults.js';
import {watch} from '../support/processes.js';
import {type Rehearsal, rehearse} from '../support/rehearsal.js';
import {root} from './kling.js';

/** Resumed downloads, and what a server can do about them; docs/reliability.md refers to these tests. */
const seed = '900000000000000101';
const download = ['video', 'download', seed, '-o', 'fox.mp4'];

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

// Large enough for several blocks of a part, too small to be split.
const clipBytes = 4_000_000;
const original = readFileSync(path.join(root, 'src', 'sandbox', 'media', 'clip-5s.mp4'));
const box = Buffer.alloc(clipBytes - original.length);
box.writeUInt32BE(box.length);
box.write('free', 4);
const clip = createHash('sha256').update(original).update(box).digest('hex');

function expectWhole({cwd, files}: Rehearsal) {
	expect(files()).toEqual(['fox.mp4']);
	expect(hash(path.join(cwd, 'fox.mp4'))).toBe(clip);
}

test.concurrent('download: expired-link is renewed through the task, and the complete file arrives', async () => {
	const rehearsal = await rehearse(['expired-link'], {clipBytes});
	expect(await rehearsal.run(...download)).toMatchObject({code: 0});
	expect(rehearsal.struck).toEqual(['expired-link']);
	expectWhole(rehearsal);
});

test.concurrent('download: expired-link after a cut resumes the same part file', async () => {
	const rehearsal = await rehearse(['cut-download', 'expired-link'], {clipBytes});
	expect(await rehearsal.run(...download)).toMatchObject({code: 0});
	expect(rehearsal.struck).toEqual(['cut-download', 'expired-link']);
	expectWhole(rehearsal);
});

describe.concurrent('an interrupted download is completed, whatever the server responds to the rest', () => {
	test.each<[FaultName]>([
		['range-ignored'],
		['range-refused'],
		['wrong-range'],
		['no-content-range'],
		['other-length'],
		['other-etag'],
	])('download: %s', async (fault) => {
		const rehearsal = await rehearse(['cut-download', fault], {clipBytes});
		expect(await rehearsal.run(...download)).toMatchObject({code: 0});
		expect(rehearsal.struck.slice(0, 2)).toEqual(['cut-download', fault]);
		expectWhole(rehearsal);
	});
});

test('download: stall-download is stopped with Ctrl-C, and the next run resumes it', async () => {
	const rehearsal = await rehearse(['stall-download'], {clipBytes});
	const child = rehearsal.start(...download);
	const {ended} = watch(child);
	// Until bytes of it are kept: half of them come, and a part of those is written each tenth of a second.
	const part = path.join(rehearsal.cwd, 'fox.mp4.part');
	await expect.poll(() => statSync(part, {throwIfNoEntry: false})?.size).toBeGreaterThan(clipBytes / 4);
	child.kill('SIGINT');
	expect(await ended()).toMatchObject({code: 130});
	expect(rehearsal.files()).not.toContain('fox.mp4');
	const again = await rehearsal.succeeds(...download, '-v');
	expect(again).toMatchObject({resumed: true});
	expectWhole(rehearsal);
});
