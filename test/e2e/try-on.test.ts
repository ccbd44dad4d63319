import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type Env, envOf, fails, kling, succeeds} from './kling.js';

/* Virtual try-on, which has a lookup and a list of its own on the newer standard, through the built program. */

const cwd = mkdtempSync(path.join(tmpdir(), 'kling-try-on-'));
const person = 'https://images.example.invalid/person.jpg';
const product = 'https://images.example.invalid/shirt.jpg';
const both = ['--person', person, '--product', product];
let sandbox: Sandbox;
let env: Env;

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000});
	env = {
		...{KLING_BASE_URL: sandbox.baseUrl, KLING_API_KEY: sandbox.apiKey},
		XDG_DATA_HOME: path.join(cwd, 'data'),
	};
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => succeeds([...args, '-q'], {env, cwd});
const tryOn = (...args: string[]) => run('image', 'try-on', ...both, ...args);

test('is sent as documented, for an unknown price', async () => {
	const file = path.join(
		import.meta.dirname,
		'../fixtures/other/solutions.virtual-try-on.create.submitted.json',
	);
	const {path: place, body} = JSON.parse(readFileSync(file, 'utf8')).request;
	const options = {external_task_id: body.options.external_task_id};
	const sent = await tryOn('--no-keep-background', '--external-id', options.external_task_id, '--dry-run');
	expect(sent).toMatchObject({
		api: 'tasks',
		url: `${sandbox.baseUrl}${place}`,
		body: {...body, options},
		pack: 'image',
	});
	expect(sent).not.toHaveProperty('estimated_units');
	const marked = await tryOn('--watermark', '--callback-url', 'https://example.com/x', '--dry-run');
	expect(marked).toMatchObject({
		body: {options: {watermark: {enabled: true}, callback_url: 'https://example.com/x'}},
	});
});

test('waits, downloads, and is not paid for twice under one external id', async () => {
	const made = await tryOn('--external-id', 'mine', '--download', 'me.png');
	expect(made).toMatchObject({status: 'succeed', images: 1, file: path.join(cwd, 'me.png')});
	expect(readFileSync(path.join(cwd, 'me.png')).subarray(1, 4).toString()).toBe('PNG');
	const before = sandbox.tasks().length;
	expect(await tryOn('--external-id', 'mine')).toMatchObject({task_id: made.task_id});
	expect(sandbox.tasks()).toHaveLength(before);
});

test('is found by either id without --type, by a machine that did not submit it', async () => {
	const {task_id: id} = await tryOn('--external-id', 'theirs', '--wait');
	rmSync(path.join(cwd, 'data'), {recursive: true});
	for (const name of [String(id), 'theirs']) {
		expect(await run('video', 'status', name, '-v')).toMatchObject({task_id: id, type: 'image-try-on'});
	}
	expect(await run('video', 'download', 'theirs', '-o', 'found.png')).toMatchObject({
		file: path.join(cwd, 'found.png'),
	});
	const {code} = await kling(['video', 'status', 'nobodys-task'], {env, cwd});
	expect(code).toBe(9);
});

test('is listed by its type, and among all', async () => {
	const {task_id: id} = await tryOn('--wait');
	const {tasks} = await run('video', 'list', '--type', 'image-try-on', '--status', 'succeed', '-v');
	expect(tasks).toContainEqual(
		expect.objectContaining({task_id: id, type: 'image-try-on', status: 'succeed'}),
	);
	const all = await run('video', 'list', '--type', 'all', '--all');
	const rows = (all.tasks as {task_id: string}[]).filter(({task_id}) => task_id === id);
	expect(rows).toEqual([expect.objectContaining({type: 'image-try-on'})]);
	const failed = await run('video', 'list', '--type', 'image-try-on', '--status', 'failed');
	expect(failed).toMatchObject({count: 0});
});

test.each<[string[], RegExp]>([
	[['--person', person], /add --product URL/],
	[['--product', product], /add --person URL/],
	[['--person', 'me.jpg', '--product', product], /--person 'me.jpg' is not an http or https address/],
	[[...both, '--api', 'v1'], /exists on the newer standard of the API only/],
])('%s is refused before anything is sent', async (args, message) => {
	const before = sandbox.tasks().length;
	const error = await fails(['image', 'try-on', ...args, '-q'], 2, {env, cwd});
	expect(error.message).toMatch(message);
	expect(sandbox.tasks()).toHaveLength(before);
});

test('requires an API key, and tells users with a key pair; lists of all types work without it', async () => {
	const pair = {...envOf(sandbox), XDG_DATA_HOME: path.join(cwd, 'pair')};
	for (const args of [
		['image', 'try-on', ...both],
		['video', 'list', '--type', 'image-try-on'],
		['video', 'status', '900000000000000101', '--type', 'image-try-on'],
	]) {
		expect(await fails([...args, '-q'], 2, {env: pair, cwd})).toMatchObject({
			code: 'conflicting_input',
			message: 'image-try-on takes an API key: Kling refuses a key pair there',
		});
	}
	await succeeds(['video', 'list', '--type', 'all', '-q'], {env: pair, cwd});
});

test('with a budget of image units is submitted only on explicit request', async () => {
	await run('cost', 'budget', 'set', '1000', '--pack', 'image');
	const error = await fails(['image', 'try-on', ...both, '-q'], 7, {env, cwd});
	expect(error).toMatchObject({code: 'budget_exceeded', message: expect.stringContaining('is unknown')});
	await tryOn('--allow-unknown-price');
});
