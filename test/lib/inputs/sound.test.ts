import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {readSound} from '../../../src/lib/inputs/sound.js';
import {makeMp3, makeWav} from '../../../src/sandbox/generate/sound.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-sound-'));
afterAll(() => rmSync(folder, {recursive: true}));
const limits = {minSeconds: 2, maxSeconds: 60};

async function file(name: string, content: Buffer | Promise<Buffer>): Promise<string> {
	const place = path.join(folder, name);
	writeFileSync(place, await content);
	return place;
}

test('a file is sent as bare Base64, with its length known', async () => {
	const wav = await makeWav(3);
	const sound = await readSound(await file('a.wav', wav), '--audio', limits);
	expect(sound).toEqual({field: wav.toString('base64'), seconds: 3});
});

test('the length of an MP3 is exact, because a cut after its end would be refused', async () => {
	// 107 frames of 1152 samples.
	const sound = await readSound(await file('exact.mp3', await makeMp3(2.8)), '--audio', limits);
	expect(sound.seconds).toBeCloseTo((107 * 1152) / 44_100, 6);
});

test('a URL is passed on unchanged', async () => {
	expect(await readSound('https://a.example/a.mp3', '--audio', limits)).toEqual({
		field: 'https://a.example/a.mp3',
	});
});

test.each<[string, () => Promise<string> | string, string, RegExp]>([
	['too short', () => file('b.wav', makeWav(1)), 'invalid_audio', /lasts 1 s; 2 to 60 s are allowed/],
	['no sound', () => file('c.wav', Buffer.from('not a sound at all')), 'invalid_audio', /is not a sound/],
	['too heavy', () => file('d.wav', Buffer.alloc(6 << 20)), 'invalid_audio', /has 6.0 MB; 5 MB are allowed/],
	['not there', () => path.join(folder, 'gone.wav'), 'read_error', /gone.wav/],
	['a folder', () => folder, 'read_error', /is not a file/],
	['empty', () => ' ', 'invalid_audio', /is empty/],
])('refuses what is %s', async (_, input, code, message) => {
	await expect(readSound(await input(), '--audio', limits)).rejects.toMatchObject({
		code,
		message: expect.stringMatching(message),
	});
});
