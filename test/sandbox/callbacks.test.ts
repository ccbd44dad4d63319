import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, startFakeServer} from '../support/fake-server.js';

/** A body as Kling documents it, or as a real delivery held it. */
function documented(status: string): Record<string, unknown> {
	const file = path.join(
		import.meta.dirname,
		'..',
		'fixtures',
		'callbacks',
		`callback.legacy.${status}.json`,
	);
	return JSON.parse(readFileSync(file, 'utf8')).callback.body;
}

interface Delivery {
	task_id: string;
	task_status: string;
	task_status_msg: string;
	task_info: object;
	task_result: {videos?: {url: string}[]; audios?: object[]; images?: object[]};
	created_at: number;
	updated_at: number;
}

let sandbox: Sandbox;
let receiver: FakeServer;

beforeEach(async () => {
	// A minute of Kling's is 20 ms, so that the states of a task are apart.
	sandbox = await startSandbox({speed: 3000, slots: 100});
	receiver = await startFakeServer();
	receiver.answer = (_, response) => void response.writeHead(200).end('ok');
});
afterEach(async () => {
	await Promise.all([sandbox.close(), receiver.close()]);
});

async function call(method: string, url: string, body?: object) {
	const headers = {authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json'};
	const init = body === undefined ? {method, headers} : {method, headers, body: JSON.stringify(body)};
	const reply = (await (await fetch(sandbox.baseUrl + url, init)).json()) as {code: number; data: Delivery};
	expect(reply.code).toBe(0);
	return reply.data;
}

const text = {model_name: 'kling-v2-6', mode: 'pro', prompt: 'A lake.'};

const create = (body: object) => call('POST', '/v1/videos/text2video', {...text, ...body});

const deliveries = () => receiver.seen.map(({body}) => JSON.parse(body) as Delivery);

/** What has been delivered once there are so many. */
async function delivered(count: number): Promise<Delivery[]> {
	await vi.waitFor(() => expect(receiver.seen.length).toBeGreaterThanOrEqual(count), 30_000);
	return deliveries();
}

describe('each change of a task is posted to its callback_url', () => {
	test('processing, then succeed, as a bare task object', async () => {
		const {task_id} = await create({
			callback_url: `${receiver.baseUrl}/hook?a=1`,
			external_task_id: 'demo-omni-0001',
			watermark_info: {enabled: true},
		});
		const [processing, succeed] = await delivered(2);
		expect(processing).toMatchObject({task_id, task_status: 'processing', task_result: {}});
		expect(Object.keys(processing ?? {})).toEqual(Object.keys(documented('processing')));
		expect(succeed).toMatchObject({task_id, task_status: 'succeed', task_status_msg: ''});
		expect(Object.keys(succeed ?? {})).toEqual(Object.keys(documented('succeed')));
		expect(Object.keys(succeed?.task_result ?? {})).toEqual(['images', 'videos', 'audios']);
		expect(succeed?.task_info).toEqual({external_task_id: 'demo-omni-0001'});

		const asked = await call('GET', `/v1/videos/text2video/${task_id}`);
		expect(succeed?.task_result.videos).toEqual(asked.task_result.videos);
		expect(succeed?.updated_at).toBe(asked.updated_at);
		for (const {method, url, headers} of receiver.seen) {
			expect([method, url]).toEqual(['POST', '/hook?a=1']);
			expect(headers['content-type']).toBe('application/json; charset=utf-8');
			expect(headers.authorization).toBeUndefined();
		}
		await delay(50);
		expect(receiver.seen).toHaveLength(2);
	});

	test('a failure includes its reason', async () => {
		await create({callback_url: receiver.baseUrl, prompt: 'A quarrel. [fail]'});
		const [, failed] = await delivered(2);
		const {final_unit_deduction: cost, ...rest} = {...failed} as Record<string, unknown>;
		expect(cost).toBe('0');
		expect(Object.keys(rest)).toEqual(Object.keys(documented('failed')));
		expect(failed).toMatchObject({
			task_status: 'failed',
			task_status_msg: 'Failure to pass the risk control system',
			task_result: {},
		});
	});

	test('add-sound delivers clip and sound', async () => {
		const body = {video_id: '900000000123456101', bgm_prompt: 'piano', callback_url: receiver.baseUrl};
		await call('POST', '/v1/audio/video-to-audio', body);
		const [, succeed] = await delivered(2);
		expect(succeed?.task_result).toMatchObject({images: [], videos: [{}], audios: [{}]});
	});

	test('many at once, without a warning', async () => {
		const warned = vi.fn();
		process.on('warning', warned);
		await Promise.all(Array.from({length: 50}, () => create({callback_url: receiver.baseUrl})));
		const ended = (await delivered(100)).filter(({task_status}) => task_status === 'succeed');
		process.off('warning', warned);
		expect(new Set(ended.map(({task_id}) => task_id)).size).toBe(50);
		expect(warned).not.toHaveBeenCalled();
	});
});

describe('a receiver', () => {
	test('that refuses still gets the next change', async () => {
		receiver.answer = (_, response) => void response.writeHead(500).end();
		await create({callback_url: receiver.baseUrl});
		expect((await delivered(2)).map(({task_status}) => task_status)).toEqual(['processing', 'succeed']);
	});

	test('that hangs up, or does not exist, does no harm', async () => {
		receiver.answer = (_, response) => void response.destroy();
		await create({callback_url: receiver.baseUrl});
		await create({callback_url: 'http://127.0.0.1:1/'});
		expect(await delivered(2)).toHaveLength(2);
	});

	test('that redirects is not followed', async () => {
		receiver.answer = (_, response) => void response.writeHead(307, {location: '/elsewhere'}).end();
		await create({callback_url: `${receiver.baseUrl}/hook`});
		await delivered(2);
		expect(receiver.seen.map(({url}) => url)).toEqual(['/hook', '/hook']);
	});

	test.each(['localhost', '127.0.0.1'])('on loopback is contacted: %s', async (host) => {
		await create({callback_url: receiver.baseUrl.replace('127.0.0.1', host)});
		expect(await delivered(2)).toHaveLength(2);
	});

	test.each([
		'http://192.0.2.1/hook',
		'http://example.invalid/hook',
		'http://127.0.0.1.example.invalid/hook',
		'http://localhost@192.0.2.1/hook',
		'ftp://127.0.0.1/hook',
		'not an address',
		'',
	])('elsewhere is never contacted: %j', async (callback_url) => {
		const fetched = vi.spyOn(globalThis, 'fetch');
		const {task_id} = await create({callback_url});
		await vi.waitFor(async () => {
			const {task_status} = await call('GET', `/v1/videos/text2video/${task_id}`);
			expect(task_status).toBe('succeed');
		});
		const called = fetched.mock.calls.map(([address]) => String(address));
		fetched.mockRestore();
		expect(called.filter((address) => !address.startsWith(sandbox.baseUrl))).toEqual([]);
	});
});

test('close ends deliveries in progress and still to come', async () => {
	const silent = createServer().listen(0, '127.0.0.1');
	await once(silent, 'listening');
	const ended = new Promise<void>((resolve) =>
		silent.once('connection', (socket) => {
			socket.resume();
			socket.once('error', () => {});
			socket.once('close', () => resolve());
		}),
	);
	const address = silent.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	const connected = once(silent, 'connection');
	await create({callback_url: `http://127.0.0.1:${port}/`});
	await connected;
	await create({callback_url: receiver.baseUrl});
	await sandbox.close();
	await ended;
	const soFar = receiver.seen.length;
	await delay(100);
	expect(receiver.seen).toHaveLength(soFar);
	silent.close();
});
