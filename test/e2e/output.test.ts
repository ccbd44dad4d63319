import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, json, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {type Env, envOf, kling} from './kling.js';

/** What is written to stdout and stderr in each output mode. */
let sandbox: Sandbox;
let server: FakeServer;
let env: Env;
let fakeEnv: Env;
const cwd = mkdtempSync(path.join(tmpdir(), 'kling-output-'));

beforeAll(async () => {
	[sandbox, server] = await Promise.all([startSandbox({speed: 1}), startFakeServer()]);
	env = envOf(sandbox);
	fakeEnv = {KLING_BASE_URL: server.baseUrl, KLING_API_KEY: 'api-key-kling-test', KLING_API_STANDARD: 'v1'};
});
afterAll(() => Promise.all([sandbox.close(), server.close()]));

const video = (...args: string[]) => kling(['video', ...args], {env, cwd});

describe('--human', () => {
	test('status: one line for each fact', async () => {
		expect(await video('status', '900000000000000101', '--human')).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(
				/^task id: {2}900000000000000101\nstatus: {3}succeed\nvideo id: 900000000123456101\nduration: 5\.041 s\ntype: {5}create\ncreated: {2}20\d\d-\S+Z\n/,
			),
			stderr: '',
		});
	});

	test('list: aligned columns with a heading, and readable times', async () => {
		const {code, stdout, stderr} = await video('list', '--human');
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		const [heading = '', ...rows] = stdout.trimEnd().split('\n');
		expect(heading).toMatch(/^task id +status +created +duration +message +type +video id +units +updated$/);
		expect(rows.splice(-2)).toEqual(['', '4 tasks']);
		expect(rows).toHaveLength(4);
		for (const row of rows) {
			expect(row.indexOf(row.split(/ +/)[1] ?? '?')).toBe(heading.indexOf('status'));
			expect(row).toMatch(/^\d{18} +(processing|failed|succeed) +20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ /);
		}
	});

	test('an empty list, and download', async () => {
		const [list, download] = await Promise.all([
			video('list', '--page', '900', '--human'),
			video('download', '900000000000000101', '-o', 'human.mp4', '--human'),
		]);
		expect(list).toMatchObject({code: 0, stdout: 'No tasks\n', stderr: ''});
		const file = path.join(cwd, 'human.mp4');
		expect(download).toMatchObject({
			code: 0,
			stdout: `task id:    900000000000000101\nfile:       ${file}\nsize:       113 kB\nduration:   5.04 s\nresolution: 1280x720\n`,
			stderr: '',
		});
	});

	test('errors go to stderr, with the hint, and stdout stays empty', async () => {
		const [notFound, usage, noKeys, unknown] = await Promise.all([
			video('status', '900000000000009999', '--human'),
			video('list', '--limit', '0', '--human'),
			kling(['video', 'list', '--human']),
			kling(['vidoe', 'list', '--human']),
		]);
		expect(notFound).toMatchObject({code: 9, stdout: ''});
		expect(notFound.stderr).toMatch(/^Error: .*900000000000009999.* \(task_not_found\)\n.*--type.*\n$/);
		expect(usage).toMatchObject({code: 2, stdout: ''});
		expect(usage.stderr).toMatch(/^Error: --limit '0' .* \(invalid_limit\)\n.+\n$/);
		expect(noKeys).toMatchObject({code: 4, stdout: ''});
		expect(noKeys.stderr).toMatch(/^Error: No Kling credentials are set \(missing_api_key\)\n/);
		expect(unknown).toMatchObject({code: 2, stdout: ''});
		expect(unknown.stderr).toMatch(/kling video list/);
	});
});

test('JSON is the default; --json requests it explicitly and beats --human; KLING_HUMAN is for terminals', async () => {
	const status = ['video', 'status', '900000000000000101'];
	const [plain, ...others] = await Promise.all([
		kling(status, {env}),
		kling([...status, '--json'], {env}),
		kling([...status, '--human', '--json'], {env}),
		kling(['video', 'status', '--json', '--human', '900000000000000101'], {env}),
		kling(status, {env: {...env, KLING_HUMAN: '1'}}),
	]);
	expect(JSON.parse(plain?.stdout ?? '')).toMatchObject({success: true, status: 'succeed'});
	for (const other of others) expect(other).toEqual(plain);
});

test('a flag before the command gets an explanation', async () => {
	const [json, human] = await Promise.all([
		kling(['--json', 'video', 'list']),
		kling(['--human', 'video', 'list']),
	]);
	expect(json.code).toBe(2);
	expect(JSON.parse(json.stdout).error).toMatchObject({
		code: 'unknown_command',
		hint: expect.stringContaining('`kling video list --json`'),
	});
	expect(human).toMatchObject({code: 2, stdout: ''});
	expect(human.stderr).toContain('`kling video list --human`');
});

test('notes go to stderr and --quiet silences them', async () => {
	server.answer = (request, response) => {
		// The response to the submission is lost; the task exists.
		if (request.method === 'POST') return response.destroy();
		const task_info = {external_task_id: request.url.split('/').at(-1)};
		return ok({task_id: 't1', task_status: 'submitted', task_info})(request, response);
	};
	const [loud, quiet, short] = await Promise.all([
		kling(['video', 'extend', 'v1'], {env: fakeEnv}),
		kling(['video', 'extend', 'v1', '--quiet'], {env: fakeEnv}),
		kling(['video', 'extend', 'v1', '-q'], {env: fakeEnv}),
	]);
	expect(loud.stderr).toMatch(/^The response was lost; .* external id \S+\n$/);
	for (const {code, stderr, stdout} of [quiet, short]) {
		expect({code, stderr, stdout}).toEqual({code: 0, stderr: '', stdout: loud.stdout});
	}
});

test('nothing on a pipe contains an escape code, except text for people with FORCE_COLOR', async () => {
	const forced = {...env, FORCE_COLOR: '1', CLICOLOR_FORCE: '1'};
	const plain = [
		['video', 'list'],
		['video', 'status', '900000000000000103'],
		['video', 'status', 'x', '--type', 'movie'],
		['video', 'download', '900000000000000101', '-o', 'colour.mp4', '-v'],
		['frobnicate'],
		['help', 'frobnicate'],
	].map((args) => kling(args, {env: forced, cwd}));
	const human = [
		['video', 'list', '--human'],
		['video', 'status', '900000000000000103', '--human'],
	];
	plain.push(...human.map((args) => kling(args, {env, cwd})));
	for (const {stdout, stderr} of await Promise.all(plain)) expect(stdout + stderr).not.toContain('\u001B');
	const [list, failed] = await Promise.all(human.map((args) => kling(args, {env: forced, cwd})));
	expect(list?.stdout).toContain('\u001B[32msucceed\u001B[39m');
	expect(failed).toMatchObject({stdout: '', stderr: expect.stringMatching(/^\u001B\[31mError:\u001B\[39m /)});
});

describe('hostile text in responses never reaches a terminal unescaped', () => {
	/** ESC, CR, BEL, backspace, DEL, a C1 control, the right-to-left override and an isolate. */
	const evil = 'x\u001B[2J\u001B]0;title\u0007\r\b\u007F\u009B31m\u202Egpj\u2066\u2028end\nnext';
	const raw = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/;

	beforeEach(() => {
		server.seen = [];
	});

	const task = {task_id: `t${evil}`, task_status: `new${evil}`, created_at: 1, updated_at: 1};
	const done = {
		...task,
		task_status: 'succeed',
		task_result: {videos: [{id: evil, url: `https://${evil}`, duration: evil}]},
	};
	test.each<[string, FakeServer['answer'], string[]]>([
		['the message of a refusal', refusal(400, 1201, evil), ['status', 'x']],
		[
			'the reason of a failed task',
			ok({...task, task_status: 'failed', task_status_msg: evil}),
			['status', 'x'],
		],
		['a status never seen before', ok(task), ['status', 'x', '-v']],
		['a finished task', ok(done), ['status', 'x', '-v']],
		['a list', ok([task, task]), ['list']],
		['a link', ok(done), ['download', 'x', '-o', 'evil.mp4']],
		['a new task', ok(task), ['extend', 'v1']],
		['what is no JSON', json(`<html>${evil}`), ['list']],
		['a key in the wrong place', ok({[evil]: 1}), ['list']],
		['the request id', json({code: 1201, message: 'no', request_id: evil}, 400), ['status', 'x']],
	])('%s', async (_, answer, args) => {
		server.answer = answer;
		const [plain, human] = await Promise.all([
			kling(['video', ...args], {env: fakeEnv, cwd}),
			kling(['video', ...args, '--human'], {env: fakeEnv, cwd}),
		]);
		expect(server.seen.length).toBeGreaterThan(1);
		expect(plain.stdout + plain.stderr).not.toMatch(raw);
		expect(human.stdout + human.stderr).not.toMatch(raw);
		expect(human.code).toBe(plain.code);
		// One document, all of whose line breaks are its own.
		expect(() => JSON.parse(plain.stdout)).not.toThrow();
	});

	test('nor does what the user typed', async () => {
		const commands = [[`frob${evil}`], ['video', 'status', `a${evil}`], ['video', 'list', `--type=${evil}`]];
		commands.push(
			['video', 'list', `--no${evil}`],
			['help', evil],
			['video', 'download', 'x', '-o', `${evil}.wav`],
		);
		for (const args of commands) {
			const [plain, human] = await Promise.all([
				kling(args, {env, cwd}),
				kling([...args, '--human'], {env, cwd}),
			]);
			expect(plain.stdout + plain.stderr).not.toMatch(raw);
			expect(human.stdout + human.stderr).not.toMatch(raw);
		}
	});
});

describe('--raw', () => {
	test.each([
		['task_id', '900000000000000101\n'],
		['[task_id, status]', '900000000000000101\nsucceed\n'],
		['length(task_id)', '18\n'],
		['[?missing]', 'null\n'],
		["[task_id][?@=='x']", ''],
		['success', 'true\n'],
	])('%s', async (query, stdout) => {
		const args = ['status', '900000000000000101', '--query', query, '--raw'];
		expect(await video(...args)).toMatchObject({code: 0, stdout, stderr: ''});
	});

	test('an object stays JSON, and so does a failure', async () => {
		const object = await video('status', '900000000000000101', '--query', '{id: task_id}', '--raw');
		expect(JSON.parse(object.stdout)).toEqual({id: '900000000000000101'});
		const failure = await video('status', '900000000000000999', '--query', 'task_id', '--raw');
		expect(failure.code).toBe(9);
		expect(JSON.parse(failure.stdout)).toMatchObject({success: false, error: {code: 'task_not_found'}});
	});

	test('several tasks give a line each', async () => {
		const ids = ['900000000000000101', '900000000000000102'];
		const {code, stdout} = await video('wait', ...ids, '--query', 'task_id', '--raw');
		expect(code).toBe(0);
		expect(stdout.trim().split('\n').sort()).toEqual(ids);
	});

	test('without --query there is nothing to select', async () => {
		const {code, stdout} = await video('status', '900000000000000101', '--raw');
		expect(code).toBe(2);
		expect(JSON.parse(stdout).error).toMatchObject({code: 'invalid_flag'});
		expect(stdout).toContain('--query');
	});

	test('the next command accepts the id that a submission prints', async () => {
		const {stdout: id} = await video('create', 'a fox', '-q', '--query', 'task_id', '--raw');
		expect(id).toMatch(/^\d{18}\n$/);
		expect((await video('status', id.trim())).code).toBe(0);
	});
});
