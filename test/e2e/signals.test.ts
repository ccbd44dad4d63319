import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, openSync, readdirSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Writable} from 'node:stream';
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, ok, startFakeServer} from '../support/fake-server.js';
import {watch} from '../support/processes.js';
import {cleanEnv, type Env, envOf, runJs, startKling} from './kling.js';

/** How the program ends on a signal, or when nobody reads or writes at the other end. */
let sandbox: Sandbox;
let api: FakeServer;
let assets: FakeServer;
let env: Env;
let fakeEnv: Env;
let cwd: string;

beforeAll(async () => {
	[sandbox, api, assets] = await Promise.all([
		startSandbox({speed: 1}),
		startFakeServer(),
		startFakeServer(),
	]);
	env = envOf(sandbox);
	fakeEnv = {KLING_BASE_URL: api.baseUrl, KLING_API_KEY: 'api-key-kling-test', KLING_API_STANDARD: 'v1'};
});
beforeEach(() => {
	cwd = mkdtempSync(path.join(tmpdir(), 'kling-signals-'));
});
afterAll(() => Promise.all([sandbox.close(), api.close(), assets.close()]));

test('a wait for many tasks that is stopped prints all of them, even if the reader is slow', async () => {
	const ids = Array.from({length: 240}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));
	const asked = new Promise<void>((resolve) => {
		api.answer = () => resolve();
	});
	// A pipe takes 64 kB. The rest, about 4 kB, is left in the program until someone reads.
	const script = `sh -c 'echo $$ >&2; exec "$@"' sh "$@" | { read -r go <&3; cat; }`;
	const command = [process.execPath, runJs, 'video', 'wait', ...ids, '--type', 'create'];
	const child = spawn('sh', ['-c', script, 'sh', ...command], {
		env: {...cleanEnv, ...fakeEnv},
		cwd,
		stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
	});
	const {says, ended} = watch(child);
	const pid = Number.parseInt(await says(/\d+\n/), 10);
	await asked;
	process.kill(pid, 'SIGINT');
	await says(/240 failed/);
	(child.stdio[3] as Writable).end('go\n');
	const lines = (await ended()).stdout.trimEnd().split('\n');
	expect(lines.map((line) => JSON.parse(line).error.task_id)).toEqual(ids);
});

describe('a download that is stopped', () => {
	/**
	 * Starts a download, and resolves when the file server has received the request and sent all that it
	 * will.
	 */
	async function stalled(answer: FakeServer['answer'], {output = 'x.mp4', flags = [] as string[]} = {}) {
		const url = `${assets.baseUrl}/clip.mp4`;
		api.answer = ok({task_id: 't1', task_status: 'succeed', task_result: {videos: [{id: 'v1', url}]}});
		const asked = new Promise<void>((resolve) => {
			assets.answer = (request, response) => {
				answer(request, response);
				resolve();
			};
		});
		const child = startKling(['video', 'download', 't1', '-o', output, ...flags], {env: fakeEnv, cwd});
		onTestFinished(() => void child.kill('SIGKILL'));
		const watched = watch(child);
		await asked;
		return {child, ...watched};
	}

	const silence: FakeServer['answer'] = () => {};
	const half: FakeServer['answer'] = (_, response) => {
		response.writeHead(200, {'content-length': 200_000}).write(Buffer.alloc(100_000));
	};
	/** Waits until the part that a download grows exists. */
	const partIsThere = () =>
		vi.waitUntil(() => readdirSync(cwd).some((name) => name.endsWith('.part')), 30_000);

	test.each([
		['SIGINT', 'interrupted', 130],
		['SIGTERM', 'terminated', 143],
	] as const)('by %s in the middle is %s, exit %i, and leaves nothing', async (signal, code, exit) => {
		const {child, ended} = await stalled(half);
		await partIsThere();
		child.kill(signal);
		const finished = await ended();
		expect(finished).toMatchObject({code: exit, signal: null, stderr: ''});
		const {success, error} = JSON.parse(finished.stdout);
		expect({success, code: error.code}).toEqual({success: false, code});
		expect(error.message).toContain(signal);
		expect(readdirSync(cwd)).toEqual([]);
	});

	test('even before the file server has responded', async () => {
		const {child, ended} = await stalled(silence);
		child.kill('SIGINT');
		const finished = await ended();
		expect(finished).toMatchObject({code: 130, signal: null, stderr: ''});
		expect(JSON.parse(finished.stdout).error.code).toBe('interrupted');
		expect(readdirSync(cwd)).toEqual([]);
	});

	test('with --human says so on stderr; an existing file is unchanged', async () => {
		writeFileSync(path.join(cwd, 'x.mp4'), 'mine');
		const {child, ended} = await stalled(half, {flags: ['--human', '--force']});
		await partIsThere();
		child.kill('SIGINT');
		const finished = await ended();
		expect(finished).toMatchObject({code: 130, stdout: ''});
		expect(finished.stderr).toMatch(/^Error: Stopped by SIGINT.* \(interrupted\)\n/);
		expect(readdirSync(cwd)).toEqual(['x.mp4']);
	});

	test('of -o - puts the document on stderr', async () => {
		const {child, ended, prints} = await stalled(half, {output: '-'});
		await prints(/\u0000/);
		child.kill('SIGTERM');
		const finished = await ended();
		expect(finished.code).toBe(143);
		expect(JSON.parse(finished.stderr).error.code).toBe('terminated');
	});
});

describe('a reader that goes away', () => {
	/** Runs with an output whose reader went away before anything was written. */
	async function unread(stream: 'stdout' | 'stderr', args: string[], environment: Env) {
		const child = startKling(args, {env: environment, cwd});
		child[stream]?.destroy();
		return watch(child).ended();
	}

	test.each([
		[['video', 'list']],
		[['video', 'list', '--human']],
		[['video', 'status']],
		[['help']],
		[['video', 'status', '--help']],
		[['plugins']],
		[['sandbox', 'start', '--port', '0', '-q']],
		[['video', 'download', '900000000000000101', '-o', '-']],
	])('of stdout ends it quietly with 141: %j', async (args) => {
		expect(await unread('stdout', args, env)).toEqual({code: 141, signal: null, stdout: '', stderr: ''});
	});

	test('in a shell: | true', async () => {
		const script = '("$@"; echo $? >&2) | true';
		const child = spawn('sh', ['-c', script, 'sh', process.execPath, runJs, 'video', 'list'], {
			env: {...cleanEnv, ...env},
		});
		expect(await watch(child).ended()).toMatchObject({code: 0, stdout: '', stderr: '141\n'});
	});

	test('of the notes does not stop work that costs money', async () => {
		api.answer = (request, response) => {
			if (request.method === 'POST') return response.destroy();
			const task_info = {external_task_id: request.url.split('/').at(-1)};
			return ok({task_id: 't1', task_status: 'submitted', task_info})(request, response);
		};
		const {code, stdout} = await unread('stderr', ['video', 'extend', 'v1'], fakeEnv);
		expect({code, document: JSON.parse(stdout)}).toEqual({
			code: 0,
			document: {success: true, task_id: 't1', status: 'submitted'},
		});
	});
});

test.each([[['video', 'list']], [['help']], [['video', 'download', '900000000000000101', '-o', '-']]])(
	'an output that accepts nothing is write_error, exit 10, without a stack trace: %j',
	async (args) => {
		// A file opened for reading; to the program this is like a full disk.
		const file = path.join(cwd, 'read-only');
		writeFileSync(file, '');
		const child = spawn(process.execPath, [runJs, ...args], {
			cwd,
			env: {...cleanEnv, ...env},
			stdio: ['ignore', openSync(file, 'r'), 'pipe'],
		});
		const {code, stderr} = await watch(child).ended();
		expect(code).toBe(10);
		expect(JSON.parse(stderr).error).toMatchObject({
			code: 'write_error',
			message: expect.stringContaining('EBADF'),
		});
	},
);

describe('stdin', () => {
	const shell = async (script: string) => {
		const child = spawn('sh', ['-c', script, 'sh', process.execPath, runJs], {
			env: {...cleanEnv, ...env},
			cwd,
		});
		child.stdin.end('a\nb\n');
		return watch(child).ended();
	};

	test('is not consumed in a loop that reads lines, even by a command without its argument', async () => {
		const {stdout} = await shell('while read x; do "$@" video status >/dev/null; echo "$x $?"; done');
		expect(stdout).toBe('a 2\nb 2\n');
	});

	test('nor by one that succeeds, nor by oclif’s commands', async () => {
		const commands = [
			'video list',
			'video extend --help',
			'help',
			'autocomplete',
			'plugins',
			'plugins uninstall',
		];
		const each = commands.map((command) => `"$@" ${command} >/dev/null 2>&1`).join('; ');
		const {stdout} = await shell(`while read x; do ${each}; echo $x; done`);
		expect(stdout).toBe('a\nb\n');
	});

	test('may be closed', async () => {
		const {stdout, stderr, code} = await shell('"$@" video list <&-; "$@" video status <&-');
		expect({code, stderr}).toEqual({code: 2, stderr: ''});
		expect(stdout).toContain('"count": 4');
		expect(stdout).toContain('missing_task_id');
	});

	test('may stay open for ever', async () => {
		const child = spawn(process.execPath, [runJs, 'video', 'download'], {env: {...cleanEnv, ...env}, cwd});
		const [code] = await once(child, 'close');
		child.stdin.destroy();
		expect(code).toBe(2);
	});
});
