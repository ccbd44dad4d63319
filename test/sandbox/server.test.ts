import net from 'node:net';
import {networkInterfaces} from 'node:os';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {startSandbox} from '../../src/sandbox/server.js';
import {clipOf, type Kling, startKling} from './kling.js';

const paths = {
	101: '/v1/videos/omni-video',
	201: '/v1/videos/text2video',
	301: '/v1/videos/image2video',
	401: '/v1/videos/video-extend',
	501: '/v1/audio/video-to-audio',
};

describe('start and end', () => {
	test('a port in use is reported with Node’s error, and nothing is left listening', async () => {
		const taken = await startSandbox();
		const port = Number(new URL(taken.baseUrl).port);
		await expect(startSandbox({port})).rejects.toMatchObject({code: 'EADDRINUSE'});
		await taken.close();
		const again = await startSandbox({port});
		expect(again.baseUrl).toBe(`http://127.0.0.1:${port}`);
		await again.close();
	});

	test('closing ends it at once, even with open connections', async () => {
		const sandbox = await startSandbox();
		await (await fetch(`${sandbox.baseUrl}/`)).text();
		const idle = net.connect(Number(new URL(sandbox.baseUrl).port), '127.0.0.1');
		idle.on('error', () => {});
		await new Promise((resolve) => idle.once('connect', resolve));
		idle.write('POST /v1/videos/omni-video HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n');
		// Left alone, the server would wait five minutes for the rest of the request.
		await Promise.all([new Promise((resolve) => idle.once('close', resolve)), sandbox.close()]);
		await expect(fetch(`${sandbox.baseUrl}/`)).rejects.toThrow();
	});

	test("links begin with the public address, and the API's port also serves the files", async () => {
		const kling = await startKling({publicUrl: 'https://files.example.invalid/kling/'});
		const {url} = clipOf(await kling.get(paths[101], '900000000000000101'));
		expect(url).toMatch(/^https:\/\/files\.example\.invalid\/kling\/bs2\//);
		const behindProxy = url.replace('https://files.example.invalid/kling', kling.sandbox.baseUrl);
		const file = await fetch(behindProxy);
		expect([file.status, file.headers.get('content-type')]).toEqual([200, 'video/mp4']);
		await file.body?.cancel();
		await kling.sandbox.close();
	});

	test("the machine's other addresses do not reach it", async () => {
		const sandbox = await startSandbox();
		const {hostname, port} = new URL(sandbox.baseUrl);
		expect(hostname).toBe('127.0.0.1');
		const others = Object.values(networkInterfaces())
			.flatMap((addresses) => addresses ?? [])
			.filter(({internal, family}) => !internal && family === 'IPv4');
		for (const {address} of others) {
			await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
		}
		await sandbox.close();
	});
});

describe('seeds', () => {
	let kling: Kling;
	beforeAll(async () => {
		kling = await startKling({speed: 10});
	});
	afterAll(() => kling.sandbox.close());

	test.each(Object.entries(paths))('%s and following: one of each state', async (first, path) => {
		const id = (offset: number) => `900000000000000${Number(first) + offset}`;
		const [plain, second, failed, running] = await Promise.all(
			[0, 1, 2, 3].map((n) => kling.get(path, id(n))),
		);
		expect(plain).toMatchObject({
			task_status: 'succeed',
			task_result: {videos: [{id: `900000000123456${first}`}]},
		});
		expect(plain?.task_result.videos?.[0]).not.toHaveProperty('watermark_url');
		expect(second?.task_status).toBe('succeed');
		if (first !== '501') expect(second?.task_result.videos?.[0]).toHaveProperty('watermark_url');
		expect(failed?.task_status_msg).toBe('Failure to pass the risk control system');
		expect(running?.task_status).toBe('processing');
	});

	test('they were made before the start, minutes to days ago', async () => {
		for (const path of Object.values(paths)) {
			for (const task of await kling.list(path)) {
				const ago = (kling.now() - task.created_at) / 60_000;
				expect(ago).toBeGreaterThanOrEqual(1);
				expect(ago).toBeLessThan(7 * 24 * 60);
				expect(task.updated_at).toBeLessThanOrEqual(kling.now());
			}
		}
	});

	test('clip 205 can be extended, and clip 101 cannot', async () => {
		const source = clipOf(await kling.get(paths[201], '900000000000000205'));
		expect(source).toMatchObject({id: '900000000123456205', duration: '5.1'});
		await kling.create(paths[401], {video_id: '900000000123456205'});
		const refused = await kling.call('POST', paths[401], {body: {video_id: '900000000123456101'}});
		expect(refused.body.message).toBe('This video not supported extend-video');
	});

	test("the running ones take their typical time, counted from the start, at the sandbox's speed", async () => {
		const own = await startKling({speed: 10});
		const start = own.now();
		own.pass(8.2);
		expect((await own.get(paths[101], '900000000000000104')).task_status).toBe('processing');
		own.pass(0.1);
		const done = await own.get(paths[101], '900000000000000104');
		expect(done).toMatchObject({task_status: 'succeed', updated_at: start + 8300});
		await own.sandbox.close();
	});

	test('they hold no slot', async () => {
		const own = await startKling({slots: 1});
		await own.create(paths[101], {model_name: 'kling-v3-omni', prompt: 'x', aspect_ratio: '1:1'});
		await own.sandbox.close();
	});
});
