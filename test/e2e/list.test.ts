import {once} from 'node:events';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, json, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {type Env, envOf, fails, kling, startKling, succeeds} from './kling.js';

type Row = Record<string, unknown>;

/** The printed lines, each of which must be one compact document. */
function linesOf(stdout: string): Row[] {
	if (stdout === '') return [];
	expect(stdout.endsWith('\n')).toBe(true);
	return stdout
		.slice(0, -1)
		.split('\n')
		.map((line) => {
			const document: Row = JSON.parse(line);
			expect(line).toBe(JSON.stringify(document));
			return document;
		});
}

const rowsOf = (document: Row) => document.tasks as Row[];
const ids = (rows: Row[]) => rows.map(({task_id}) => task_id);

describe('against a server', () => {
	let server: FakeServer;
	let env: Env;
	let total: number;

	const id = (index: number) => String(900_000_000_000_000_000n + BigInt(index));
	const task = (index: number) => ({
		task_id: id(index),
		task_status: 'succeed',
		created_at: 1_790_000_000_000 - index,
	});

	/** Splits `total` tasks into pages, whatever the path. */
	const pages: FakeServer['answer'] = (request, response) => {
		const query = new URL(request.url, server.baseUrl).searchParams;
		const [number, size] = [Number(query.get('pageNum')), Number(query.get('pageSize'))];
		const first = (number - 1) * size;
		const length = Math.max(0, Math.min(size, total - first));
		ok(Array.from({length}, (_, index) => task(first + index)))(request, response);
	};

	beforeAll(async () => {
		server = await startFakeServer();
		env = {KLING_BASE_URL: server.baseUrl, KLING_ACCESS_KEY: 'ak-test', KLING_SECRET_KEY: 'sk-test'};
	});
	beforeEach(() => {
		server.seen = [];
		server.answer = pages;
		total = 3;
	});
	afterAll(() => server.close());

	const urls = () => server.seen.map(({url}) => url).sort();

	test('a cursor that comes again ends the list with an error', async () => {
		const result = [{id: '900000000000000001', status: 'succeeded', outputs: []}];
		server.answer = ok({result, next_cursor: 'again', has_more: true});
		const before = server.seen.length;
		const newer = {...env, KLING_API_KEY: 'api-key-kling-test', KLING_ACCESS_KEY: '', KLING_SECRET_KEY: ''};
		const error = await fails(['video', 'list', '--all', '--api', 'tasks'], 12, {env: newer});
		expect(error).toMatchObject({
			code: 'response_error',
			message: expect.stringContaining('cannot be read to its end'),
		});
		expect(server.seen.length - before).toBeLessThanOrEqual(4);
	});

	test('--all requests pages of 500, and only one if that is all', async () => {
		const document = await succeeds(['video', 'list', '--all'], {env});
		expect(Object.keys(document)).toEqual(['success', 'tasks', 'count']);
		expect(document.count).toBe(3);
		expect(Object.keys(rowsOf(document)[0] ?? {})).toEqual(['task_id', 'status', 'created_at']);
		expect(urls()).toEqual(['/v1/videos/omni-video?pageNum=1&pageSize=500']);
	});

	test('--all continues to the first short page', async () => {
		total = 1203;
		const document = await succeeds(['video', 'list', '--all', '-t', 'add-sound'], {env});
		expect(document.count).toBe(1203);
		expect(ids(rowsOf(document))).toEqual(Array.from({length: 1203}, (_, index) => id(index)));
		// Pages 4 to 6 were requested before page 3 had arrived.
		expect(urls()).toEqual(
			[1, 2, 3, 4, 5, 6].map((n) => `/v1/audio/video-to-audio?pageNum=${n}&pageSize=500`),
		);
	});

	test('--all with --limit requests pages of that size', async () => {
		total = 5;
		expect((await succeeds(['video', 'list', '--all', '--limit', '2'], {env})).count).toBe(5);
		expect(urls().slice(0, 3)).toEqual([1, 2, 3].map((n) => `/v1/videos/omni-video?pageNum=${n}&pageSize=2`));
	});

	test('--all --type all requests all pages of every type', async () => {
		const document = await succeeds(['video', 'list', '--all', '--type', 'all'], {env});
		// Pages that the test before requested ahead may still arrive; they were smaller.
		const asked = urls().filter((url) => url.endsWith('&pageSize=500'));
		expect(document.count).toBe(3 * asked.length);
		expect(new Set(asked).size).toBe(asked.length);
		expect(asked).toEqual(
			expect.arrayContaining([
				'/v1/audio/video-to-audio?pageNum=1&pageSize=500',
				'/v1/images/generations?pageNum=1&pageSize=500',
				'/v1/videos/image2video?pageNum=1&pageSize=500',
				'/v1/videos/omni-video?pageNum=1&pageSize=500',
				'/v1/videos/text2video?pageNum=1&pageSize=500',
				'/v1/videos/video-extend?pageNum=1&pageSize=500',
			]),
		);
	});

	test('page 1000 is the last, and stderr says so', async () => {
		total = 5000;
		const args = ['video', 'list', '--all', '--limit', '1', '--ndjson'];
		const {code, stdout, stderr} = await kling(args, {env});
		expect(code).toBe(0);
		expect(linesOf(stdout)).toHaveLength(1000);
		expect(server.seen).toHaveLength(1000);
		expect(stderr).toMatch(/^Page 1000 of create was full.*there may be more tasks\n$/);
	});

	test('--ndjson prints a line for each task', async () => {
		total = 1203;
		const {code, stdout, stderr} = await kling(['video', 'list', '--all', '--ndjson'], {env});
		expect([code, stderr]).toEqual([0, '']);
		const lines = linesOf(stdout);
		expect(ids(lines)).toEqual(Array.from({length: 1203}, (_, index) => id(index)));
		expect(Object.keys(lines[0] ?? {})).toEqual(['success', 'task_id', 'status', 'created_at']);
		expect(lines[0]).toEqual({
			success: true,
			task_id: id(0),
			status: 'succeed',
			created_at: 1_790_000_000_000,
		});
	});

	test('--ndjson prints nothing for an empty list', async () => {
		total = 0;
		const {code, stdout} = await kling(['video', 'list', '--ndjson'], {env});
		expect([code, stdout]).toEqual([0, '']);
	});

	test('--ndjson prints a page before the next one arrives', async () => {
		let release = () => {};
		server.answer = (request, response) => {
			if (request.url.includes('pageNum=1&')) ok([task(0), task(1)])(request, response);
			else release = () => ok([])(request, response);
		};
		const child = startKling(['video', 'list', '--all', '--limit', '2', '--ndjson'], {env});
		const [first] = (await once(child.stdout ?? expect.fail('no stdout'), 'data')) as [Buffer];
		expect(linesOf(first.toString())[0]?.task_id).toBe(id(0));
		server.answer = ok([]);
		while (server.seen.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
		release();
		child.kill();
		await once(child, 'close');
	});

	test('an error halfway is a line as well, with its own exit status', async () => {
		total = 10;
		server.answer = (request, response) => {
			const answer = request.url.includes('pageNum=3&')
				? refusal(429, 1102, 'Account balance not enough')
				: pages;
			answer(request, response);
		};
		const {code, stdout} = await kling(['video', 'list', '--all', '--limit', '2', '--ndjson'], {env});
		const lines = linesOf(stdout);
		expect(code).toBe(7);
		expect(ids(lines.slice(0, 4))).toEqual([0, 1, 2, 3].map(id));
		expect(lines).toHaveLength(5);
		expect(lines[4]).toMatchObject({success: false, error: {code: 'quota_exceeded', api_code: 1102}});
	});

	test('an error halfway leaves no partial document', async () => {
		total = 10;
		server.answer = (request, response) => {
			const answer = request.url.includes('pageNum=2&') ? json('<html>', 404) : pages;
			answer(request, response);
		};
		const error = await fails(['video', 'list', '--all', '--limit', '2'], 12, {env});
		expect(error.code).toBe('response_error');
	});

	test('control characters from a server stay escaped, on one line', async () => {
		server.answer = ok([{...task(0), task_status: 'failed', task_status_msg: 'a\n\u001B[31m\u0085b\u2028'}]);
		const {stdout} = await kling(['video', 'list', '-v', '--ndjson'], {env});
		expect(stdout).toContain(String.raw`"message":"a\n\u001b[31m\u0085b\u2028"`);
		expect(stdout.trimEnd().split('\n')).toHaveLength(1);
	});

	test('a reader that has seen enough ends it quietly', async () => {
		total = 5000;
		const child = startKling(['video', 'list', '--all', '--ndjson'], {env});
		await once(child.stdout ?? expect.fail('no stdout'), 'data');
		child.stdout?.destroy();
		const [code] = await once(child, 'close');
		expect(code).toBe(141);
	});

	test.each([
		['conflicting_input', ['--all', '--page', '2']],
		['conflicting_input', ['--page', '1', '--all']],
		['invalid_status', ['--status', 'done']],
		['invalid_status', ['--status', 'succeed,']],
		['invalid_status', ['--status', '']],
		['invalid_status', ['--status']],
		['invalid_since', ['--since', 'monday']],
		['invalid_since', ['--since', '0d']],
		['invalid_since', ['--since', '-2d']],
		['invalid_limit', ['--all', '--limit', '501']],
		['invalid_type', ['--type', 'everything']],
	])('%s: %j', async (code, flags) => {
		const error = await fails(['video', 'list', ...flags], 2, {env});
		expect(error.code).toBe(code);
		expect(server.seen).toEqual([]);
	});
});

describe('against the sandbox', () => {
	let sandbox: Sandbox;
	let env: Env;

	beforeAll(async () => {
		// At Kling's own speed nothing ends during a test.
		sandbox = await startSandbox({speed: 1});
		env = envOf(sandbox);
	});
	afterAll(() => sandbox.close());

	const list = async (...flags: string[]) => rowsOf(await succeeds(['video', 'list', ...flags], {env}));

	test.each([
		['failed', ['900000000000000103']],
		['processing,failed', ['900000000000000104', '900000000000000103']],
		[' succeed , failed ', ['900000000000000103', '900000000000000102', '900000000000000101']],
		['submitted', []],
	])('--status %j', async (statuses, expected) => {
		expect(ids(await list('--status', statuses))).toEqual(expected);
	});

	test.each([
		['10m', ['900000000000000104']],
		['300m', ['900000000000000104', '900000000000000103']],
		['1.5d', ['900000000000000104', '900000000000000103', '900000000000000102']],
	])('--since %s', async (span, expected) => {
		expect(ids(await list('--since', span))).toEqual(expected);
	});

	test('count is the number of tasks in the document', async () => {
		const document = await succeeds(['video', 'list', '--status', 'failed'], {env});
		expect(document.count).toBe(1);
	});

	test('-v adds everything known', async () => {
		const [running, failed, marked] = await list('-v');
		expect(Object.keys(running ?? {})).toEqual(['task_id', 'status', 'created_at', 'type', 'updated_at']);
		expect(Object.keys(failed ?? {})).toEqual([
			...['task_id', 'status', 'created_at', 'type', 'message', 'updated_at', 'units'],
		]);
		expect(failed?.message).toBe('Failure to pass the risk control system');
		expect(Object.keys(marked ?? {})).toEqual([
			...['task_id', 'status', 'created_at', 'video_id', 'duration', 'video_url', 'watermark_url'],
			...['type', 'updated_at', 'units'],
		]);
		expect(marked).toMatchObject({video_id: '900000000123456102', duration: '5.041', type: 'create'});
	});

	test('-v of add-sound adds the sound', async () => {
		const [row] = await list('-v', '-t', 'add-sound', '--status', 'succeed');
		expect(Object.keys(row ?? {})).toEqual([
			...['task_id', 'status', 'created_at', 'video_id', 'duration', 'video_url'],
			...['audio_mp3_url', 'audio_wav_url', 'type', 'updated_at', 'units'],
		]);
	});

	test.each([[[]], [['--all']], [['--all', '--limit', '2']]])(
		'--type all merges the types, newest first: %j',
		async (flags) => {
			const rows = await list('--type', 'all', ...flags);
			expect(rows).toHaveLength(21);
			for (const row of rows) expect(Object.keys(row)).toEqual(['task_id', 'status', 'created_at', 'type']);
			const times = rows.map(({created_at}) => Number(created_at));
			expect(times).toEqual([...times].sort((a, b) => b - a));
			expect(new Set(rows.map(({type}) => type))).toEqual(
				new Set(['create', 'text2video', 'image2video', 'extend', 'add-sound']),
			);
			expect(rows.find(({task_id}) => task_id === '900000000000000402')?.type).toBe('extend');
		},
	);

	test('--type all --ndjson is in the same order', async () => {
		const {stdout} = await kling(['video', 'list', '--type', 'all', '--all', '--ndjson', '--limit', '2'], {
			env,
		});
		expect(ids(linesOf(stdout))).toEqual(ids(await list('--type', 'all')));
	});

	test('--limit and --page apply to each type', async () => {
		const rows = await list('--type', 'all', '--limit', '1', '--page', '2');
		expect(ids(rows).sort()).toEqual([1, 2, 3, 4, 5].map((type) => `900000000000000${type}03`));
	});

	test('--human shows one table, whatever fields each task has', async () => {
		const {stdout} = await kling(['video', 'list', '-v', '--human'], {env});
		const [head = '', ...rows] = stdout.trimEnd().split('\n');
		expect(head).toMatch(
			/^task id +status +created +duration +message +type +video id +units +updated +video/,
		);
		expect(rows.splice(-2)).toEqual(['', '4 tasks']);
		expect(rows).toHaveLength(4);
		expect(rows[1]).toContain('Failure to pass the risk control system');
	});

	test('rejected credentials are a line with --ndjson', async () => {
		const {code, stdout} = await kling(['video', 'list', '--ndjson'], {env: {...env, KLING_ACCESS_KEY: 'x'}});
		expect(code).toBe(4);
		expect(linesOf(stdout)).toMatchObject([{success: false, error: {code: 'invalid_api_key'}}]);
	});
});
