import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type Env, envOf, fails, kling, runJs, succeeds} from './kling.js';

/** File names, ids that are clearly something else, and words that cannot be decoded. */
let sandbox: Sandbox;
let env: Env;
const cwd = mkdtempSync(path.join(tmpdir(), 'kling-names-'));

beforeAll(async () => {
	sandbox = await startSandbox({speed: 10_000, slots: 50});
	env = {...envOf(sandbox), XDG_DATA_HOME: mkdtempSync(path.join(tmpdir(), 'kling-names-data-'))};
});
afterAll(() => sandbox.close());

test('a file is named by external id, prompt, model and number', async () => {
	const words = ['video', 'text2video', 'A red fox / in the SNOW, at dawn, by a frozen lake!'];
	const flags = ['--model', 'kling-v2-6', '--external-id', 'fox-1', '--interval', '20ms'];
	const template = '{external_id}_{prompt}_{model}_{n}.{ext}';
	const made = await succeeds([...words, ...flags, '--download', template], {env, cwd});
	const name = 'fox-1_a-red-fox-in-the-snow-at-dawn-by-a-froze_kling-v2-6_1.mp4';
	expect(readdirSync(cwd)).toContain(name);
	const later = await succeeds(
		['video', 'download', String(made.task_id), '-o', `later/${template}`, '--type', 'text2video'],
		{env, cwd},
	);
	expect(path.basename(String(later.file))).toBe(name);
});

test('an id that is clearly something else is refused before a request', async () => {
	const {task_id: id, video_id: clip} = await succeeds(
		['video', 'create', 'a fox', '--wait', '--interval', '20ms'],
		{env},
	);
	expect(await fails(['video', 'status', String(clip)], 2, {env})).toMatchObject({
		code: 'invalid_task_id',
		message: expect.stringContaining(`it is the video of task ${id}`),
		hint: expect.stringContaining(`kling video status ${id}`),
	});
	expect(await fails(['video', 'wait', '12345'], 2, {env})).toMatchObject({code: 'invalid_task_id'});
	await succeeds(['video', 'create', 'a fox', '--external-id', '777'], {env});
	await succeeds(['video', 'status', '777'], {env});
});

test('without -o, the hint is the whole command line with the current folder', async () => {
	expect(await fails(['video', 'download', '900000000000000101', '--sidecar'], 2, {env})).toMatchObject({
		code: 'missing_output',
		hint: expect.stringContaining('kling video download 900000000000000101 --sidecar -o .'),
	});
});

test('a prompt that is not UTF-8 is refused before it is paid for', async () => {
	const script = `exec "$0" "$1" video create "$(printf 'caf\\351')"`;
	const {status, stdout} = spawnSync('sh', ['-c', script, process.execPath, runJs], {
		env: {...process.env, ...env},
		encoding: 'utf8',
	});
	expect(status).toBe(2);
	expect(JSON.parse(stdout).error).toMatchObject({
		code: 'invalid_argument',
		message: expect.stringContaining('UTF-8'),
		hint: expect.stringContaining('--prompt-file'),
	});
	const {stdout: made} = await kling(
		['video', 'history', '--all', '--query', "tasks[?starts_with(prompt, 'caf')]"],
		{env},
	);
	expect(JSON.parse(made)).toEqual([]);
});
