import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type Env, fails, kling, succeeds} from './kling.js';

/* The newer standard of the API, through the built program: sandbox, API key, journals of their own. */

let sandbox: Sandbox;
let withKey: Env;
let withPair: Env;
const freshHome = () => mkdtempSync(path.join(tmpdir(), 'kling-newer-'));

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000, slots: 100});
	const {baseUrl, apiKey, accessKey, secretKey} = sandbox;
	withKey = {KLING_BASE_URL: baseUrl, KLING_API_KEY: apiKey, XDG_DATA_HOME: freshHome()};
	withPair = {
		KLING_BASE_URL: baseUrl,
		KLING_ACCESS_KEY: accessKey,
		KLING_SECRET_KEY: secretKey,
		XDG_DATA_HOME: freshHome(),
	};
});
afterAll(() => sandbox.close());

const wait = ['--wait', '--interval', '100ms', '-q'];

describe('with an API key', () => {
	test.each([
		['create', ['a fox'], '/omni-video/kling-3.0-omni'],
		['text2video', ['a fox', '--model', 'kling-2.6'], '/text-to-video/kling-2.6'],
		['text2video', ['a fox', '--model', 'kling-3.0-turbo'], '/text-to-video/kling-3.0-turbo'],
		['image2video', ['a fox', '--image', 'https://example.com/a.png'], '/image-to-video/kling-3.0'],
	])('%s %j goes to %s, and is waited for', async (type, words, address) => {
		const env = withKey;
		expect(await succeeds(['video', type, ...words, '--dry-run'], {env})).toMatchObject({
			api: 'tasks',
			url: sandbox.baseUrl + address,
		});
		const done = await succeeds(['video', type, ...words, '-v', ...wait], {env});
		expect(done).toMatchObject({status: 'succeed', api: 'tasks', type});
	});

	test('what only the older standard has is refused, and sent with --api v1', async () => {
		const env = withKey;
		const words = ['video', 'text2video', 'a fox', '--negative', 'people'];
		expect(await fails(words, 2, {env})).toMatchObject({
			code: 'conflicting_input',
			message: expect.stringContaining('--negative'),
			hint: expect.stringContaining('--api v1'),
		});
		expect(await succeeds([...words, '--api', 'v1', '-v'], {env})).toMatchObject({api: 'v1'});
		const set = {...env, KLING_API_STANDARD: 'v1'};
		expect(await succeeds([...words, '-v'], {env: set})).toMatchObject({api: 'v1'});
	});

	test('a profile selects the standard, unless --api or the environment does', async () => {
		const home = freshHome();
		const folder = path.join(home, 'kling-cli');
		const write = (api: string) => {
			const profiles = {
				default: {base_url: sandbox.baseUrl, api},
				pair: {base_url: sandbox.baseUrl, api: 'tasks'},
			};
			mkdirSync(folder, {recursive: true});
			writeFileSync(path.join(folder, 'config.json'), JSON.stringify({profiles}), {mode: 0o600});
			const {accessKey: access_key, secretKey: secret_key, apiKey: api_key} = sandbox;
			const keys = {profiles: {default: {api_key}, pair: {access_key, secret_key}}};
			writeFileSync(path.join(folder, 'credentials.json'), JSON.stringify(keys), {mode: 0o600});
		};
		const env = {XDG_CONFIG_HOME: home, XDG_DATA_HOME: freshHome()};
		const words = ['video', 'create', 'a fox', '-v'];
		write('v1');
		expect(await succeeds([...words, '--dry-run'], {env})).toMatchObject({api: 'v1'});
		expect(await succeeds(words, {env})).toMatchObject({api: 'v1'});
		expect(await succeeds([...words, '--api', 'auto'], {env})).toMatchObject({api: 'tasks'});
		const set = {...env, KLING_API_STANDARD: 'tasks'};
		expect(await succeeds(words, {env: set})).toMatchObject({api: 'tasks'});
		write('tasks');
		expect(await succeeds(words, {env})).toMatchObject({api: 'tasks'});
		expect(await fails(['image', 'create', 'a fox'], 2, {env})).toMatchObject({
			code: 'conflicting_input',
			hint: "The profile 'default' chooses --api tasks: add --api v1.",
		});
		const byVariable = {...env, KLING_API_STANDARD: 'tasks'};
		expect((await fails(['image', 'create', 'a fox'], 2, {env: byVariable})).hint).toBe(
			'KLING_API_STANDARD chooses --api tasks: add --api v1.',
		);
		expect((await fails(['image', 'create', 'a fox', '--api', 'tasks'], 2, {env})).hint).toBe(
			'Leave out --api tasks, or use --api v1.',
		);
		expect(await fails([...words, '--profile', 'pair'], 2, {env})).toMatchObject({code: 'conflicting_input'});
		write('newest');
		expect(await fails(words, 2, {env})).toMatchObject({code: 'invalid_config'});
	}, 30_000);

	test('an external id that is reused costs nothing, on either standard', async () => {
		const env = withKey;
		const words = ['video', 'text2video', 'a hare', '--external-id', 'hare-1', '-q'];
		const {task_id} = await succeeds(words, {env});
		expect((await succeeds(words, {env})).task_id).toBe(task_id);
		const again = await succeeds([...words, '--api', 'v1', '-v'], {env});
		expect(again.task_id).toBe(task_id);
		// Nothing was sent, so no standard was used for it.
		expect(again).not.toHaveProperty('api');
		// Another machine, whose journal does not know the task.
		const elsewhere = {...env, XDG_DATA_HOME: freshHome()};
		expect((await succeeds(words, {env: elsewhere})).task_id).toBe(task_id);
		expect(sandbox.tasks().filter(({externalId}) => externalId === 'hare-1')).toHaveLength(1);
	});

	test('tasks of any type are found without --type, many with few requests', async () => {
		const env = {...withKey, XDG_DATA_HOME: freshHome()};
		const ids = ['101', '201', '301', '401', '501'].map((end) => `900000000000000${end}`);
		for (const id of ids) {
			expect(await succeeds(['video', 'status', id], {env})).toMatchObject({task_id: id, status: 'succeed'});
		}
		const {stdout, stderr} = await kling(['video', 'status', ...ids, '--debug'], {env});
		expect(stdout.trim().split('\n')).toHaveLength(ids.length);
		expect(stderr.match(/GET [^ ]*\/tasks/g)).toHaveLength(1);
		const folder = freshHome();
		await succeeds(['video', 'download', '900000000000000301', '-o', `${folder}/`, '-q'], {env});
		expect(await fails(['video', 'status', '900000000000009999'], 9, {env})).toMatchObject({
			code: 'task_not_found',
			hint: expect.stringContaining('No task of any type'),
		});
	});

	test('the list is filtered by the server, and follows its cursors', async () => {
		const env = {...withKey, XDG_DATA_HOME: freshHome()};
		const all = await succeeds(['video', 'list', '--type', 'all', '--all', '--limit', '3', '-q'], {env});
		expect(Number(all.count)).toBeGreaterThan(10);
		const first = await succeeds(['video', 'list', '--type', 'all', '--limit', '2', '-q'], {env});
		const second = await succeeds(['video', 'list', '--type', 'all', '--limit', '2', '--page', '2', '-q'], {
			env,
		});
		const ids = (document: Record<string, unknown>) =>
			(document.tasks as {task_id: string}[]).map(({task_id}) => task_id);
		expect([...ids(first), ...ids(second)]).toEqual(ids(all).slice(0, 4));
		const failed = await succeeds(['video', 'list', '--type', 'all', '--status', 'failed', '-q'], {env});
		expect(Number(failed.count)).toBeGreaterThan(0);
		expect((failed.tasks as {status: string}[]).every(({status}) => status === 'failed')).toBe(true);
	});
});

describe('with a key pair', () => {
	test('the older standard is used, and the newer one refused with a hint', async () => {
		const env = withPair;
		const words = ['video', 'text2video', 'a fox', '--model', 'kling-3.0'];
		expect(await succeeds([...words, '--dry-run'], {env})).toMatchObject({
			api: 'v1',
			url: `${sandbox.baseUrl}/v1/videos/text2video`,
			body: {model_name: 'kling-v3'},
		});
		expect(await fails([...words, '--api', 'tasks'], 2, {env})).toMatchObject({
			message: expect.stringContaining('key pair'),
			hint: expect.stringContaining('API key'),
		});
		const turbo = ['video', 'text2video', 'a fox', '--model', 'kling-3.0-turbo'];
		expect(await fails(turbo, 2, {env})).toMatchObject({code: 'invalid_model'});
	});

	test('the paths of the types are tried for an unknown id', async () => {
		const env = {...withPair, XDG_DATA_HOME: freshHome()};
		const {type, task_id} = await succeeds(['video', 'status', '900000000000000501', '-v'], {env});
		expect({type, task_id}).toEqual({type: 'add-sound', task_id: '900000000000000501'});
		expect(await fails(['video', 'status', '900000000000009999'], 9, {env})).toMatchObject({
			code: 'task_not_found',
		});
	});

	test('a task that was made on the newer standard is found', async () => {
		const made = await succeeds(['video', 'text2video', 'a newt', '--external-id', 'newt-1', ...wait], {
			env: withKey,
		});
		const found = await succeeds(['video', 'status', String(made.task_id)], {env: withPair});
		expect(found).toMatchObject({task_id: made.task_id, status: 'succeed'});
	});
});
