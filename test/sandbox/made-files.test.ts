import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {describeMedia} from '../../src/lib/media/describe.js';
import {verifyMedia} from '../../src/lib/media/integrity.js';
import {type Kling, pngHead, startKling} from './kling.js';

/** Files that the sandbox makes when they are asked for, judged by the program's own readers. */
let kling: Kling;
let folder: string;
beforeAll(async () => {
	kling = await startKling({slots: 1000});
	folder = await mkdtemp(path.join(os.tmpdir(), 'kling-made-'));
});
afterAll(async () => {
	await kling.sandbox.close();
	await rm(folder, {recursive: true, force: true});
});

async function fetched(url: string, name: string) {
	const where = path.join(folder, name);
	await writeFile(where, Buffer.from(await (await fetch(url)).arrayBuffer()));
	return where;
}

interface Result {
	images?: {url: string}[];
	audios?: {url_mp3: string; url_wav: string}[];
}

async function resultOf(route: string, body: object): Promise<Result> {
	const id = await kling.create(route, body);
	kling.pass(400);
	return (await kling.get(route, id)).task_result as unknown as Result;
}

describe('pictures have the requested size', () => {
	test.each<[string, object, string]>([
		['/v1/images/generations', {prompt: 'x', aspect_ratio: '1:1', n: 2}, '1024x1024'],
		['/v1/images/generations', {prompt: 'x', aspect_ratio: '9:16', resolution: '2k', n: 2}, '1536x2728'],
		[
			'/v1/images/omni-image',
			{model_name: 'kling-v3-omni', prompt: 'x', aspect_ratio: '21:9', resolution: '4k', n: 2},
			'6256x2680',
		],
		[
			'/v1/images/editing/expand',
			{
				image: pngHead(400, 300),
				up_expansion_ratio: 0.5,
				down_expansion_ratio: 0,
				left_expansion_ratio: 0.25,
				right_expansion_ratio: 0.25,
				n: 2,
			},
			'600x450',
		],
	])('%s %j', async (route, body, size) => {
		const {images = []} = await resultOf(route, body);
		expect(images).toHaveLength(2);
		for (const [index, {url}] of images.entries()) {
			const file = await fetched(url, `picture${index}`);
			expect((await describeMedia(file))?.resolution).toBe(size);
			await verifyMedia(file, 'image');
		}
	});
});

test('sounds have the requested duration', async () => {
	const {audios: [sound] = []} = await resultOf('/v1/audio/text-to-audio', {prompt: 'Rain', duration: 3.7});
	const mp3 = await fetched(sound?.url_mp3 ?? '', 'a.mp3');
	const wav = await fetched(sound?.url_wav ?? '', 'a.wav');
	await verifyMedia(mp3, 'mp3');
	await verifyMedia(wav, 'wav');
	expect(Number((await describeMedia(mp3))?.duration)).toBeCloseTo(3.7, 1);
	expect((await describeMedia(wav))?.duration).toBe('3.7');
});

test('speech lasts as long as its text, and determines the duration of an avatar', async () => {
	const body = {text: 'x'.repeat(132), voice_id: 'oversea_male1', voice_language: 'en'};
	const {body: reply} = await kling.call('POST', '/v1/audio/tts', {body});
	const speech = reply.data as {task_result: {audios: {id: string; url: string; duration: string}[]}};
	const [{id, url, duration} = {id: '', url: '', duration: ''}] = speech.task_result.audios;
	expect(duration).toBe('10.0');
	expect(Number((await describeMedia(await fetched(url, 's.mp3')))?.duration)).toBeCloseTo(10, 1);
	const avatar = '/v1/videos/avatar/image2video';
	const task = await kling.create(avatar, {image: 'https://images.example.invalid/a.png', audio_id: id});
	kling.pass(400);
	expect((await kling.get(avatar, task)).final_unit_deduction).toBe('4');
});

test('a mask is a picture and a run-length text of the same region', async () => {
	const init = await kling.call('POST', '/v1/videos/multi-elements/init-selection', {
		body: {video_id: '900000000123456101'},
	});
	const {session_id: session} = init.body.data as {session_id: string};
	const added = await kling.call('POST', '/v1/videos/multi-elements/add-selection', {
		body: {session_id: session, frame_index: 0, points: [{x: 0.5, y: 0.5}]},
	});
	const {res} = added.body.data as {
		res: {rle_mask_list: {rle_mask: {counts: string}; png_mask: {base64: string}}[]};
	};
	const [mask] = res.rle_mask_list;
	const file = path.join(folder, 'mask.png');
	await writeFile(file, Buffer.from(mask?.png_mask.base64 ?? '', 'base64'));
	expect((await describeMedia(file))?.resolution).toBe('1280x720');
	const runs = decodeRuns(mask?.rle_mask.counts ?? '');
	expect(runs.reduce((sum, run) => sum + run, 0)).toBe(1280 * 720);
	// A disc of a radius of 90 pixels.
	const inside = runs.filter((_, index) => index % 2 === 1).reduce((sum, run) => sum + run, 0);
	expect(inside / (Math.PI * 90 ** 2)).toBeCloseTo(1, 2);
});

/** As the decoder of COCO reads it. */
function decodeRuns(text: string): number[] {
	const runs: number[] = [];
	let at = 0;
	while (at < text.length) {
		let value = 0;
		let shift = 0;
		let bits: number;
		do {
			bits = text.charCodeAt(at++) - 48;
			value |= (bits & 0x1f) << shift;
			shift += 5;
		} while (bits & 0x20);
		if (bits & 0x10) value |= -1 << shift;
		runs.push(runs.length > 2 ? value + (runs[runs.length - 2] ?? 0) : value);
	}
	return runs;
}
