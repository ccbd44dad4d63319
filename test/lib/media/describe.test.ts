import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {describeMedia} from '../../../src/lib/media/describe.js';
import {jpeg} from '../../support/pictures.js';

const media = (name: string) => path.join(import.meta.dirname, '../../../src/sandbox/media', name);
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'kling-describe-'));
});

test('a video: bytes, duration and resolution, with or without sound', async () => {
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

test('for text, only the size', async () => {
	const file = import.meta.filename;
	expect(await describeMedia(file)).toEqual({bytes: (await readFile(file)).length});
});

describe('sound: bytes and duration', () => {
	const secondsOf = async (name: string, ...content: Buffer[]) => {
		const file = path.join(folder, name);
		await writeFile(file, Buffer.concat(content));
		const {duration} = (await describeMedia(file)) ?? {};
		return duration;
	};

	test.each([
		['sound-5s.wav', 5.04],
		['sound-10s.wav', 10.04],
		['sound-5s.mp3', 5.04],
		['sound-10s.mp3', 10.04],
	])('%s', async (name, seconds) => {
		const {bytes, duration} = (await describeMedia(media(name))) ?? {};
		expect(bytes).toBe((await readFile(media(name))).length);
		// Encoders of MP3 fill the last frame, and add one or two.
		expect(Number(duration)).toBeGreaterThanOrEqual(seconds - 0.01);
		expect(Number(duration)).toBeLessThan(seconds + 0.15);
	});

	/** MPEG 1, layer 3, 44.1 kHz, of 128 or 64 kbit/s: 1152 samples in 417 or 208 bytes. */
	const frame = (kbits: 64 | 128) => {
		const bytes = Buffer.alloc(kbits === 128 ? 417 : 208);
		bytes.writeUInt32BE(kbits === 128 ? 0xff_fb_90_00 : 0xff_fb_50_00);
		return bytes;
	};
	const second = 44_100 / 1152;
	const rounded = (frames: number) => String(Math.round((frames / second) * 100) / 100);

	test('frames of an MP3 are counted, whatever their bitrates, and tags are not', async () => {
		const frames = Array.from({length: 100}, (_, index) => frame(index % 3 ? 64 : 128));
		const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x01\0', 'latin1'), Buffer.alloc(128)]);
		const end = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
		expect(await secondsOf('tagged.mp3', tag, ...frames, end)).toBe(rounded(100));
	});

	test('if an MP3 states its number of frames, that is used', async () => {
		const told = frame(128);
		told.write('Xing', 36, 'latin1');
		told.writeUInt32BE(1, 40);
		told.writeUInt32BE(5000, 44);
		expect(await secondsOf('told.mp3', told, frame(128), frame(128))).toBe(rounded(5000));
		told.writeUInt32BE(2, 40);
		expect(await secondsOf('untold.mp3', told, frame(128), frame(128))).toBe(rounded(3));
	});

	test('for incomplete sound, only the size', async () => {
		const wav = await readFile(media('sound-5s.wav'));
		const noRate = Buffer.from(wav);
		noRate.writeUInt32LE(0, wav.indexOf('fmt ') + 16);
		expect(await secondsOf('still.wav', noRate)).toBeUndefined();
		expect(await secondsOf('cut.wav', wav.subarray(0, 1000))).toBeUndefined();
		expect(
			await secondsOf('noise.mp3', Buffer.from([0xff, 0xfb, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
		).toBeUndefined();
	});
});

test('a picture: bytes and resolution', async () => {
	for (const name of ['picture.png', 'picture.jpg']) {
		const bytes = (await readFile(media(name))).length;
		expect(await describeMedia(media(name))).toEqual({bytes, resolution: '1280x720'});
	}
	const file = path.join(folder, 'upright.jpg');
	await writeFile(file, jpeg(1080, 1920));
	expect(await describeMedia(file)).toMatchObject({resolution: '1080x1920'});
	await writeFile(file, jpeg(1080, 1920).subarray(0, 24));
	expect(await describeMedia(file)).toEqual({bytes: 24});
});

test('for a video that is cut off, only the size; for an unreadable file, nothing', async () => {
	const cut = path.join(folder, 'cut.mp4');
	await writeFile(cut, (await readFile(media('clip-5s.mp4'))).subarray(0, 1000));
	expect(await describeMedia(cut)).toEqual({bytes: 1000});
	expect(await describeMedia(path.join(folder, 'missing.mp4'))).toBeUndefined();
});
