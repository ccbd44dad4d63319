import {
	chmodSync,
	closeSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {watch} from '../support/processes.js';
import {type Env, kling as run, startKling} from './kling.js';

/** Each is a process of its own: these tests are about how it starts. */
const kling: typeof run = (args, options) => run(args, {...options, alone: true});

let cache: string;
let folder: string;
let env: Env;

beforeEach(() => {
	cache = mkdtempSync(path.join(tmpdir(), 'kling-start-'));
	folder = path.join(cache, 'kling-cli', 'code');
	env = {XDG_CACHE_HOME: cache};
});

const help = () => kling(['video', 'status', '--help'], {env});
const list = () => kling(['video', 'list'], {env});
const files = () => (existsSync(folder) ? readdirSync(folder) : []);
const fileOf = (kind: string) => path.join(folder, files().find((name) => name.endsWith(kind)) ?? 'none');

describe('kling --version', () => {
	test('prints the same as oclif', async () => {
		const [quick, oclif] = await Promise.all([kling(['--version'], {env}), kling(['--help'], {env})]);
		expect(quick).toMatchObject({code: 0, stderr: ''});
		expect(quick.stdout).toMatch(/^kling-cli\/\d+\.\d+\.\d+ \S+-\S+ node-v\d+\.\d+\.\d+\n$/);
		expect(oclif.stdout).toContain(`VERSION\n  ${quick.stdout}`);
	});

	test('to a full disk ends like any other command', async () => {
		const full = openSync('/dev/full', 'w');
		const child = startKling(['--version'], {env, stdout: full});
		closeSync(full);
		const {code, stderr} = await watch(child).ended();
		expect({code, error: JSON.parse(stderr).error.code}).toEqual({code: 10, error: 'disk_full'});
	});
});

test.each([[[]], [['--human']]])(
	'a list that stdout does not accept has a matching hint: %j',
	async (flags) => {
		const full = openSync('/dev/full', 'w');
		const args = ['sandbox', 'exec', '--', 'kling', 'video', 'list', ...flags];
		const child = startKling(args, {env, stdout: full});
		closeSync(full);
		const {code, stderr} = await watch(child).ended();
		expect({code, hint: stderr.includes('--output')}).toEqual({code: 10, hint: false});
		expect(stderr).toContain('disk_full');
		expect(stderr).toContain('Make room where stdout goes, or send it elsewhere, and run the command again.');
	},
);

test.each([
	[['video', 'status'], 2, 'missing_task_id'],
	[['video', 'list'], 4, 'missing_api_key'],
])(
	'an error that stdout does not accept goes to stderr, with its own exit status: %j',
	async (args, exit, code) => {
		const full = openSync('/dev/full', 'w');
		const child = startKling(args, {env, stdout: full});
		closeSync(full);
		const ended = await watch(child).ended();
		expect({exit: ended.code, code: JSON.parse(ended.stderr).error.code}).toEqual({exit, code});
	},
);

describe('compiled code is cached', () => {
	test('for the user alone, and used without changing the output', async () => {
		const first = await help();
		expect(first).toMatchObject({code: 0, stderr: ''});
		expect(files()).toEqual([expect.stringMatching(/^v\d+\.\d+\.\d+-\w+-[\da-f]{16}-(command-)?help$/)]);
		expect(statSync(folder).mode & 0o777).toBe(0o700);
		expect(statSync(fileOf('help')).mode & 0o777).toBe(0o600);
		const written = statSync(fileOf('help')).mtimeMs;
		expect(await help()).toEqual(first);
		expect(statSync(fileOf('help')).mtimeMs).toBe(written);
	});

	test('for each command, after failed runs until one succeeds', async () => {
		const work = (args: string[]) => kling(['sandbox', 'exec', '--', 'kling', 'video', ...args], {env});
		expect((await list()).code).toBe(4);
		const failed = readFileSync(fileOf('video-list'));
		expect((await list()).code).toBe(4);
		expect(readFileSync(fileOf('video-list')).equals(failed)).toBe(true);
		expect((await work(['list'])).code).toBe(0);
		const succeeded = readFileSync(fileOf('video-list'));
		expect(succeeded.length).toBeGreaterThan(failed.length);
		const [again, other] = [await work(['list']), await work(['lst'])];
		expect(again.code).toBe(0);
		expect(JSON.parse(again.stdout).count).toBeGreaterThan(0);
		expect(readFileSync(fileOf('video-list')).equals(succeeded)).toBe(true);
		expect(other.code).toBe(2);
		expect(
			files()
				.map((name) => name.replace(/^[^-]+-[^-]+-[^-]+-/, ''))
				.sort(),
		).toEqual(['other', 'sandbox-exec', 'video-list']);
	});

	test('once, when many start at the same time', async () => {
		const all = await Promise.all(Array.from({length: 6}, help));
		for (const one of all) expect(one).toEqual(all[0]);
		expect(all[0]).toMatchObject({code: 0, stderr: ''});
		expect(files()).toHaveLength(1);
	});

	test('not when Node must not cache', async () => {
		env = {...env, NODE_DISABLE_COMPILE_CACHE: '1'};
		expect((await help()).code).toBe(0);
		expect(files()).toEqual([]);
	});

	test('not when the command was stopped', async () => {
		const child = startKling(['sandbox', 'start', '--port', '0'], {env});
		const watched = watch(child);
		await watched.prints(/base_url/);
		child.kill('SIGINT');
		expect((await watched.ended()).code).toBe(130);
		expect(files()).toEqual([]);
	});
});

describe('whatever is wrong with the cache, the output is right, and the cache is rebuilt', () => {
	const firstLine = (bytes: Buffer) => bytes.toString('latin1', 0, bytes.indexOf('\n'));
	const flip = (bytes: Buffer, share: number) => {
		const at = Math.floor(bytes.length * share);
		bytes[at] = (bytes[at] ?? 0) ^ 0x55;
		return bytes;
	};

	test.each<[string, (bytes: Buffer) => Buffer]>([
		['empty', () => Buffer.alloc(0)],
		['truncated', (bytes) => bytes.subarray(0, bytes.length - 1000)],
		['half', (bytes) => bytes.subarray(0, bytes.length / 2)],
		['altered at its begin', (bytes) => flip(bytes, 0)],
		['altered at a quarter', (bytes) => flip(bytes, 0.25)],
		['altered at its end', (bytes) => flip(bytes, 0.999)],
		['of something else', () => Buffer.from('{"some": "json"}')],
		[
			'of another version',
			(bytes) => Buffer.from(bytes.toString('latin1').replace(/code v\d+/, 'code v19'), 'latin1'),
		],
		['of code that V8 refuses', (bytes) => garbage(bytes)],
	])('%s', async (_, damage) => {
		const good = await help();
		const file = fileOf('help');
		const whole = readFileSync(file);
		writeFileSync(file, damage(Buffer.from(whole)));
		expect(await help()).toEqual(good);
		expect(firstLine(readFileSync(file))).toBe(firstLine(whole));
		expect(readFileSync(file).length).toBeGreaterThan(100_000);
	});

	/** A file that looks valid, but whose code V8 never wrote. */
	function garbage(bytes: Buffer): Buffer {
		const line = bytes.subarray(0, bytes.indexOf('\n') + 1);
		return Buffer.concat([line, Buffer.alloc(5000, 7), Buffer.alloc(5000, 7)]);
	}

	test('a file that others can write is not used', async () => {
		const good = await help();
		chmodSync(fileOf('help'), 0o666);
		expect(await help()).toEqual(good);
		expect(statSync(fileOf('help')).mode & 0o777).toBe(0o600);
	});

	test('a link instead of the file is not followed', async () => {
		const good = await help();
		const file = fileOf('help');
		const elsewhere = path.join(cache, 'elsewhere');
		writeFileSync(elsewhere, readFileSync(file));
		rmSync(file);
		symlinkSync(elsewhere, file);
		expect(await help()).toEqual(good);
		expect(readdirSync(folder, {withFileTypes: true})[0]?.isFile()).toBe(true);
	});

	test('a folder that others can write to, or a file in its place, is not used', async () => {
		mkdirSync(folder, {recursive: true});
		chmodSync(folder, 0o777);
		expect(await help()).toMatchObject({code: 0, stderr: ''});
		expect(files()).toEqual([]);
		writeFileSync(path.join(cache, 'file'), '');
		env = {XDG_CACHE_HOME: path.join(cache, 'file')};
		expect(await help()).toMatchObject({code: 0, stderr: ''});
	});

	test('a folder that cannot be written', async () => {
		// Folders cannot be created in /proc, whoever tries.
		env = {XDG_CACHE_HOME: '/proc'};
		expect(await help()).toMatchObject({code: 0, stderr: ''});
	});

	test('old files are removed when one is written', async () => {
		mkdirSync(folder, {recursive: true, mode: 0o700});
		const long = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000);
		for (const name of ['v18.0.0-x64-0000-help', 'v22.0.0-x64-0000-help'])
			writeFileSync(path.join(folder, name), '');
		utimesSync(path.join(folder, 'v18.0.0-x64-0000-help'), long, long);
		await help();
		expect(files()).toHaveLength(2);
		expect(files()).toContain('v22.0.0-x64-0000-help');
	});
});
