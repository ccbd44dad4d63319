import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {clipOf, type Kling, startKling, type TaskBody} from './kling.js';

const omni = '/v1/videos/omni-video';
const addSound = '/v1/audio/video-to-audio';
const media = (name: string) => readFileSync(new URL(`../../src/sandbox/media/${name}`, import.meta.url));

let kling: Kling;
let task: TaskBody;
let url: string;
beforeAll(async () => {
	kling = await startKling();
	task = await kling.get(omni, '900000000000000102');
	url = clipOf(task).url;
});
afterAll(() => kling.sandbox.close());

const get = async (address: string, headers: Record<string, string> = {}, method = 'GET') => {
	const response = await fetch(address, {method, headers});
	return {
		status: response.status,
		headers: response.headers,
		bytes: Buffer.from(await response.arrayBuffer()),
	};
};

test('a link is signed and has another origin than the API', () => {
	const {origin, searchParams} = new URL(url);
	expect(origin).not.toBe(kling.sandbox.baseUrl);
	expect([...searchParams.keys()]).toEqual(['cacheKey', 'x-kcdn-pid', 'ksSecret', 'ksTime']);
	const seconds = Number.parseInt(searchParams.get('ksTime') ?? '', 16);
	expect(seconds).toBe(Math.ceil(task.updated_at / 1000 + 30 * 24 * 3600));
});

test('the whole file', async () => {
	const {status, headers, bytes} = await get(url);
	const file = media('clip-5s-sound.mp4');
	expect(status).toBe(200);
	expect(bytes.equals(file)).toBe(true);
	expect(Object.fromEntries(headers)).toMatchObject({
		'content-type': 'video/mp4',
		'content-length': String(file.length),
		'accept-ranges': 'bytes',
		'last-modified': new Date(task.updated_at).toUTCString(),
	});
	expect(headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
});

test('an empty box makes a clip larger, and gives it another ETag', async () => {
	const large = await startKling({clipBytes: 2_000_000});
	const {headers, bytes} = await get(clipOf(await large.get(omni, '900000000000000102')).url);
	await large.sandbox.close();
	const file = media('clip-5s-sound.mp4');
	expect(bytes).toHaveLength(2_000_000);
	expect(bytes.subarray(0, file.length).equals(file)).toBe(true);
	expect(bytes.readUInt32BE(file.length)).toBe(2_000_000 - file.length);
	expect(bytes.toString('latin1', file.length + 4, file.length + 8)).toBe('free');
	expect(headers.get('etag')).not.toBe((await get(url)).headers.get('etag'));
});

test('HEAD returns the same headers and no body', async () => {
	const whole = await get(url);
	const {status, headers, bytes} = await get(url, {range: 'bytes=0-9'}, 'HEAD');
	expect(status).toBe(200);
	expect(bytes).toHaveLength(0);
	for (const name of ['content-length', 'etag', 'last-modified', 'content-type', 'accept-ranges']) {
		expect(headers.get(name)).toBe(whole.headers.get(name));
	}
});

describe('byte ranges', () => {
	const file = media('clip-5s-sound.mp4');
	const size = file.length;

	test.each<[string, number, number]>([
		['bytes=0-0', 0, 0],
		['bytes=10-19', 10, 19],
		[`bytes=${size - 1}-`, size - 1, size - 1],
		['bytes=100-', 100, size - 1],
		['bytes=-10', size - 10, size - 1],
		['bytes=-999999999', 0, size - 1],
		['bytes=5-999999999', 5, size - 1],
	])('%s', async (range, first, last) => {
		const {status, headers, bytes} = await get(url, {range});
		expect(status).toBe(206);
		expect(headers.get('content-range')).toBe(`bytes ${first}-${last}/${size}`);
		expect(headers.get('content-length')).toBe(String(last - first + 1));
		expect(bytes.equals(file.subarray(first, last + 1))).toBe(true);
	});

	test.each([`bytes=${size}-`, 'bytes=999999999-', 'bytes=-0'])('%s is not satisfiable', async (range) => {
		const {status, headers} = await get(url, {range});
		expect(status).toBe(416);
		expect(headers.get('content-range')).toBe(`bytes */${size}`);
	});

	test.each(['bytes=5-2', 'bytes=0-1,4-5', 'items=0-1', 'bytes=-', 'bytes=a-b'])(
		'%s is ignored',
		async (range) => {
			const {status, bytes} = await get(url, {range});
			expect(status).toBe(200);
			expect(bytes).toHaveLength(size);
		},
	);

	test('If-Range: a range of the same file, the whole of another', async () => {
		const {headers} = await get(url);
		const range = 'bytes=0-9';
		const same = [headers.get('etag') ?? '', headers.get('last-modified') ?? ''];
		for (const condition of same) {
			expect((await get(url, {range, 'if-range': condition})).status).toBe(206);
		}
		for (const condition of ['"other"', `W/${same[0]}`, 'Thu, 01 Jan 2026 00:00:00 GMT']) {
			expect((await get(url, {range, 'if-range': condition})).status).toBe(200);
		}
	});
});

// Far quicker than comparing the bytes one by one, as toEqual does.
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test.each<[string, string, string, string?]>([
	['clip-5s.mp4', omni, '101'],
	['clip-5s-sound-watermark.mp4', omni, '102', 'watermark_url'],
	['clip-10s.mp4', '/v1/videos/text2video', '202'],
	['clip-10s-watermark.mp4', '/v1/videos/text2video', '202', 'watermark_url'],
	['clip-5s-sound.mp4', addSound, '501'],
	['clip-10s-sound.mp4', addSound, '502'],
])('%s is the file of %s/…%s', async (name, path, number, key = 'url') => {
	const video = clipOf(await kling.get(path, `900000000000000${number}`));
	const {bytes} = await get((key === 'url' ? video.url : video.watermark_url) ?? '');
	expect(digest(bytes)).toBe(digest(media(name)));
});

test('add-sound has the sound alone, in two formats', async () => {
	const {task_result} = await kling.get(addSound, '900000000000000501');
	const audio = task_result.audios?.[0];
	const mp3 = await get(audio?.url_mp3 ?? '');
	const wav = await get(audio?.url_wav ?? '');
	expect([mp3.headers.get('content-type'), wav.headers.get('content-type')]).toEqual([
		'audio/mpeg',
		'audio/wav',
	]);
	expect(digest(mp3.bytes)).toBe(digest(media('sound-5s.mp3')));
	expect(digest(wav.bytes)).toBe(digest(media('sound-5s.wav')));
});

describe('refusals', () => {
	test('a token sent to the CDN', async () => {
		for (const authorization of [`Bearer ${kling.token()}`, 'x']) {
			expect((await get(url, {authorization})).status).toBe(400);
		}
	});

	test.each([
		['another signature', (link: string) => link.replace(/ksSecret=./, 'ksSecret=z')],
		['a later end', (link: string) => link.replace(/ksTime=.*/, 'ksTime=ffffffff')],
		['no signature', (link: string) => link.replace(/\?.*/, '')],
		['a query written otherwise', (link: string) => link.replaceAll('%3D', '=')],
		['one parameter more', (link: string) => `${link}&x=1`],
	])('%s', async (_, change) => {
		expect((await get(change(url))).status).toBe(403);
	});

	test('no such file', async () => {
		expect((await get(url.replace('/VIDEO/', '/AUDIO/'))).status).toBe(404);
	});

	test('a wrong method', async () => {
		expect((await get(url, {}, 'DELETE')).status).toBe(405);
	});
});

describe('links expire', () => {
	test('30 days after the task ended', async () => {
		const own = await startKling();
		const id = await own.create(omni, {model_name: 'kling-v3-omni', prompt: 'x', aspect_ratio: '1:1'});
		own.pass(200);
		const link = clipOf(await own.get(omni, id)).url;
		own.pass(83 - 200 + 30 * 24 * 3600);
		expect((await get(link)).status).toBe(200);
		own.pass(1);
		expect((await get(link)).status).toBe(403);
		// Asking again gives the task, and no younger link.
		expect(clipOf(await own.get(omni, id)).url).toBe(link);
		await own.sandbox.close();
	});

	test('with speed, correspondingly sooner; for a seed the time before the start counts at normal speed', async () => {
		const own = await startKling({speed: 24 * 60});
		const link = clipOf(await own.get(omni, '900000000000000101')).url;
		expect((await get(link)).status).toBe(200);
		// Two days old, so 28 are left: 28 minutes at this speed.
		own.pass(28 * 60 - 1);
		expect((await get(link)).status).toBe(200);
		own.pass(3);
		expect((await get(link)).status).toBe(403);
		await own.sandbox.close();
	});
});
