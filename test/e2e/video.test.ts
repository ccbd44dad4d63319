import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {startFakeServer} from '../support/fake-server.js';
import {watch} from '../support/processes.js';
import {type Env, envOf, fails, kling, startKling, succeeds} from './kling.js';

/** The five commands against the sandbox, as specified. */
let sandbox: Sandbox;
let env: Env;

beforeAll(async () => {
	// A task that takes a minute at Kling is over in about a hundredth of a second.
	sandbox = await startSandbox({speed: 10_000, slots: 50});
	env = envOf(sandbox);
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => succeeds(['video', ...args], {env});
const refused = (exit: number, ...args: string[]) => fails(['video', ...args], exit, {env});

/** Polls until the task has ended. */
async function settled(taskId: string, type: string) {
	for (;;) {
		const document = await run('status', taskId, '--type', type);
		if (document.status === 'succeed') return document;
	}
}

/** A sandbox at Kling's own speed, in which nothing ends during a test. */
async function slowly<T>(use: (env: Env, sandbox: Sandbox) => Promise<T>): Promise<T> {
	const slow = await startSandbox({speed: 1});
	try {
		return await use(envOf(slow), slow);
	} finally {
		await slow.close();
	}
}

describe('status', () => {
	test('processing: exactly success, task_id, status', () =>
		slowly(async (env) => {
			const document = await succeeds(['video', 'status', '900000000000000104'], {env});
			expect(Object.keys(document)).toEqual(['success', 'task_id', 'status']);
			expect(document).toEqual({success: true, task_id: '900000000000000104', status: 'processing'});
		}));

	test('a new task is submitted', () =>
		slowly(async (env) => {
			const made = await succeeds(['video', 'add-sound', '900000000123456101'], {env});
			const document = await succeeds(['video', 'status', String(made.task_id), '--type', 'add-sound'], {
				env,
			});
			expect(document).toEqual({success: true, task_id: made.task_id, status: 'submitted'});
		}));

	test('succeed: exactly the keys of the specification', async () => {
		const document = await run('status', '900000000000000101');
		expect(Object.keys(document)).toEqual(['success', 'task_id', 'status', 'video_id', 'duration']);
		expect(document).toEqual({
			success: true,
			task_id: '900000000000000101',
			status: 'succeed',
			video_id: '900000000123456101',
			duration: '5.041',
		});
	});

	test.each([['-v'], ['--verbose']])(
		'%s adds the links, then everything else that is known',
		async (flag) => {
			const document = await run('status', '900000000000000102', flag);
			expect(Object.keys(document)).toEqual([
				...['success', 'task_id', 'status', 'video_id', 'duration', 'video_url', 'watermark_url'],
				...['type', 'created_at', 'updated_at', 'units'],
			]);
			expect(document.video_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/.*\.mp4\?.*ksTime=/);
			expect(document.watermark_url).not.toBe(document.video_url);
			expect(document.type).toBe('create');
		},
	);

	test('-v of add-sound adds the audio links', async () => {
		const document = await run('status', '900000000000000501', '--type', 'add-sound', '-v');
		expect(Object.keys(document)).toEqual([
			...[
				'success',
				'task_id',
				'status',
				'video_id',
				'duration',
				'video_url',
				'audio_mp3_url',
				'audio_wav_url',
			],
			...['type', 'created_at', 'updated_at', 'units'],
		]);
		expect(document.audio_mp3_url).toMatch(/\.mp3\?/);
		expect(document.audio_wav_url).toMatch(/\.wav\?/);
	});

	test('failed in moderation: content_policy with Kling’s own words', async () => {
		const error = await refused(3, 'status', '900000000000000103');
		expect(error).toMatchObject({
			code: 'content_policy',
			message: 'Failure to pass the risk control system',
			task_id: '900000000000000103',
			status: 'failed',
		});
	});

	test.each([
		['900000000000000101', ['--type', 'text2video']],
		['900000000000009999', []],
		['900000000000009998', ['--type', 'add-sound']],
	])('%s %j is not found, and the hint mentions --type', async (id, flags) => {
		const error = await refused(9, 'status', id, ...flags);
		expect(error.code).toBe('task_not_found');
		expect(error.api_code).toBe(1201);
		expect(error.message).toContain(id);
		expect(error.hint).toContain('--type');
	});
});

describe('list', () => {
	test('exactly the keys of the specification', async () => {
		const document = await run('list');
		expect(Object.keys(document)).toEqual(['success', 'tasks', 'count']);
		const tasks = document.tasks as Record<string, unknown>[];
		expect(document.count).toBe(tasks.length);
		expect(tasks.length).toBeGreaterThanOrEqual(4);
		for (const task of tasks) {
			expect(Object.keys(task)).toEqual(['task_id', 'status', 'created_at']);
			expect(task.task_id).toMatch(/^\d{18}$/);
			expect(task.created_at).toBeGreaterThan(1.7e12);
		}
	});

	test.each(['create', 'text2video', 'image2video', 'extend', 'add-sound'])(
		'--type %s lists that type',
		async (type) => {
			const document = await run('list', '-t', type);
			const [first] = document.tasks as {task_id: string; status: string}[];
			const own = await kling(['video', 'status', first?.task_id ?? '', '-t', type], {env});
			expect(own.code === 0 || own.stdout.includes('content_policy')).toBe(true);
		},
	);

	test('--limit and --page split the list into pages', async () => {
		const ids = async (...flags: string[]) => {
			const {tasks} = await run('list', '--type', 'image2video', ...flags);
			return (tasks as {task_id: string}[]).map((task) => task.task_id);
		};
		const all = await ids();
		expect(await ids('-l', '2')).toEqual(all.slice(0, 2));
		expect(await ids('--limit', '2', '--page', '2')).toEqual(all.slice(2, 4));
		expect(await ids('-l', '500', '-p', '1000')).toEqual([]);
	});
});

describe('extend', () => {
	test('submits, and the result is the longer clip', async () => {
		const made = await run('extend', '900000000123456205', '--prompt', 'Continue the action', '--watermark');
		expect(Object.keys(made)).toEqual(['success', 'task_id', 'status']);
		expect(made).toMatchObject({
			success: true,
			status: 'submitted',
			task_id: expect.stringMatching(/^\d{18}$/),
		});
		const done = await settled(String(made.task_id), 'extend');
		expect(Number(done.duration)).toBeGreaterThan(9);
		const again = await run('extend', String(done.video_id));
		expect(again.status).toBe('submitted');
	});

	test('a clip of a newer model is refused, with an alternative in the hint', async () => {
		const error = await refused(3, 'extend', '900000000123456101');
		expect(error).toMatchObject({
			code: 'invalid_request',
			api_code: 1201,
			message: 'This video not supported extend-video',
		});
		expect(error.hint).toMatch(/cannot be extended.*--ref-video URL/);
		expect(error.external_task_id).toBeTruthy();
	});

	test('a task id instead of a video id is refused, and the hint says which to give', async () => {
		const error = await refused(3, 'extend', '900000000000000205');
		expect(error.message).toBe('From video not found by id: 900000000000000205');
		expect(error.hint).toMatch(/video_id/);
	});
});

describe('add-sound', () => {
	test('by video id, with both prompts', async () => {
		const made = await run(
			'add-sound',
			'900000000123456101',
			'--sound',
			'ocean waves',
			'--bgm',
			'relaxing ambient',
		);
		expect(made).toMatchObject({success: true, status: 'submitted'});
		const done = await settled(String(made.task_id), 'add-sound');
		expect(done.duration).toBe('5.041');
	});

	test('by URL', async () => {
		const made = await run('add-sound', '--url', 'https://example.com/video.mp4', '--asmr');
		expect(Object.keys(made)).toEqual(['success', 'task_id', 'status']);
	});

	test('a prompt that fails on purpose ends as content_policy', async () => {
		const made = await run('add-sound', '900000000123456101', '-s', 'sirens [fail]');
		let failed = await kling(['video', 'status', String(made.task_id), '-t', 'add-sound'], {env});
		while (failed.code === 0)
			failed = await kling(['video', 'status', String(made.task_id), '-t', 'add-sound'], {env});
		expect(failed.code).toBe(3);
		expect(JSON.parse(failed.stdout).error.code).toBe('content_policy');
	});

	test('a refused prompt makes no task', async () => {
		const error = await refused(3, 'add-sound', '900000000123456101', '-b', '[reject]');
		expect(error).toMatchObject({code: 'content_policy', api_code: 1301});
	});
});

test('a submission waits for a free slot, and says so', async () => {
	// The only slot is taken until the sandbox's clock moves.
	let later = 0;
	const narrow = await startSandbox({speed: 0.1, slots: 1, now: () => Date.now() + later});
	const ask = ['video', 'add-sound', '900000000123456101'];
	const first = await succeeds(ask, {env: envOf(narrow)});
	const second = watch(startKling(ask, {env: envOf(narrow)}));
	await second.says(/Waiting for room\n/);
	// A token is valid for half an hour.
	later = 1_000_000;
	const {code, stdout, stderr} = await second.ended();
	expect([code, JSON.parse(stdout)]).toMatchObject([0, {success: true, status: 'submitted'}]);
	expect(JSON.parse(stdout).task_id).not.toBe(first.task_id);
	expect(stderr).toBe('Kling says: parallel task over resource pack limit. Waiting for room\n');
	await narrow.close();
});

test('a server that asks for more than a minute is rate_limit, exit 6, and no task', async () => {
	const server = await startFakeServer();
	server.answer = (_, response) => {
		response.writeHead(429, {'retry-after': '3600', 'content-type': 'application/json'});
		response.end('{"code":1303,"message":"parallel task over resource pack limit"}');
	};
	const busy = {...env, KLING_BASE_URL: server.baseUrl};
	const error = await fails(['video', 'add-sound', '900000000123456101'], 6, {env: busy});
	expect(error).toMatchObject({code: 'rate_limit', api_code: 1303, retryable: true});
	expect(server.seen).toHaveLength(1);
	await server.close();
});

test('an API key works like the key pair', async () => {
	const {baseUrl, apiKey} = sandbox;
	await succeeds(['video', 'list'], {env: {KLING_BASE_URL: baseUrl, KLING_API_KEY: apiKey}});
});

test.each([
	[{KLING_SECRET_KEY: 'wrong'}, 1000],
	[{KLING_ACCESS_KEY: 'nobody'}, 1000],
	[{KLING_ACCESS_KEY: '', KLING_SECRET_KEY: '', KLING_API_KEY: 'unknown'}, 1002],
])('wrong credentials are invalid_api_key, exit 4: %j', async (wrong, apiCode) => {
	const error = await fails(['video', 'list'], 4, {env: {...env, ...wrong}});
	expect(error).toMatchObject({code: 'invalid_api_key', api_code: apiCode});
	expect(error.request_id).toMatch(/^[\da-f-]{36}$/);
});
