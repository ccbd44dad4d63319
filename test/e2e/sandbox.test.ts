import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {networkInterfaces, tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {freePort, isOpen, watch} from '../support/processes.js';
import {type Env, fails, kling, startKling, succeeds} from './kling.js';

interface Opened {
	success: true;
	base_url: string;
	access_key: string;
	secret_key: string;
	api_key: string;
}

/** Starts a sandbox as a process, and waits for its document. */
async function start(...args: string[]) {
	const child = startKling(['sandbox', 'start', ...args]);
	onTestFinished(() => void child.kill('SIGKILL'));
	const watched = watch(child);
	const document = JSON.parse(await watched.prints(/^\}$/m)) as Opened;
	return {child, ...watched, document, port: Number(new URL(document.base_url).port)};
}

const node = (script: string) => [process.execPath, '-e', script];

describe('sandbox start', () => {
	test('prints one document, whose keys work; SIGINT ends it with 130 and frees the port', async () => {
		const sandbox = await start('--port', '0');
		const {document, port} = sandbox;
		expect(Object.keys(document)).toEqual([
			'success',
			'base_url',
			'access_key',
			'secret_key',
			'api_key',
			'webhook_secret',
		]);
		expect(document.base_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		const accounts: Env[] = [
			{KLING_ACCESS_KEY: document.access_key, KLING_SECRET_KEY: document.secret_key},
			{KLING_API_KEY: document.api_key},
		];
		for (const list of await Promise.all(
			accounts.map((keys) =>
				succeeds(['video', 'list'], {env: {KLING_BASE_URL: document.base_url, ...keys}}),
			),
		)) {
			expect(list.count).toBeGreaterThanOrEqual(4);
		}
		// A client that stays connected does not delay the end.
		const socket = connect(port, '127.0.0.1').on('error', () => {});
		await once(socket, 'connect');
		sandbox.child.kill('SIGINT');
		const {code, stdout, stderr} = await sandbox.ended();
		expect(code).toBe(130);
		expect(stdout).toBe(`${JSON.stringify(document, null, 2)}\n`);
		expect(stderr).toContain(`KLING_BASE_URL=${document.base_url}`);
		expect(await isOpen(port)).toBe(false);
	});

	test('listens on the requested port; SIGTERM ends it with 143; --quiet prints nothing', async () => {
		const wanted = await freePort();
		const sandbox = await start('--port', String(wanted), '--quiet');
		expect(sandbox.port).toBe(wanted);
		sandbox.child.kill('SIGTERM');
		expect(await sandbox.ended()).toMatchObject({code: 143, stderr: ''});
		expect(await isOpen(wanted)).toBe(false);
	});

	test('neither the API nor its files can be reached at another address of the machine', async () => {
		const {document, port} = await start('--port', '0');
		const {video_url: url} = await succeeds(['video', 'status', '900000000000000101', '-v'], {
			env: {KLING_BASE_URL: document.base_url, KLING_API_KEY: document.api_key},
		});
		const addresses = Object.values(networkInterfaces())
			.flatMap((list) => list ?? [])
			.filter(({address, internal}) => !internal && !address.startsWith('fe80:'))
			.map(({address}) => address);
		for (const own of [port, Number(new URL(String(url)).port)]) {
			expect(await isOpen(own)).toBe(true);
			// 127.0.0.2 is open when a program listens on every address.
			for (const address of ['127.0.0.2', ...addresses])
				expect([address, await isOpen(own, address)]).toEqual([address, false]);
		}
	});

	test('a port in use is port_in_use, exit 2', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		onTestFinished(() => void server.close());
		const {port} = server.address() as {port: number};
		const [started, run] = await Promise.all([
			fails(['sandbox', 'start', '--port', String(port)], 2),
			fails(['sandbox', 'exec', '--port', String(port), '--', ...node('console.log("ran")')], 2),
		]);
		for (const error of [started, run]) {
			expect(error.code).toBe('port_in_use');
			expect(error.message).toContain(String(port));
			expect(error.hint).toContain('--port 0');
		}
	});

	test('the default port is documented', async () => {
		const {stdout} = await kling(['sandbox', 'start', '--help']);
		expect(stdout).toMatch(/--port=\S+\s+\[default: 8787\]/);
	});

	test('--human prints text', async () => {
		const child = startKling(['sandbox', 'start', '--port', '0', '--human', '-q']);
		onTestFinished(() => void child.kill('SIGKILL'));
		const {prints, ended} = watch(child);
		expect(await prints(/^api key: .+\n/m)).toMatch(/^base url: +http:\/\/127\.0\.0\.1:\d+\naccess key: +/);
		child.kill('SIGINT');
		expect(await ended()).toMatchObject({code: 130, stderr: ''});
	});
});

describe('sandbox exec', () => {
	/** Runs a program in its own sandbox, whose temporary files must be gone afterwards. */
	async function exec(
		command: string[],
		{flags = [], ...options}: {flags?: string[]; env?: Env; input?: string} = {},
	) {
		const folder = mkdtempSync(path.join(tmpdir(), 'kling-exec-'));
		const env = {...options.env, TMPDIR: folder, TEMP: folder};
		const finished = await kling(['sandbox', 'exec', ...flags, '--', ...command], {...options, env});
		expect(readdirSync(folder).filter((name) => name.startsWith('kling'))).toEqual([]);
		return finished;
	}

	test('the program finds the sandbox, its keys, and kling on its PATH', async () => {
		const {code, stdout, stderr} = await exec([
			'sh',
			'-c',
			'kling-cli --version >/dev/null && kling video list --limit 2; echo "$KLING_BASE_URL"',
		]);
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		const [json = '', url = ''] = stdout.split(/(?<=^\}\n)/m);
		expect(JSON.parse(json)).toMatchObject({success: true, count: 2});
		// The sandbox ends with the program.
		expect(url.trim()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		expect(await isOpen(Number(new URL(url).port))).toBe(false);
	});

	test.each([0, 3, 42])('ends with the exit status of the program: %i', async (status) => {
		expect((await exec(node(`process.exit(${status})`))).code).toBe(status);
	});

	test.each([
		['SIGKILL', 137],
		['SIGTERM', 143],
		['SIGINT', 130],
	])('a program killed by %s ends it with %i, as in a shell', async (signal, status) => {
		const {code, stdout} = await exec(
			node(`process.kill(process.pid, '${signal}'); setTimeout(() => {}, 5000)`),
		);
		expect({code, stdout}).toEqual({code: status, stdout: ''});
	});

	test('a real account is hidden, however it is configured', async () => {
		const names = [
			'ACCESS_KEY',
			'ACCESS_KEY_ID',
			'SECRET_KEY',
			'SECRET_ACCESS_KEY',
			'API_KEY',
			'TOKEN',
			'API_BASE',
			'BASE_URL',
			'PROFILE',
		];
		const env = Object.fromEntries(names.map((name) => [`KLING_${name}`, 'https://real.example']));
		const {code, stdout} = await exec(node('console.log(JSON.stringify(process.env))'), {
			env: {...env, KLING_HUMAN: '1'},
		});
		expect(code).toBe(0);
		expect(stdout).not.toContain('real.example');
		const ours = Object.keys(JSON.parse(stdout)).filter((name) => name.startsWith('KLING_'));
		// Variables that are not about accounts stay; profiles are elsewhere.
		expect(ours.sort()).toEqual([
			'KLING_ACCESS_KEY',
			'KLING_BASE_URL',
			'KLING_CONFIG_DIR',
			'KLING_HUMAN',
			'KLING_INSECURE_STORAGE',
			'KLING_SECRET_KEY',
			'KLING_WEBHOOK_SECRET',
		]);
	});

	test('signing in and out there does not affect real profiles', async () => {
		const home = mkdtempSync(path.join(tmpdir(), 'exec-home-'));
		const folder = path.join(home, 'kling-cli');
		mkdirSync(folder);
		const real = JSON.stringify({
			version: 1,
			current: 'default',
			profiles: {default: {region: 'global', storage: 'file', key: '****real'}},
		});
		writeFileSync(path.join(folder, 'config.json'), real, {mode: 0o600});
		const signIn = 'printf "%s\\n%s\\n" $KLING_ACCESS_KEY $KLING_SECRET_KEY | kling auth login --with-stdin';
		const {code, stdout} = await exec(['sh', '-c', `${signIn} && kling auth logout`], {
			env: {XDG_CONFIG_HOME: home},
		});
		expect({code, stdout}).toMatchObject({code: 0, stdout: expect.stringContaining('"storage": "file"')});
		expect(readdirSync(folder)).toEqual(['config.json']);
		expect(readFileSync(path.join(folder, 'config.json'), 'utf8')).toBe(real);
	});

	test('accepts the flags of start before --', async () => {
		const port = await freePort();
		// The only slot is in use for about ten seconds.
		const flags = ['--port', String(port), '--speed', '2', '--slots', '1'];
		const ask = 'kling video add-sound 900000000123456101';
		const {code, stderr} = await exec(['sh', '-c', `echo $KLING_BASE_URL >&2; ${ask} && ${ask}`], {flags});
		expect(code).toBe(0);
		expect(stderr).toMatch(new RegExp(`^http://127.0.0.1:${port}\n.*Waiting for room\n$`, 's'));
	});

	test.each([
		[[], ['--', '--help', '--json', '-q', '--', '--']],
		// oclif sorts words by their first position.
		[[], ['a', 'b', 'a', 'c', '', 'a b', '*', '$HOME']],
		[
			['--port', '0', '--speed', '5'],
			['5', '0', '--port', '5'],
		],
	])('after %j --, words reach the program unchanged: %j', async (flags, words) => {
		const {code, stdout} = await exec(
			[...node('console.log(JSON.stringify(process.argv.slice(1)))'), '--', ...words],
			{flags},
		);
		expect({code, words: JSON.parse(stdout)}).toEqual({code: 0, words});
	});

	test('without --, a flag of the program is refused, and the hint says where -- goes', async () => {
		const error = await fails(['sandbox', 'exec', 'sh', '-c', 'exit 0'], 2);
		expect(error).toMatchObject({code: 'invalid_flag', message: 'Unknown flag -c'});
		expect(error.hint).toContain('sandbox exec -- PROGRAM');
		const typo = await fails(['sandbox', 'exec', '--sped', '2', '--', 'true'], 2);
		expect(typo.hint).toBe('Did you mean --speed?');
	});

	test('a missing program is command_not_started, exit 2', async () => {
		const {code, stdout} = await exec(['no-such-program-anywhere', '--flag']);
		expect(code).toBe(2);
		expect(JSON.parse(stdout).error).toMatchObject({
			code: 'command_not_started',
			message: expect.stringContaining('no-such-program-anywhere'),
		});
	});

	test('stdin, stdout and stderr are those of the program, byte for byte', async () => {
		const script = 'process.stdin.pipe(process.stdout); process.stderr.write("to stderr")';
		const {code, stdoutBytes, stderr} = await exec(node(script), {input: '\u0000\u001B[31m{"not": "json'});
		expect({code, stderr}).toEqual({code: 0, stderr: 'to stderr'});
		expect(stdoutBytes).toEqual(Buffer.from('\u0000\u001B[31m{"not": "json'));
	});

	test.each(['SIGTERM', 'SIGHUP'] as const)('%s reaches the program, and nothing is left', async (signal) => {
		const folder = mkdtempSync(path.join(tmpdir(), 'kling-exec-'));
		const script = `process.on('${signal}', () => process.exit(7)); setTimeout(() => {}, 20000); console.log('ready')`;
		const child = startKling(['sandbox', 'exec', '--', ...node(script)], {env: {TMPDIR: folder}});
		const {prints, ended} = watch(child);
		await prints(/ready/);
		child.kill(signal);
		expect(await ended()).toEqual({code: 7, signal: null, stdout: 'ready\n', stderr: ''});
		expect(readdirSync(folder).filter((name) => name.startsWith('kling'))).toEqual([]);
	});

	test('SIGINT is left to the program: a terminal sends it to both', async () => {
		const script =
			"process.on('SIGINT', () => console.log('interrupted')); setTimeout(() => process.exit(5), 700); console.log('ready')";
		const child = startKling(['sandbox', 'exec', '--', ...node(script)]);
		const {prints, ended} = watch(child);
		await prints(/ready/);
		child.kill('SIGINT');
		expect(await ended()).toEqual({code: 5, signal: null, stdout: 'ready\n', stderr: ''});
	});
});
