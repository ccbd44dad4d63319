import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
	chmodSync,
	chownSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {startFakeServer} from '../support/fake-server.js';
import {watch} from '../support/processes.js';
import {type Env, envOf, kling, runJs} from './kling.js';

/*
 * Runs as a user id that is in no password file, as in a container. That takes root and a readable
 * repository; elsewhere the same tests run as the current user.
 */
const stranger = {uid: 54_321, gid: 54_321};
const readable = () =>
	process.getuid?.() === 0 &&
	spawnSync(process.execPath, ['-e', `require('node:fs').readFileSync(${JSON.stringify(runJs)})`], stranger)
		.status === 0;
const who = readable() ? stranger : {};

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000});
});
afterAll(() => sandbox.close());

/** A folder that the stranger owns. */
function ownFolder(): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-stranger-'));
	chmodSync(folder, 0o777);
	return folder;
}

function run(args: string[], env: Env, input = '') {
	const child = spawn(process.execPath, [runJs, ...args], {
		...who,
		env: {PATH: process.env.PATH, ...env},
		cwd: tmpdir(),
	});
	child.stdin.on('error', () => {}).end(input);
	return watch(child).ended();
}

describe.each([
	['HOME=/', {HOME: '/'}],
	['no HOME and no SHELL', {}],
	['a HOME that is not there', {HOME: '/nowhere/at/all'}],
])('%s', (_, env) => {
	test.each([
		[['--version']],
		[['--help']],
		[['video', 'status', '--help']],
		[['help', 'environment']],
		[['auth', 'list']],
		[['plugins']],
		[['__complete', 'bash', 'kling vid']],
		[['autocomplete', 'script', 'bash']],
	])('%j works', async (args) => {
		expect(await run(args, env)).toMatchObject({code: 0, stderr: ''});
	});

	test('a task is made and found, with a warning that it is not recorded', async () => {
		const places = {...env, ...envOf(sandbox)};
		const made = await run(['video', 'create', 'a red fox', '--wait'], places);
		expect(made).toMatchObject({code: 0, stderr: expect.stringContaining('journal')});
		const {task_id: id} = JSON.parse(made.stdout);
		expect(await run(['video', 'status', id], places)).toMatchObject({code: 0});
		const doctor = await run(['doctor'], places);
		expect(doctor.code).toBe(0);
		expect(JSON.parse(doctor.stdout).checks).toContainEqual(
			expect.objectContaining({name: 'data folder', status: 'warning'}),
		);
	});

	test('commands that need a folder name it, and say what to do', async () => {
		const {code, stdout} = await run(
			['auth', 'login', '--with-stdin', '--insecure-storage'],
			{...env, KLING_BASE_URL: sandbox.baseUrl},
			JSON.stringify({access_key: sandbox.accessKey, secret_key: sandbox.secretKey}),
		);
		expect({code, error: JSON.parse(stdout).error}).toMatchObject({
			code: 10,
			error: {code: 'write_error', hint: expect.stringContaining('KLING_CONFIG_DIR')},
		});
	});
});

test.runIf('uid' in who || process.getuid?.() !== 0)(
	'auth login when config.json is a link to something that cannot be written leaves nothing behind',
	async () => {
		const folder = ownFolder();
		const locked = path.join(folder, 'locked');
		mkdirSync(locked);
		writeFileSync(path.join(locked, 'config.json'), '{"profiles": {}}');
		chmodSync(locked, 0o555);
		const config = path.join(folder, 'config');
		mkdirSync(config);
		chmodSync(config, 0o777);
		symlinkSync(path.join(locked, 'config.json'), path.join(config, 'config.json'));
		const {code, stdout} = await run(
			['auth', 'login', '--with-stdin', '--insecure-storage'],
			{HOME: folder, KLING_CONFIG_DIR: config, KLING_BASE_URL: sandbox.baseUrl},
			JSON.stringify({access_key: sandbox.accessKey, secret_key: sandbox.secretKey}),
		);
		expect({code, error: JSON.parse(stdout).error}).toMatchObject({
			code: 10,
			error: {code: 'write_error', hint: expect.stringMatching(/^Profiles and keys need a folder/)},
		});
		expect(readdirSync(config)).toEqual(['config.json']);
	},
);

test.skipIf(process.platform === 'win32')(
	'a pipe where config.json should be is an error at once',
	async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'kling-pipe-'));
		execFileSync('mkfifo', [path.join(folder, 'config.json')]);
		const env = {HOME: folder, KLING_CONFIG_DIR: folder};
		for (const args of [['auth', 'list'], ['video', 'list'], ['doctor']]) {
			const {code, stdout} = await kling(args, {env});
			expect(code).not.toBe(0);
			expect(stdout).toContain('config.json: it is not a regular file');
		}
		// Commands that need no account work.
		expect((await kling(['models'], {env})).code).toBe(0);
	},
);

test.runIf('uid' in who)('another user’s config.json is not obeyed: its address gets no key', async () => {
	const folder = ownFolder();
	const api = await startFakeServer();
	const put = (name: string, data: unknown, owner: number) => {
		const file = path.join(folder, name);
		writeFileSync(file, JSON.stringify(data), {mode: 0o600});
		chmodSync(file, owner === stranger.uid ? 0o600 : 0o644);
		chownSync(file, owner, owner);
	};
	chownSync(folder, stranger.uid, stranger.gid);
	put('config.json', {profiles: {default: {base_url: api.baseUrl}}}, stranger.uid + 1);
	put('credentials.json', {profiles: {default: {api_key: 'api-key-DO-NOT-SHOW'}}}, stranger.uid);
	const env = {HOME: folder, KLING_CONFIG_DIR: folder};
	const lines = [
		['video', 'create', 'fox'],
		['auth', 'status'],
		['api', '/v1/x'],
		['account', 'balance'],
		['doctor'],
	];
	const runs = await Promise.all(lines.map((args) => run(args, env)));
	for (const {code, stdout} of runs) {
		expect({code, error: JSON.parse(stdout).error}).toMatchObject({
			code: 2,
			error: {code: 'invalid_config', message: expect.stringContaining('belongs to another user')},
		});
	}
	expect(await run(['__complete', 'bash', 'kling video status '], env)).toMatchObject({
		code: 0,
		stderr: '',
	});
	expect(api.seen).toEqual([]);
	await api.close();
});

test('a relative HOME or XDG_DATA_HOME is ignored, with a warning: nothing is created below the working folder', async () => {
	const cwd = ownFolder();
	const home = ownFolder();
	const relative = {HOME: 'home', XDG_CACHE_HOME: 'cache', XDG_CONFIG_HOME: 'config', XDG_DATA_HOME: 'data'};
	const start = (env: Env, ...args: string[]) =>
		watch(
			spawn(process.execPath, [runJs, ...args], {cwd, ...who, env: {PATH: process.env.PATH, ...env}}),
		).ended();
	const all = {...relative, ...envOf(sandbox), NODE_DISABLE_COMPILE_CACHE: '1'};
	// The home folder is then the one that the system knows, which the stranger does not have.
	if ('uid' in who) expect(await start(all, 'video', 'list', '-q')).toMatchObject({code: 0, stderr: ''});

	const env = {HOME: home, XDG_DATA_HOME: 'data', ...envOf(sandbox)};
	expect(await start(env, 'video', 'create', 'fox')).toMatchObject({
		code: 0,
		stderr: 'Warning: XDG_DATA_HOME is ignored: it must be an absolute path\n',
	});
	expect(readdirSync(path.join(home, '.local', 'share', 'kling-cli'))).toContain('journal');
	const history = await start(env, 'video', 'history', '-q');
	expect(JSON.parse(history.stdout).count).toBe(1);
	await start(env, '__complete', 'bash', 'kling video status ');
	expect(readdirSync(cwd)).toEqual([]);
});

describe.runIf(process.platform === 'linux')('a hang-up', () => {
	/** Starts an endless wait with the given words, and hangs up once it waits. */
	async function hangUp(words: string[]) {
		const slow = await startSandbox({speed: 1});
		const env = {PATH: process.env.PATH, HOME: ownFolder(), ...envOf(slow)};
		const kling = [process.execPath, runJs, 'video', 'create', 'fox', '--wait', '--timeout', '4s'];
		const [program = '', ...rest] = [...words, ...kling];
		const child = spawn(program, rest, {env, stdio: ['ignore', 'pipe', 'pipe'], detached: true});
		const ended = watch(child).ended();
		await once(child.stderr, 'data');
		// Signals everything that the terminal has started, like a terminal.
		process.kill(-Number(child.pid), 'SIGHUP');
		const result = await ended;
		await slow.close();
		return result;
	}

	test('ends a wait that was started normally', async () => {
		expect((await hangUp([])).code).not.toBe(8);
	});

	test.each([
		['nohup', ['env', '_=/usr/bin/nohup', 'nohup']],
		['a script that ignores it', ['sh', '-c', 'trap "" HUP; "$@" & wait; wait $!', 'sh']],
	])('is ignored after %s', async (_, words) => {
		expect((await hangUp(words)).code).toBe(8);
	});
});

test('a clone that has not been built says what to run', async () => {
	const clone = ownFolder();
	const root = path.join(import.meta.dirname, '..', '..');
	mkdirSync(path.join(clone, 'bin'));
	mkdirSync(path.join(clone, 'scripts'));
	for (const file of ['package.json', 'bin/run.js', 'bin/package.json', 'scripts/prepare.js']) {
		writeFileSync(path.join(clone, file), readFileSync(path.join(root, file)));
	}
	const start = (...args: string[]) =>
		watch(spawn(process.execPath, args, {cwd: clone, env: {PATH: process.env.PATH}})).ended();
	const {code, stdout, stderr} = await start('bin/run.js', 'video', 'list');
	expect({code, stderr}).toEqual({code: 1, stderr: ''});
	expect(JSON.parse(stdout).error).toMatchObject({
		code: 'internal_error',
		hint: expect.stringContaining('npm ci --include=dev'),
	});
	expect(await start('bin/run.js', '__complete', 'bash', 'kling ')).toMatchObject({
		code: 0,
		stdout: '',
		stderr: '',
	});
	const prepare = await start('scripts/prepare.js');
	expect(prepare).toMatchObject({
		code: 1,
		stderr: expect.stringMatching(/^kling is not built[^\n]*npm ci --include=dev[^\n]*\n$/),
	});
});
