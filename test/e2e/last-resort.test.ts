import {spawn} from 'node:child_process';
import {mkdtempSync, openSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type FakeServer, ok, startFakeServer} from '../support/fake-server.js';
import {watch} from '../support/processes.js';
import {cleanEnv, type Env, root, kling as run, runJs, startKling} from './kling.js';

/** Each is a process of its own, because bugs are planted in it. */
const kling: typeof run = (args, options) => run(args, {...options, alone: true});

/** What is reported when nothing else can be: bugs, outputs that accept nothing, a user who does not wait. */
let api: FakeServer;
let env: Env;
let cwd: string;

const secretKey = 'secret-DO-NOT-SHOW';

beforeAll(async () => {
	api = await startFakeServer();
	cwd = mkdtempSync(path.join(tmpdir(), 'kling-last-'));
	env = {KLING_BASE_URL: api.baseUrl, KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: secretKey};
});
afterAll(() => api.close());

/** Code that runs in the program itself, to simulate an undiscovered bug. */
function bug(code: string): Env {
	const file = path.join(cwd, `bug-${Buffer.from(code).toString('hex').slice(-40)}.mjs`);
	// Waits until the program is ready to report it.
	const ready = `process.listenerCount('uncaughtException') > 0`;
	writeFileSync(
		file,
		`const timer = setInterval(() => {if (${ready}) {clearInterval(timer); ${code}}}, 10);`,
	);
	return {...env, NODE_OPTIONS: `--import=${pathToFileURL(file)}`};
}

describe('an error that no command caught', () => {
	const message = `'with Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhayJ9.c2ln and ${secretKey}'`;

	test.each([
		['thrown', `throw Object.assign(new Error(${message}), {options: {token: 'x'}})`],
		['of a promise', `Promise.reject(new Error(${message}))`],
		['that is not an error', `throw ${message}`],
	])('is internal_error, exit 1, without a secret or a stack: %s', async (_, code) => {
		api.answer = () => {};
		const {code: exit, stdout, stderr} = await kling(['video', 'list'], {env: bug(code)});
		expect({exit, stderr}).toEqual({exit: 1, stderr: ''});
		expect(JSON.parse(stdout).error).toMatchObject({
			code: 'internal_error',
			message: 'with Bearer [hidden] and [hidden]',
		});
	});

	test('shows its stack, redacted, with --debug', async () => {
		api.answer = () => {};
		const code = `throw new Error(${message})`;
		const {stdout, stderr} = await kling(['video', 'list', '--debug'], {env: bug(code)});
		expect(JSON.parse(stdout).error.code).toBe('internal_error');
		expect(stderr).toMatch(/^debug: {5}at .*bug-/m);
		expect(stdout + stderr).not.toMatch(/DO-NOT-SHOW|eyJ/);
	});

	test('inside the bundle has a stack with --debug that names files and lines of the source', async () => {
		const file = path.join(cwd, 'planted.mjs');
		writeFileSync(
			file,
			`const usual = encodeURIComponent;
			globalThis.encodeURIComponent = (text) => {
				if (text === 'planted') throw new TypeError('a planted bug');
				return usual(text);
			};`,
		);
		const args = ['video', 'status', 'planted', '--debug'];
		const {code, stderr} = await kling(args, {
			env: {...env, NODE_OPTIONS: `--import=${pathToFileURL(file)}`},
		});
		expect({code, stderr}).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('TypeError: a planted bug'),
		});
		const frames = [...stderr.matchAll(/^debug: {5}at .*?\b(src\/[\w/.-]+\.ts):(\d+):(\d+)\)?$/gm)];
		const [, source = '', line, column] = frames[0] ?? [];
		const text = readFileSync(path.join(root, source), 'utf8').split('\n')[Number(line) - 1] ?? '';
		// Where the function that throws is called.
		expect(text.slice(Number(column) - 1)).toMatch(/^encodeURIComponent\(/);
		expect(frames.map(([, name]) => name)).toContain('src/commands/video/status.ts');
		expect(stderr).not.toContain('/dist/');
	});
});

describe('code that cannot be loaded because too many files are open', () => {
	/** The system's error while a request is in flight, where nothing catches it. */
	const atRequest = (method: string) => {
		const file = path.join(cwd, `files-${method}.mjs`);
		writeFileSync(
			file,
			`import {subscribe} from 'node:diagnostics_channel';
			subscribe('http.client.request.start', ({request}) => {
				if (request.method !== '${method}') return;
				setTimeout(() => {
					throw Object.assign(new Error('EMFILE: too many open files'), {code: 'EMFILE', syscall: 'open', path: '/code.js'});
				}, 50);
			});`,
		);
		return {...env, NODE_OPTIONS: `--import=${pathToFileURL(file)}`};
	};

	test.each([[[]], [['--human']]])(
		'during a submission is submit_unknown, exit 11, with its external id: %j',
		async (flags) => {
			api.answer = () => {};
			const name = `files-${flags.length}`;
			const {code, stdout, stderr} = await kling(['video', 'extend', 'v1', '--external-id', name, ...flags], {
				env: atRequest('POST'),
			});
			expect(code).toBe(11);
			expect(stdout + stderr).toContain('Cannot read /code.js: too many open files');
			expect(stdout + stderr).toContain(`kling video reconcile ${name}`);
			if (flags.length === 0) {
				expect(JSON.parse(stdout).error).toMatchObject({code: 'submit_unknown', external_task_id: name});
			}
		},
	);

	test('during a call that takes no external id is submit_unknown, exit 11', async () => {
		api.answer = () => {};
		const {code, stdout} = await kling(
			['voice', 'say', 'hello', '--voice', 'genshin_vindi2', '-o', path.join(cwd, 'files.mp3')],
			{env: atRequest('POST')},
		);
		expect({code, ...JSON.parse(stdout).error}).toMatchObject({
			code: 'submit_unknown',
			hint: expect.stringContaining('kling account ledger'),
		});
		expect(code).toBe(11);
	});

	test('while the task is followed shows its id, exit 10', async () => {
		api.answer = (request, response) => {
			if (request.method === 'POST') ok({task_id: '77', task_status: 'submitted'})(request, response);
		};
		const {code, stdout} = await kling(['video', 'extend', 'v1', '--external-id', 'files-77', '--wait'], {
			env: atRequest('GET'),
		});
		expect(JSON.parse(stdout).error).toMatchObject({
			...{code: 'read_error', task_id: '77', external_task_id: 'files-77'},
			hint: 'The task is safe. See it: kling video status 77',
		});
		expect(code).toBe(10);
	});

	test('before anything is sent says how to allow more', async () => {
		api.answer = () => {};
		const {code, stdout} = await kling(['video', 'status', '900000000000000101'], {env: atRequest('GET')});
		expect(JSON.parse(stdout).error).toMatchObject({
			code: 'read_error',
			hint: 'Let the shell open more files, then run the command again: ulimit -n 1024',
		});
		expect(code).toBe(10);
	});
});

describe('a command that ends without a result', () => {
	/** Nothing keeps the process alive once a request is in flight. */
	const forgetful = () =>
		bug(
			`const wait = setInterval(() => {const sockets = process._getActiveHandles().filter((handle) => handle.bytesWritten > 0 && handle.remotePort === ${api.port}); if (sockets.length > 0) {clearInterval(wait); for (const each of sockets) each.unref();}}, 10);`,
		);

	test('is a reported bug, exit 1', async () => {
		api.answer = () => {};
		const {code, stdout} = await kling(['video', 'list'], {env: forgetful()});
		expect(JSON.parse(stdout).error).toMatchObject({code: 'internal_error'});
		expect(code).toBe(1);
	});

	test.each([[[]], [['--human']]])(
		'after a submission is submit_unknown, exit 11, with its external id: %j',
		async (flags) => {
			api.answer = () => {};
			const external = ['--external-id', `lost-${flags.length}`];
			const {code, stdout, stderr} = await kling(['video', 'extend', 'v1', ...external, ...flags], {
				env: forgetful(),
			});
			expect(code).toBe(11);
			expect(stdout + stderr).toContain('submit_unknown');
			expect(stdout + stderr).toContain(`kling video reconcile lost-${flags.length}`);
			if (flags.length === 0) expect(JSON.parse(stdout).error.external_task_id).toBe('lost-0');
		},
	);

	test.each([
		[['api', 'POST', '/v1/videos/omni-video', '-f', 'prompt=x'], 'kling api /v1/videos/omni-video'],
		[['voice', 'say', 'Mind the gap.'], 'kling account ledger --since 1h'],
	])('after a call that takes no external id is submit_unknown, exit 11: %j', async (args, command) => {
		api.answer = () => {};
		const {code, stdout} = await kling(args, {env: forgetful()});
		expect({code, error: JSON.parse(stdout).error}).toMatchObject({
			code: 11,
			error: {code: 'submit_unknown', hint: expect.stringContaining(command)},
		});
	});
});

describe('a submission whose document cannot be printed', () => {
	test.each([[[]], [['--human']]])(
		'is reported on stderr with the ids of its task, exit 10: %j',
		async (flags) => {
			api.answer = ok({task_id: 't-77', task_status: 'submitted'});
			// A file opened for reading; to the program this is like a full disk.
			const file = path.join(cwd, 'read-only');
			writeFileSync(file, '');
			const child = spawn(process.execPath, [runJs, 'video', 'extend', 'v1', '-v', ...flags], {
				cwd,
				env: {...cleanEnv, ...env},
				stdio: ['ignore', openSync(file, 'r'), 'pipe'],
			});
			const {code, stderr} = await watch(child).ended();
			expect(code).toBe(10);
			expect(stderr).toContain('write_error');
			expect(stderr).toMatch(/t-77.*kling-|kling-.*t-77/s);
		},
	);
});

test('a second Ctrl-C during a submission ends at once; the last line says how to reconcile it', async () => {
	const asked = new Promise<void>((resolve) => {
		api.answer = () => resolve();
	});
	const child = startKling(['video', 'extend', 'v1', '--external-id', 'mine-1'], {env, cwd});
	const {ended} = watch(child);
	await asked;
	child.kill('SIGINT');
	await new Promise((resolve) => child.stderr?.once('data', resolve));
	child.kill('SIGINT');
	const {signal, stdout, stderr} = await ended();
	expect({signal, stdout}).toEqual({signal: 'SIGINT', stdout: ''});
	expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
		/Press Ctrl-C again to stop at once.*kling video reconcile mine-1$/,
	);
});

test('no file of a run contains a secret or a signature, and neither does its command line', async () => {
	const home = mkdtempSync(path.join(tmpdir(), 'kling-home-'));
	const folders = {
		HOME: home,
		XDG_CONFIG_HOME: path.join(home, 'config'),
		XDG_CACHE_HOME: path.join(home, 'cache'),
		XDG_DATA_HOME: path.join(home, 'data'),
	};
	const url = `${api.baseUrl}/clip.mp4?Signature=DO-NOT-SHOW-EITHER`;
	let commandLine = '';
	api.answer = (request, response) => {
		if (process.platform === 'linux') commandLine ||= readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
		const done = {task_id: 't1', task_status: 'succeed', task_result: {videos: [{id: 'v', url}]}};
		if (request.url.startsWith('/clip')) response.writeHead(200, {'content-length': 50}).end('cut');
		else ok(done)(request, response);
	};
	const args = [
		'video',
		'add-sound',
		'--url',
		'https://mine.invalid/a.mp4?token=DO-NOT-SHOW',
		'--download',
		'x.mp4',
	];
	const child = startKling(args, {env: {...env, ...folders}, cwd: home});
	const {stdout} = await watch(child).ended();
	expect(JSON.parse(stdout).success).toBe(false);
	const files = readdirSync(home, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
	expect(files.map(({name}) => name)).toContain('tasks.ndjson');
	for (const {parentPath, name} of files) {
		expect(readFileSync(path.join(parentPath, name), 'latin1')).not.toMatch(/DO-NOT-SHOW|eyJ[\w-]+\./);
	}
	expect(commandLine).not.toContain(secretKey);
	expect(commandLine).not.toContain('eyJ');
});
