import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {type Env, envOf, fails, kling, succeeds} from './kling.js';

/** Tables, --query and --csv, as the built command prints them. */
let sandbox: Sandbox;
let server: FakeServer;
let env: Env;
let fakeEnv: Env;
const cwd = mkdtempSync(path.join(tmpdir(), 'kling-human-'));

beforeAll(async () => {
	[sandbox, server] = await Promise.all([startSandbox({speed: 1}), startFakeServer()]);
	env = {...envOf(sandbox), XDG_DATA_HOME: cwd};
	fakeEnv = {KLING_BASE_URL: server.baseUrl, KLING_API_KEY: 'api-key-kling-test', KLING_API_STANDARD: 'v1'};
});
afterAll(() => Promise.all([sandbox.close(), server.close()]));

const video = (...args: string[]) => kling(['video', ...args], {env, cwd});

describe('--human', () => {
	test('a list fits the given width', async () => {
		const list = (COLUMNS: string) => kling(['video', 'list', '--human'], {env: {...env, COLUMNS}});
		const [narrow, wide] = await Promise.all([list('60'), list('200')]);
		expect(Math.max(...narrow.stdout.split('\n').map(({length}) => length))).toBeLessThanOrEqual(60);
		expect(narrow.stdout).toMatch(/^task id {13}status {6}created {5}duration\n/);
		expect(wide.stdout).toContain('Failure to pass the risk control system');
	});

	test('several tasks are one line each, and errors name their task', async () => {
		expect(await video('status', '900000000000000101', '900000000000000103', '--human')).toMatchObject({
			code: 3,
			stdout: '900000000000000101  succeed     900000000123456101  5.041 s\n',
			stderr: expect.stringMatching(/^Error: .+ \(content_policy, task 900000000000000103\)\n.+\n$/),
		});
	});

	test('a failed reconcile prints its table, and the error on stderr', async () => {
		const data = mkdtempSync(path.join(tmpdir(), 'kling-reconcile-'));
		const own = {...fakeEnv, XDG_DATA_HOME: data};
		server.answer = ok({task_id: 't1', task_status: 'submitted'});
		await kling(['video', 'extend', 'v1', '--external-id', 'campaign-1'], {env: own});
		server.answer = refusal(401, 1002, 'no such key');
		const {code, stdout, stderr} = await kling(['video', 'reconcile', '--human'], {env: own});
		expect(code).toBe(4);
		expect(stderr).toMatch(/^Error: .*no such key.* \(invalid_api_key.*\)\n.+\n$/);
		expect(stdout).toMatch(/^external id {2}error .*\ncampaign-1 .*no such key.*\n\n1 submission\n$/);
	});
});

test('history marks a status as the last one seen while it may still change', async () => {
	const fast = await startSandbox({speed: 1000});
	try {
		const there = {...envOf(fast), XDG_DATA_HOME: mkdtempSync(path.join(tmpdir(), 'kling-last-seen-'))};
		const {task_id: id} = await succeeds(['video', 'create', 'a fox'], {env: there});
		const seen = await kling(['video', 'history', '--human'], {env: there});
		expect(seen.stderr).toBe(
			'A status is the last one seen here; to ask Kling: kling video history --refresh\n',
		);
		const forPrograms = await kling(['video', 'history'], {env: there});
		expect(forPrograms.stderr).toBe('');
		await kling(['video', 'wait', String(id), '--interval', '50ms'], {env: there});
		const ended = await kling(['video', 'history', '--human'], {env: there});
		expect(ended).toMatchObject({code: 0, stderr: '', stdout: expect.stringContaining('succeed')});
	} finally {
		await fast.close();
	}
});

describe('--query', () => {
	test('selects a part of the document, as JSON', async () => {
		const [list, status, none] = await Promise.all([
			video('list', '--query', 'tasks[?status==`failed`].task_id'),
			video('status', '900000000000000101', '--query', '{id: task_id, state: status}'),
			video('status', '900000000000000101', '--query', 'nothing'),
		]);
		expect(list).toMatchObject({code: 0, stdout: '[\n  "900000000000000103"\n]\n', stderr: ''});
		expect(status.stdout).toBe('{\n  "id": "900000000000000101",\n  "state": "succeed"\n}\n');
		expect(none).toMatchObject({code: 0, stdout: 'null\n'});
	});

	test('applies to each line of many, and never to a failure', async () => {
		const [many, lines, failed] = await Promise.all([
			video('status', '900000000000000101', '900000000000000103', '--query', 'status'),
			video('list', '--ndjson', '--query', 'task_id'),
			fails(['video', 'status', '900000000000000103', '--query', 'status'], 3, {env}),
		]);
		const [first, second = ''] = many.stdout.split('\n').sort();
		expect([first, second]).toEqual(['', '"succeed"']);
		expect(many.stdout).toContain('"code":"content_policy"');
		expect(many.code).toBe(3);
		expect(lines.stdout.split('\n')[0]).toBe('"900000000000000104"');
		expect(failed.code).toBe('content_policy');
	});

	test('for people: bare values, and the query’s own columns', async () => {
		const [status, rows] = await Promise.all([
			video('status', '900000000000000101', '--query', 'status', '--human'),
			video('list', '--human', '--query', "tasks[?status=='failed'].{state: status, id: task_id}"),
		]);
		expect(status.stdout).toBe('succeed\n');
		expect(rows.stdout).toBe('state   id\nfailed  900000000000000103\n');
	});

	test('an invalid expression is refused before anything is sent', async () => {
		server.seen = [];
		const [broken, empty, unknown] = await Promise.all([
			fails(['video', 'extend', 'v1', '--query', 'task_id['], 2, {env: fakeEnv}),
			fails(['video', 'extend', 'v1', '--query', ''], 2, {env: fakeEnv}),
			fails(['video', 'extend', 'v1', '--query', 'sums(task_id)'], 2, {env: fakeEnv}),
		]);
		for (const {code} of [broken, empty, unknown]) expect(code).toBe('invalid_query');
		expect(unknown.message).toContain('Unknown function: sums()');
		expect(server.seen).toEqual([]);
	});

	test('one that matches no document of the command is refused before anything is paid for', async () => {
		server.seen = [];
		const error = await fails(['video', 'extend', 'v1', '--query', 'sum(status)'], 2, {env: fakeEnv});
		expect(error.code).toBe('invalid_query');
		expect(server.seen).toEqual([]);
	});

	test('one that fails only on the actual document is not a usage error: a task was paid for', async () => {
		const videos = [{url: 'https://kling.invalid/x.mp4'}];
		const task_result = {videos};
		server.answer = ok({task_id: 't1', task_status: 'succeed', task_result});
		const line = ['video', 'extend', 'v1', '--wait', '--query', 'length(video_id)'];
		const error = await fails(line, 12, {env: fakeEnv});
		expect(error).toMatchObject({code: 'query_failed', task_id: 't1', retryable: false});
		expect(error.hint).toContain('kling video status t1');
	});
});

describe('--csv', () => {
	const page = [
		{task_id: '1', task_status: 'succeed', created_at: 1_790_000_000_000},
		{task_id: '2', task_status: 'failed', task_status_msg: 'no, "really"', created_at: 1_780_000_000_000},
	];

	test('list: a header line, then a line for each task; --verbose has the same columns for all', async () => {
		server.answer = ok(page);
		const [plain, verbose] = await Promise.all([
			kling(['video', 'list', '--csv'], {env: fakeEnv}),
			kling(['video', 'list', '--csv', '-v'], {env: fakeEnv}),
		]);
		expect(plain).toMatchObject({
			code: 0,
			stdout: 'task_id,status,created_at\n1,succeed,1790000000000\n2,failed,1780000000000\n',
			stderr: '',
		});
		expect(verbose.stdout).toBe(
			'task_id,status,created_at,video_id,duration,video_url,watermark_url,audio_mp3_url,audio_wav_url,type,external_task_id,message,updated_at,units\n' +
				'1,succeed,1790000000000,,,,,,,create,,,,\n' +
				'2,failed,1780000000000,,,,,,,create,,"no, ""really""",,\n',
		);
	});

	test('--all prints what arrived; the error that ends it goes to stderr, as JSON', async () => {
		server.answer = (request, response) => {
			const isFirst = request.url.includes('pageNum=1&');
			(isFirst ? ok(page) : refusal(401, 1002, 'key withdrawn'))(request, response);
		};
		const {code, stdout, stderr} = await kling(['video', 'list', '--all', '--csv', '--limit', '2'], {
			env: fakeEnv,
		});
		expect(code).toBe(4);
		expect(stdout.split('\n')).toHaveLength(4);
		expect(JSON.parse(stderr)).toMatchObject({success: false, error: {code: 'invalid_api_key'}});
	});

	test('nothing on stdout when there was an error; only the header for an empty list', async () => {
		server.answer = ok([]);
		const [wrong, none] = await Promise.all([
			kling(['video', 'list', '--csv', '--limit', '0'], {env: fakeEnv}),
			kling(['video', 'list', '--csv'], {env: fakeEnv}),
		]);
		expect(wrong).toMatchObject({code: 2, stdout: ''});
		expect(JSON.parse(wrong.stderr).error.code).toBe('invalid_limit');
		expect(none.stdout).toBe('task_id,status,created_at\n');
	});

	test('history: prompts as they were typed', async () => {
		const prompt = '=1+1, "a fox"\nin snow';
		const {task_id: id} = await succeeds(['video', 'create', prompt, '--external-id', 'csv-1'], {env});
		const {code, stdout} = await video('history', '--csv');
		expect(code).toBe(0);
		expect(stdout).toMatch(
			new RegExp(
				`^task_id,status,created_at,type,prompt,external_task_id\n${id},submitted,\\d{13},create,"=1\\+1, ""a fox""\nin snow",csv-1\n$`,
			),
		);
	});

	test('excludes other formats, and is for lists only', async () => {
		const csv = (...more: string[]) => video('list', '--csv', ...more);
		const all = await Promise.all([csv('--human'), csv('--query', 'x'), csv('--ndjson'), csv('--json')]);
		expect(all.map(({code, stdout}) => [code, stdout])).toEqual(Array(4).fill([2, '']));
		expect(all[0]?.stderr).toMatch(/^Error: Both --csv and --human were given \(conflicting_input\)\n/);
		for (const {stderr} of all.slice(1)) expect(JSON.parse(stderr).error.code).toBe('conflicting_input');
		expect(await fails(['video', 'status', 'x', '--csv'], 2, {env})).toMatchObject({code: 'invalid_flag'});
	});
});
