import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {describeMedia} from '../../../src/lib/media/describe.js';

const media = (name: string) => path.join(import.meta.dirname, '../../../src/sandbox/media', name);
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'kling-describe-'));
});

test('a video: bytes, seconds and sides, with sound or without', async () => {
	expect(await describeMedia(media('clip-5s.mp4'))).toEqual({
		bytes: (await readFile(media('clip-5s.mp4'))).length,
		duration: '5.04',
		resolution: '1280x720',
	});
	expect(await describeMedia(media('clip-10s-sound.mp4'))).toMatchObject({
		duration: '10.04',
		resolution: '1280x720',
	});
});

test('the 64-bit form of the headers', async () => {
	const box = (type: string, ...content: Buffer[]) => {
		const head = Buffer.alloc(8);
		head.writeUInt32BE(8 + Buffer.concat(content).length);
		head.write(type, 4, 'latin1');
		return Buffer.concat([head, ...content]);
	};
	const movie = Buffer.alloc(112);
	movie.writeUInt8(1);
	movie.writeUInt32BE(1000, 20);
	movie.writeBigUInt64BE(61_500n, 24);
	const track = (width: number, height: number) => {
		const header = Buffer.alloc(96);
		header.writeUInt8(1);
		header.writeUInt16BE(width, 88);
		header.writeUInt16BE(height, 92);
		return box('trak', box('tkhd', header));
	};
	// Sound first, which has no sides.
	const file = path.join(folder, 'long.mp4');
	await writeFile(file, box('moov', box('mvhd', movie), track(0, 0), track(1080, 1920)));
	expect(await describeMedia(file)).toMatchObject({duration: '61.5', resolution: '1080x1920'});
	movie.writeUInt32BE(0, 20);
	await writeFile(file, box('moov', box('mvhd', movie), track(1080, 1920)));
	expect(await describeMedia(file)).toEqual({bytes: 240, resolution: '1080x1920'});
});

test.each([
	['sound', media('sound-5s.mp3')],
	['text', import.meta.filename],
])('of %s the size', async (_, file) => {
	expect(await describeMedia(file)).toEqual({bytes: (await readFile(file)).length});
});

test('of a video that is cut off the size, of what cannot be read nothing', async () => {
	const cut = path.join(folder, 'cut.mp4');
	await writeFile(cut, (await readFile(media('clip-5s.mp4'))).subarray(0, 1000));
	expect(await describeMedia(cut)).toEqual({bytes: 1000});
	expect(await describeMedia(path.join(folder, 'missing.mp4'))).toBeUndefined();
});
