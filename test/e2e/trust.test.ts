import {chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {ok} from '../support/fake-server.js';
import {fails, kling, succeeds} from './kling.js';
import {serveTask} from './served-task.js';

/** What a server, a proxy or another user of the machine could try. */
describe('a clip of which little is known', () => {
	test.each([
		['no duration', {id: 'v1'}],
		['no id', {duration: '5.1'}],
		['neither', {}],
		['both of another kind', {id: ['v1'], duration: {}}],
	])('--download needs no field but the link: %s', async (_, clip) => {
		const {api, server, cwd, env, file} = await serveTask();
		api.answer = (request, response) => {
			const done = {task_status: 'succeed', task_result: {videos: [{...clip, url: server.url}]}};
			ok({task_id: 't1', ...(request.method === 'POST' ? {task_status: 'submitted'} : done), task_info: []})(
				request,
				response,
			);
		};
		const document = await succeeds(['video', 'extend', 'v1', '--download', file, '-q'], {env, cwd});
		expect(document).toMatchObject({success: true, task_id: 't1', status: 'succeed', file});
		expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
	});
});

describe('a task that succeeded', () => {
	test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
		['no duration', {id: 'v1'}, {video_id: 'v1'}],
		['no id', {duration: '5.1'}, {duration: '5.1'}],
		['neither', {}, {}],
		['both of another kind', {id: ['v1'], duration: {}}, {}],
	])('is shown by status and wait with what is known about its clip: %s', async (_, clip, known) => {
		const {api, server, cwd, env} = await serveTask();
		api.answer = ok({
			...{task_id: 't1', task_status: 'succeed'},
			task_result: {videos: [{...clip, url: server.url}]},
		});
		for (const command of ['status', 'wait']) {
			const document = await succeeds(['video', command, 't1', '--type', 'create', '-q'], {env, cwd});
			expect(document).toEqual({success: true, task_id: 't1', status: 'succeed', ...known});
		}
	});
});

describe('config.json, whose address the keys are sent to', () => {
	const write = (mode: number) => {
		const config = mkdtempSync(path.join(tmpdir(), 'kling-config-'));
		mkdirSync(path.join(config, 'kling-cli'));
		const file = path.join(config, 'kling-cli', 'config.json');
		writeFileSync(file, '{"profiles":{}}');
		chmodSync(file, mode);
		return {env: {XDG_CONFIG_HOME: config}, file};
	};

	test.each([0o666, 0o620, 0o602])('is closed to others who could change it: %s', async (mode) => {
		const {env, file} = write(mode);
		await succeeds(['auth', 'list'], {env});
		expect(statSync(file).mode & 0o777).toBe(0o600);
	});

	test('is unchanged if others can only read it', async () => {
		const {env, file} = write(0o644);
		await succeeds(['auth', 'list'], {env});
		expect(statSync(file).mode & 0o777).toBe(0o644);
	});
});

test.each(['0s', '25d', '99999999999d', '1e9s'])('a --timeout of %s is refused', async (timeout) => {
	expect((await fails(['video', 'wait', 't1', '--timeout', timeout], 2)).code).toBe('invalid_timeout');
});

describe('a token that the server echoes with escapes', () => {
	test.each([/\./g, /[.-]/g])('is hidden: %s', async (escaped) => {
		const {api, env, cwd} = await serveTask();
		const pair = {KLING_API_KEY: undefined, KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: 'secret-DO-NOT-SHOW'};
		let token = '';
		api.answer = ({headers}, response) => {
			token = (headers.authorization ?? '').replace('Bearer ', '');
			const echo = token.replaceAll(escaped, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
			response.writeHead(400).end(JSON.stringify({code: 1200, message: `seen ${echo} and ${token}`}));
		};
		const {stdout, stderr} = await kling(['api', '/v1/videos/text2video'], {env: {...env, ...pair}, cwd});
		const [head = '', claims = '', signature = ''] = token.split('.');
		for (const part of [head, claims, signature]) expect(stdout + stderr).not.toContain(part);
		expect(stdout).toContain('seen [hidden] and [hidden]');
	});
});

describe('a task that has failed when Kling responds to its submission', () => {
	test.each([[[]], [['--wait']]])('is a failure with its reason and its ids: %j', async (flags) => {
		const {api, cwd, env} = await serveTask();
		api.answer = (request, response) => {
			const name = request.method === 'POST' ? JSON.parse(request.body).external_task_id : 'mine';
			const failed = {task_status: 'failed', task_status_msg: 'the picture is too dark'};
			ok({task_id: 't1', task_info: {external_task_id: name}, ...failed})(request, response);
		};
		const line = ['video', 'create', 'a fox', '--external-id', 'mine', '-q', ...flags];
		expect(await fails(line, 3, {env, cwd})).toMatchObject({
			...{code: 'task_failed', message: 'the picture is too dark'},
			...{task_id: 't1', external_task_id: 'mine'},
		});
		expect(api.seen.filter(({method}) => method === 'POST')).toHaveLength(1);
	});
});
