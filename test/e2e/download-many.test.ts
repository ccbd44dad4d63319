import {mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {startSandbox} from '../../src/sandbox/server.js';
import {fakeMp4, sha256} from '../support/media.js';
import {envOf, fails, kling, succeeds} from './kling.js';
import {serveTask} from './served-task.js';

const [a, b] = ['900000000000000101', '900000000000000102'];
const small = {bytes: fakeMp4(20_000)};
const download = ['video', 'download'];

interface Line {
	success: boolean;
	task_id?: string;
	file?: string;
	skipped?: boolean;
	error?: {code: string; task_id?: string; path?: string};
}

const linesOf = (stdout: string) =>
	stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as Line)
		.sort((one, two) => (one.task_id ?? '').localeCompare(two.task_id ?? ''));

describe.concurrent('names', () => {
	test('come from a template, with a line for each as it ends', async () => {
		const {cwd, env} = await serveTask(small);
		const {code, stdout, stderr} = await kling(
			[...download, a, b, '-o', 'clips/{type}/{date}_{index}_{task_id}_{video_id}.{ext}'],
			{cwd, env},
		);
		expect({code, stderr}).toEqual({code: 0, stderr: '2 done\n'});
		const folder = path.join(cwd, 'clips', 'create');
		const names = [`2026-11-23_1_${a}_v-${a}.mp4`, `2026-11-23_2_${b}_v-${b}.mp4`];
		expect(linesOf(stdout)).toEqual(
			[a, b].map((id, index) => ({success: true, task_id: id, file: path.join(folder, names[index] ?? '')})),
		);
		expect(readdirSync(folder).sort()).toEqual(names);
	});

	test('number many tasks so that they sort', async () => {
		const {cwd, env} = await serveTask(small);
		const ids = Array.from({length: 10}, (_, index) => `task${index}`);
		const {code} = await kling([...download, '-', '-o', '{index}.{ext}'], {cwd, env, input: ids.join('\n')});
		expect(code).toBe(0);
		expect(readdirSync(cwd).sort()).toEqual(
			ids.map((_, index) => `${String(index + 1).padStart(2, '0')}.mp4`),
		);
	});

	test('in a folder are task ids, also for an external id', async () => {
		const {cwd, env} = await serveTask(small);
		mkdirSync(path.join(cwd, 'clips'));
		const document = await succeeds([...download, `x${a}`, '-o', 'clips'], {cwd, env});
		expect(document).toEqual({success: true, task_id: a, file: path.join(cwd, 'clips', `${a}.mp4`)});
	});

	test('with an unknown placeholder are refused before anything is sent', async () => {
		const {api, cwd, env} = await serveTask(small);
		const error = await fails([...download, a, '-o', '{title}.mp4'], 2, {cwd, env});
		expect(error).toMatchObject({code: 'invalid_flag', message: expect.stringContaining('{title}')});
		expect(error.hint).toContain(
			'{task_id} {external_id} {video_id} {type} {model} {prompt} {index} {n} {date} {ext}',
		);
		expect(api.seen).toEqual([]);
	});

	test('with one are refused before a paid task is made, as well', async () => {
		const {api, cwd, env} = await serveTask(small);
		await fails(['video', 'create', 'a fox', '--download', '{title}.mp4'], 2, {cwd, env});
		expect(api.seen).toEqual([]);
	});

	test('that are the same for several tasks are refused before anything is sent', async () => {
		const {api, cwd, env} = await serveTask(small);
		const error = await fails([...download, a, b, '-o', '{date}.{ext}'], 2, {cwd, env});
		expect(error).toMatchObject({code: 'conflicting_input', hint: expect.stringContaining('{task_id}')});
		expect(api.seen).toEqual([]);
	});

	test('that turn out to be the same are refused for the second task', async () => {
		const {server, cwd, env} = await serveTask(small);
		const {code, stdout} = await kling([...download, a, `x${a}`, '-o', '{task_id}.{ext}'], {cwd, env});
		expect(code).toBe(2);
		const lines = linesOf(stdout);
		expect(lines.map(({success}) => success).sort()).toEqual([false, true]);
		expect(lines.find(({error}) => error)?.error).toMatchObject({code: 'conflicting_input', task_id: a});
		expect(server.seen).toHaveLength(1);
	});
});

describe.concurrent('--skip-existing', () => {
	const mine = fakeMp4(1234);

	test('leaves existing files alone, and downloads the rest', async () => {
		const {server, api, cwd, env} = await serveTask(small);
		writeFileSync(path.join(cwd, `${a}.mp4`), mine);
		const run = () =>
			kling([...download, a, b, '-t', 'create', '-o', '.', '--skip-existing', '-v'], {cwd, env});
		const {code, stdout} = await run();
		expect(code).toBe(0);
		const file = (id: string) => path.join(cwd, `${id}.mp4`);
		expect(linesOf(stdout)).toEqual([
			{success: true, task_id: a, file: file(a), skipped: true},
			expect.objectContaining({success: true, task_id: b, file: file(b), bytes: 20_000}),
		]);
		expect(readFileSync(file(a)).equals(mine)).toBe(true);
		expect(server.seen).toHaveLength(1);
		// A file named after its own id needs no lookup.
		expect(api.seen).toHaveLength(1);
	});

	test('prints no more than the document without -v, and knows external ids', async () => {
		const {server, cwd, env} = await serveTask(small);
		writeFileSync(path.join(cwd, `${a}.mp4`), mine);
		const document = await succeeds([...download, `x${a}`, '-o', '.', '--skip-existing'], {cwd, env});
		expect(document).toEqual({success: true, task_id: a, file: path.join(cwd, `${a}.mp4`)});
		expect(server.seen).toEqual([]);
	});

	test('downloads over an empty file', async () => {
		const {server, cwd, env} = await serveTask(small);
		writeFileSync(path.join(cwd, 'x.mp4'), '');
		await succeeds([...download, a, '-o', 'x.mp4', '--skip-existing'], {cwd, env});
		expect(readFileSync(path.join(cwd, 'x.mp4')).equals(server.file.bytes)).toBe(true);
	});

	test.each([
		['the first bytes of a clip', fakeMp4(20_000).subarray(0, 1000)],
		['a web page', Buffer.from('<html>sign in</html>')],
	])('leaves an incomplete clip alone, and names it: %s', async (_, bytes) => {
		const {server, cwd, env} = await serveTask(small);
		writeFileSync(path.join(cwd, 'x.mp4'), bytes);
		const error = await fails([...download, a, '-o', 'x.mp4', '--skip-existing'], 10, {cwd, env});
		expect(error).toMatchObject({code: 'file_exists', path: path.join(cwd, 'x.mp4')});
		expect(error.hint).toContain('--force');
		expect([readFileSync(path.join(cwd, 'x.mp4')).equals(bytes), server.seen.length]).toEqual([true, 0]);
	});

	test('excludes --force', async () => {
		const error = await fails([...download, a, '-o', '.', '--skip-existing', '--force'], 2);
		expect(error).toMatchObject({code: 'conflicting_input', message: expect.stringContaining('--force')});
	});
});

test.concurrent.each([
	['--connections', '0', 'invalid_connections'],
	['--connections', '17', 'invalid_connections'],
	['--limit-rate', '0', 'invalid_rate'],
	['--limit-rate', '5X', 'invalid_rate'],
	['--limit-rate', '99999999999G', 'invalid_rate'],
	['--limit-rate', '1e400', 'invalid_rate'],
])('%s %s is refused', async (flag, value, code) => {
	expect(await fails([...download, a, '-o', '.', flag, value], 2)).toMatchObject({code});
});

test.concurrent('--limit-rate limits all files together', async () => {
	const {server, cwd, env} = await serveTask({bytes: fakeMp4(300_000)});
	const {code, stdout} = await kling([...download, a, b, '-o', '.', '--limit-rate', '500K', '-v'], {
		cwd,
		env,
	});
	expect(code).toBe(0);
	const seconds = linesOf(stdout).map((line) => (line as Line & {seconds: number}).seconds);
	// 600,000 bytes at 512,000 per second; never faster, whatever the machine.
	expect(Math.max(...seconds)).toBeGreaterThan(0.9);
	for (const id of [a, b]) {
		expect(sha256(readFileSync(path.join(cwd, `${id}.mp4`)))).toBe(sha256(server.file.bytes));
	}
});

test('the lines about several tasks use the names that users know, and the last one counts', async () => {
	const sandbox = await startSandbox({speed: 500});
	onTestFinished(() => sandbox.close());
	const env = {...envOf(sandbox), XDG_DATA_HOME: mkdtempSync(path.join(tmpdir(), 'kling-names-'))};
	const make = async (...words: string[]) =>
		String((await succeeds(['video', 'create', ...words, '-q'], {env})).task_id);
	const fox = await make('a red fox runs through the deep snow at dawn');
	const wolf = await make('a wolf', '--external-id', 'shot-7');
	const failed = '900000000000000103';
	const {code, stderr} = await kling(['video', 'wait', fox, wolf, failed, '--interval', '100ms'], {env});
	expect(code).toBe(3);
	const lines = stderr.trimEnd().split('\n');
	expect(lines).toContain(`${fox} succeed  "a red fox runs through the deep …"`);
	expect(lines).toContain(`${wolf} succeed  shot-7`);
	expect(lines.at(-1)).toBe('2 done, 1 failed');
	expect((await kling(['video', 'status', fox, wolf], {env})).stderr).toBe('');
	expect((await kling(['video', 'wait', fox, wolf, '-q'], {env})).stderr).toBe('');
});
