import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type FakeServer, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {type Env, fails, kling, succeeds} from './kling.js';

/** What `kling video history` lists for four submissions, and how it refreshes them. */
let server: FakeServer;
let env: Env;
const id = (index: number) => `90000000000000000${index}`;
const names = ['first', 'second', 'third', 'fourth'];

type Row = Record<string, unknown>;
const history = async (...args: string[]) =>
	(await succeeds(['video', 'history', ...args], {env})) as {
		tasks: Row[];
		count: number;
		has_more: boolean;
	} & Row;
const prompts = ({tasks}: {tasks: Row[]}) => tasks.map(({prompt}) => prompt);

beforeAll(async () => {
	server = await startFakeServer();
	env = {
		KLING_BASE_URL: server.baseUrl,
		KLING_ACCESS_KEY: 'ak-test',
		KLING_SECRET_KEY: 'sk-test',
		XDG_DATA_HOME: mkdtempSync(path.join(tmpdir(), 'kling-history-')),
	};
	for (const [index, name] of names.entries()) {
		server.answer = ok({task_id: id(index), task_status: 'submitted'});
		await succeeds(['video', index === 0 ? 'create' : 'text2video', name, '--duration', '5'], {env});
	}
});
afterAll(() => server.close());

test('says that there is more, for programs and for people', async () => {
	const document = await history('--limit', '3');
	expect(Object.keys(document)).toEqual(['success', 'tasks', 'count', 'has_more']);
	expect(document).toMatchObject({count: 3, has_more: true});
	expect(prompts(document)).toEqual(['fourth', 'third', 'second']);
	expect(await history('--limit', '4')).toMatchObject({count: 4, has_more: false});
	expect(await history('--all')).toMatchObject({count: 4, has_more: false});
	const {stdout} = await kling(['video', 'history', '--limit', '3', '--human'], {env});
	expect(stdout).toMatch(/\n3 of 4, more with --limit\n$/);
	expect(await fails(['video', 'history', '--all', '--limit', '3'], 2, {env})).toMatchObject({
		code: 'invalid_limit',
	});
});

test('--type, --status and --since select', async () => {
	expect(prompts(await history('--type', 'create'))).toEqual(['first']);
	expect(await history('--type', 'create', '--status', 'succeed,failed')).toMatchObject({count: 0});
	for (const since of ['today', 'yesterday', '1h', '2026-01-01', '2026-01-01T12:00Z']) {
		expect(await history('--since', since)).toMatchObject({count: 4});
	}
	expect(await history('--since', '2999-01-01')).toMatchObject({count: 0});
	for (const wrong of ['2', '2026-02-30', '20/11/2026', 'monday']) {
		expect(await fails(['video', 'history', '--since', wrong], 2, {env})).toMatchObject({
			code: 'invalid_since',
			hint: expect.stringContaining('2026-11-20'),
		});
	}
	for (const command of [
		['video', 'list'],
		['cost', 'report'],
		['gallery', 'build'],
	]) {
		expect(await fails([...command, '--since', '2'], 2, {env})).toMatchObject({code: 'invalid_since'});
	}
});

test('--refresh sends one request for all tasks of a type; -v shows everything known', async () => {
	server.seen = [];
	server.answer = (request, response) => {
		const task = (index: number, more: object) => ({task_id: id(index), ...more});
		const result = {videos: [{id: '1', url: 'https://example.com/a.mp4', duration: '5'}]};
		const done = {task_status: 'succeed', task_result: result, final_unit_deduction: '2.5'};
		const failed = {task_status: 'failed', task_status_msg: 'no foxes today'};
		if (request.url.includes(id(0))) ok(task(0, {task_status: 'processing'}))(request, response);
		else if (request.url.includes('text2video')) {
			ok([task(3, failed), task(2, done), task(1, done)])(request, response);
		} else refusal(404, 1203, 'not here')(request, response);
	};
	const document = await history('--refresh', '-v');
	expect(server.seen.map(({method, url}) => [method, url.replace(/\?.*/, '')]).sort()).toEqual([
		['GET', `/v1/videos/omni-video/${id(0)}`],
		['GET', '/v1/videos/text2video'],
	]);
	expect(document.total).toBe(4);
	expect(document.tasks).toMatchObject([
		{status: 'failed', message: 'no foxes today', duration: '5'},
		{status: 'succeed', units: '2.5'},
		{status: 'succeed'},
		{status: 'processing', type: 'create'},
	]);
	server.seen = [];
	expect(prompts(await history('--status', 'failed'))).toEqual(['fourth']);
	expect(server.seen).toEqual([]);
});

test('--refresh reports the tasks that it could not refresh', async () => {
	server.answer = refusal(400, 1201, 'Task not found by id');
	const {code, stderr} = await kling(['video', 'history', '--refresh'], {env});
	expect([code, stderr]).toEqual([0, expect.stringMatching(/^Warning: .*Task not found/)]);
});

test.each([
	['wait', id(1), '--timeout', '1'],
	['wait', id(1), '--interval', '5'],
	['status', id(1), '--request-timeout', '3'],
])('a time without a unit is refused: %s %s %s %s', async (...args) => {
	const error = await fails(['video', ...args], 2, {env});
	expect(error).toMatchObject({code: expect.stringMatching(/^invalid_(timeout|interval)$/)});
	expect(error.hint).toContain('a number and a unit');
});

test('list: the reason of a failure and the type stay in 80 columns; a full page says that there is more', async () => {
	const task = (index: number) => ({
		task_id: id(index),
		task_status: 'failed',
		task_status_msg: 'Failure to pass the risk control system',
		created_at: 1_790_000_000_000 - index,
	});
	server.answer = (request, response) => {
		const [, type = ''] = /videos\/(\w+)/.exec(request.url) ?? [];
		const tasks = {text2video: [task(1), task(2)], image2video: [task(3)]}[type];
		ok(tasks ?? [])(request, response);
	};
	const args = ['video', 'list', '--type', 'all', '--status', 'failed', '--limit', '2', '--human'];
	const {stdout} = await kling(args, {env: {...env, COLUMNS: '80'}});
	expect(stdout).toMatch(/^task id +status +created +message +type\n/);
	expect(stdout).toMatch(/Failure to .* text2video\n/);
	expect(stdout).toMatch(/\n3 tasks, more with --limit\n$/);
	const narrow = await kling(args, {env: {...env, COLUMNS: '60'}});
	expect(narrow.stdout).toContain('text2video');
});
