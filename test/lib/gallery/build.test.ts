import {execFileSync} from 'node:child_process';
import {
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {emptyPicks} from '../../../src/lib/batch/picks.js';
import {readPicks} from '../../../src/lib/batch/picks-file.js';
import {openState, readState} from '../../../src/lib/batch/state-file.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {buildGallery} from '../../../src/lib/gallery/build.js';
import {openMedia} from '../../../src/lib/gallery/media-file.js';
import {takesOfFolder} from '../../../src/lib/gallery/takes.js';
import {takesOfBatch} from '../../../src/lib/gallery/takes-of-batch.js';

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'kling-build-'));
	mkdirSync(at('clips'));
	writeFileSync(at('clips', 'fox.mp4'), 'a fox');
	writeFileSync(at('key'), 'PRIVATE KEY');
});
afterEach(() => rmSync(folder, {recursive: true}));

async function build(
	source: string,
	output: string,
	options: {isSingleFile?: boolean; copies?: boolean} = {},
) {
	const takes = source.endsWith('.csv')
		? await takesOfBatch(at(source), undefined)
		: await takesOfFolder(at(source));
	return buildGallery(takes, {
		title: 'takes',
		folder: at(output),
		picks: emptyPicks,
		parts: {script: '', style: ''},
		isSingleFile: false,
		copies: true,
		...options,
	});
}

const codeOf = async (work: () => unknown) => {
	try {
		await work();
	} catch (error) {
		if (error instanceof KlingError) return error.code;
		throw error;
	}
	return 'no error';
};

describe('a project from someone else', () => {
	beforeEach(() => {
		writeFileSync(at('shots.csv'), 'id,prompt\na,fox\nb,owl\nc,cat\n');
		symlinkSync(at('key'), at('linked.mp4'));
		if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe.mp4')]);
		const line = (shot: string, file: string) =>
			JSON.stringify({event: 'saved', shot, take: 1, external_task_id: shot, files: [file]});
		const lines = [line('a', at('key')), line('b', 'linked.mp4'), line('c', 'pipe.mp4')];
		writeFileSync(at('shots.csv.state.ndjson'), `${lines.join('\n')}\n`);
	});

	test('cannot have a file that is not media copied, put into the page or served, by name or by link', async () => {
		await build('shots.csv', 'copied');
		expect(existsSync(at('copied', 'media'))).toBe(false);
		const {file} = await build('shots.csv', 'single', {isSingleFile: true, copies: false});
		expect(readFileSync(file, 'utf8')).not.toContain(Buffer.from('PRIVATE KEY').toString('base64'));
		for (const name of ['key', 'linked.mp4', 'pipe.mp4']) expect(openMedia(at(name))).toBeUndefined();
	});

	test('cannot have the state of a batch written through a link', () => {
		symlinkSync(at('profile'), at('linked.state.ndjson'));
		expect(() => openState(at('linked.state.ndjson'), Date.now)).toThrow(/symbolic link/);
		expect(existsSync(at('profile'))).toBe(false);
	});

	test.runIf(process.platform !== 'win32')('cannot make anyone wait for a pipe', () => {
		expect(() => readPicks(at('pipe.mp4'))).toThrow(/not a regular file/);
		expect(() => readState(at('pipe.mp4'))).toThrow(/not a regular file/);
		expect(() => openState(at('pipe.mp4'), Date.now)).toThrow(/not a regular file/);
	});
});

describe('existing files in the folder', () => {
	test("someone else's page stays", async () => {
		mkdirSync(at('site'));
		writeFileSync(at('site', 'index.html'), 'my page');
		expect(await codeOf(() => build('clips', 'site'))).toBe('file_exists');
		expect(readFileSync(at('site', 'index.html'), 'utf8')).toBe('my page');
	});

	test("someone else's file stays, and nothing is written through a link", async () => {
		mkdirSync(at('site', 'media'), {recursive: true});
		symlinkSync(at('key'), at('site', 'media', 'fox.mp4'));
		expect(await codeOf(() => build('clips', 'site'))).toBe('file_exists');
		expect(readFileSync(at('key'), 'utf8')).toBe('PRIVATE KEY');
	});

	test('a build that was killed between its copies and its page is completed by the next one', async () => {
		mkdirSync(at('site', 'media'), {recursive: true});
		writeFileSync(at('site', 'media', 'fox.mp4'), 'a fox');
		await build('clips', 'site');
		expect(existsSync(at('site', 'index.html'))).toBe(true);
		rmSync(at('site', 'index.html'));
		writeFileSync(at('site', 'media', 'fox.mp4'), 'a hen');
		expect(await codeOf(() => build('clips', 'site'))).toBe('file_exists');
		expect(readFileSync(at('site', 'media', 'fox.mp4'), 'utf8')).toBe('a hen');
	});

	test('a link that was put into a gallery is replaced', async () => {
		await build('clips', 'site');
		rmSync(at('site', 'media', 'fox.mp4'));
		symlinkSync(at('key'), at('site', 'media', 'fox.mp4'));
		await build('clips', 'site');
		expect(readFileSync(at('key'), 'utf8')).toBe('PRIVATE KEY');
		expect(lstatSync(at('site', 'media', 'fox.mp4')).isSymbolicLink()).toBe(false);
	});

	test('a clip is not copied over another clip of the source', async () => {
		mkdirSync(at('clips', 'media'));
		writeFileSync(at('clips', 'media', 'fox.mp4'), 'another fox');
		expect(await codeOf(() => build('clips', 'clips'))).toBe('conflicting_input');
		expect(readFileSync(at('clips', 'media', 'fox.mp4'), 'utf8')).toBe('another fox');
	});

	test('the copies of an earlier build are not takes, and are replaced', async () => {
		await build('clips', 'clips/gallery');
		const {takes} = await build('clips', 'clips/gallery');
		expect(takes).toBe(1);
		expect(readdirSync(at('clips', 'gallery', 'media'))).toEqual(['fox.mp4']);
	});
});
