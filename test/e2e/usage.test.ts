import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type FakeServer, startFakeServer} from '../support/fake-server.js';
import {type Env, fails, kling} from './kling.js';

/** Invalid input: a clear error document, exit 2, and nothing sent. */
let server: FakeServer;
let env: Env;
const folder = mkdtempSync(path.join(tmpdir(), 'kling-usage-'));

beforeAll(async () => {
	server = await startFakeServer();
	env = {KLING_BASE_URL: server.baseUrl, KLING_API_KEY: 'api-key-kling-test', KLING_API_STANDARD: 'v1'};
});
afterAll(async () => {
	expect(server.seen).toEqual([]);
	await server.close();
});

const long = 'x'.repeat(201);

describe('arguments and flags', () => {
	test.each<[string[], string, RegExp]>([
		[['video', 'status'], 'missing_task_id', /TASK_ID/],
		[['video', 'status', ''], 'missing_task_id', /empty/],
		[['video', 'status', '   '], 'missing_task_id', /empty/],
		[['video', 'status', '..'], 'invalid_task_id', /'\.\.'/],
		[['video', 'status', '.'], 'invalid_task_id', /'\.'/],
		[['video', 'status', 'a b'], 'invalid_task_id', /space/],
		[['video', 'status', 'a\u001Bb'], 'invalid_task_id', /control/],
		[['video', 'status', 'x'.repeat(257)], 'invalid_task_id', /256/],
		[
			['video', 'status', 'x', '--type', 'movie'],
			'invalid_type',
			/movie.*create, text2video, image2video, extend, add-sound/,
		],
		[['video', 'status', 'x', '--type', ''], 'invalid_type', /--type/],
		[['video', 'status', 'x', '--type'], 'invalid_type', /--type/],
		[['video', 'extend', 'x', 'y'], 'invalid_argument', /y/],
		[['video', 'status', 'x', '--region', 'mars'], 'invalid_flag', /mars/],
		// What every object has.
		[['video', 'status', 'x', '--region', 'constructor'], 'invalid_flag', /constructor/],
		[['video', 'create', 'a fox', '--toString', '5'], 'invalid_flag', /^Unknown flag --toString$/],
		[['video', 'create', 'a fox', '--constructor=5'], 'invalid_flag', /^Unknown flag --constructor$/],
		[['video', 'constructor'], 'unknown_command', /video constructor/],
		[['video', '__proto__'], 'unknown_command', /video __proto__/],
		[['video', 'download'], 'missing_task_id', /TASK_ID/],
		[['video', 'download', 'x'], 'missing_output', /--output/],
		[['video', 'download', 'x', '-o', ''], 'missing_output', /--output/],
		[['video', 'download', 'x', '-o'], 'missing_output', /--output/],
		[['video', 'download', 'x', '-o', 'x.ogg', '--format', 'ogg'], 'invalid_format', /ogg.*video, mp3, wav/],
		[
			['video', 'download', 'x', '-o', 'x.mp3', '--format', 'mp3', '-t', 'create'],
			'invalid_format',
			/mp3.*create/,
		],
		[
			['video', 'download', 'x', '-o', 'x.wav', '--format', 'wav', '-t', 'extend'],
			'invalid_format',
			/wav.*extend/,
		],
		[
			['video', 'download', 'x', '-t', 'add-sound', '--format', 'mp3', '-o', 'x.mp4'],
			'conflicting_input',
			/\.mp4.*mp3/,
		],
		[
			['video', 'download', 'x', '-t', 'add-sound', '--format', 'wav', '-o', 'x.MP3'],
			'conflicting_input',
			/\.mp3.*wav/,
		],
		[['video', 'download', 'x', '-o', 'x.wav', '-t', 'create'], 'conflicting_input', /\.wav.*video/],
		[
			['video', 'download', 'x', '-t', 'add-sound', '--format', 'mp3', '--watermark', '-o', 'x.mp3'],
			'conflicting_input',
			/watermark/,
		],
		...['0', '501', '-1', '1.5', 'ten', '', '1e2', '0x10'].map((limit): [string[], string, RegExp] => [
			['video', 'list', `--limit=${limit}`],
			'invalid_limit',
			/1 to 500/,
		]),
		[['video', 'list', '-l', '-5'], 'invalid_limit', /'-5'/],
		[['video', 'list', '--limit'], 'invalid_limit', /--limit/],
		...['0', '1001', 'x', ''].map((page): [string[], string, RegExp] => [
			['video', 'list', `--page=${page}`],
			'invalid_page',
			/1 to 1000/,
		]),
		[['video', 'extend'], 'missing_video_id', /VIDEO_ID/],
		...['1.01', '-0.1', 'NaN', '', 'high', 'Infinity', '0,5'].map((scale): [string[], string, RegExp] => [
			['video', 'extend', 'v', `--cfg-scale=${scale}`],
			'invalid_cfg_scale',
			/0 to 1/,
		]),
		[['video', 'extend', 'v', '--prompt', 'x'.repeat(2501)], 'invalid_prompt', /--prompt.*2501.*2500/],
		[['video', 'extend', 'v', '--negative', 'x'.repeat(2501)], 'invalid_prompt', /--negative.*2501/],
		[['video', 'add-sound'], 'missing_video_id', /--url/],
		[['video', 'add-sound', '--url', ''], 'missing_video_id', /--url/],
		[['video', 'add-sound', 'v', '--url', 'https://example.com/a.mp4'], 'conflicting_input', /--url/],
		[['video', 'add-sound', '--url', './clip.mp4'], 'invalid_url', /clip\.mp4/],
		[['video', 'add-sound', '--url', 'https://'], 'invalid_url', /https:/],
		[['video', 'extend', 'v', '--callback-url', 'ftp://x'], 'invalid_url', /--callback-url 'ftp/],
		[['video', 'extend', 'v', '--external-id', 'a b'], 'invalid_external_id', /a b/],
		[['video', 'extend', 'v', '--timeout', 'soon'], 'invalid_timeout', /soon/],
		[['video', 'wait', 'x', '--interval', '0'], 'invalid_interval', /'0'/],
		[['video', 'status', 'x', '--concurrency', '65'], 'invalid_concurrency', /1 to 64/],
		[['video', 'add-sound', 'v', '--sound', long], 'invalid_sound', /201.*200/],
		[['video', 'add-sound', 'v', '-b', `${'🎷'.repeat(201)}`], 'invalid_bgm', /201.*200/],
		[['video', 'add-sound', '.', '-b', 'x'], 'invalid_video_id', /'\.'/],
		[['voice', 'say', 'hello', '--voice', ' '], 'invalid_voice', /^--voice is empty/],
		[['sandbox', 'start', '--port', '70000'], 'invalid_port', /70000/],
		[['sandbox', 'start', '--speed', '0'], 'invalid_speed', /--speed/],
		[['sandbox', 'exec'], 'invalid_argument', /program/],
	])('%j is %s', async (args, code, message) => {
		const error = await fails(args, 2, {env, cwd: folder});
		expect(error.code).toBe(code);
		expect(error.message).toMatch(message);
		expect(error.hint).toBeTruthy();
		expect(error.message).not.toMatch(/See more help|Parsing --/);
	});

	test.each([
		[['video', 'status', 'x', '--typ', 'extend'], /Did you mean --type\?/],
		[['video', 'extend', 'v', '--cfgscale', '1'], /Did you mean --cfg-scale\?/],
		[['video', 'extend', 'v', '--cfg_scale=1'], /Did you mean --cfg-scale\?/],
	])('an unknown flag gets a suggestion: %j', async (args, hint) => {
		const error = await fails(args, 2, {env});
		expect(error.code).toBe('invalid_flag');
		expect(error.hint).toMatch(hint);
	});
});

describe('commands', () => {
	test.each([
		[['video', 'statsu', 'x'], /kling video status/],
		[['video', 'exted', 'v1'], /kling video extend/],
		[['vidoe', 'list'], /kling video list/],
		[['sandbx', 'start'], /kling sandbox start/],
		[['frobnicate'], /kling help/],
		[['help', 'frobnicate'], /kling help/],
		[['Video', 'list'], /`kling video list`/],
		[['login'], /`kling auth login`/],
		[['lgin', '--profile', 'x'], /`kling auth login`/],
		[['status', '1'], /`kling video status` or `kling auth status`/],
		[['help', 'video', 'crate'], /`kling help video create`/],
		[['help', 'login'], /`kling help auth login`/],
		[['help', 'exit-cods'], /`kling help exit-codes`/],
		[['help', 'wait_timeuot'], /`kling help wait_timeout`/],
		[['help', '99'], /kling help exit-codes/],
		[['help', 'exit', '99'], /kling help exit-codes/],
		[['help', 'status'], /`kling help video status` or `kling help auth status`/],
		[['help', 'video', 'crate', '10'], /`kling help video create`/],
		[['what', 'does', 'exit', 'code', '11', 'mean'], /kling help 11$/],
		[['what', 'is', 'error', '1303'], /kling help 1303$/],
		[['exit', '99'], /kling help exit-codes$/],
		[['vidio'], /`kling video`/],
		[['acount'], /`kling account`/],
		[['sandbx'], /`kling sandbox`/],
		[['hepl'], /`kling help`/],
		[['help', 'vidio'], /`kling help video`/],
		[['help', 'acount'], /`kling help account`/],
		[['video', 'frobnicate'], /`kling video --help`/],
		[['crate', 'x'.repeat(5000)], /`kling video create`/],
		[['video', 'crate', 'a fox', '--duration', '10', '--help'], /`kling help video create`/],
		[['help', 'nope', '--json'], /kling help/],
		[['video', 'crate', '--help'], /`kling help video create`/],
	])('%j is unknown, gets a suggestion, and is never run', async (args, hint) => {
		const error = await fails(args, 2, {env});
		expect(error.code).toBe('unknown_command');
		expect(error.hint).toMatch(hint);
	});
});

test.each([
	[['video', 'list', 'extra'], 'extra', /kling video list --help/],
	[['video', 'list', 'extra', '--limit', '5'], 'extra', /kling video list --help/],
	[['doctor', 'please', 'now'], 'please', /kling doctor --help/],
])('words after a command that takes none are unexpected: %j', async (args, word, hint) => {
	const error = await fails(args, 2, {env});
	expect(error).toMatchObject({code: 'invalid_argument', message: `Unexpected argument: ${word}`});
	expect(error.hint).toMatch(hint);
});

test('requests that cannot be met get an answer as text', async () => {
	const {code, stdout, stderr} = await kling(['help', 'nope', '--human'], {env});
	expect({code, stdout}).toEqual({code: 2, stdout: ''});
	expect(stderr).toBe(
		'Error: Unknown command: kling nope (unknown_command)\nRun `kling help` for the list of commands.\n',
	);
});

describe('credentials and address', () => {
	test.each<[Env, string, number, RegExp]>([
		[{}, 'missing_api_key', 4, /No Kling credentials/],
		[{KLING_ACCESS_KEY: 'ak'}, 'missing_api_key', 4, /KLING_SECRET_KEY is not/],
		[{KLING_SECRET_KEY: 'sk-do-not-show'}, 'missing_api_key', 4, /KLING_ACCESS_KEY is not/],
		[
			{KLING_ACCESS_KEY: ' ', KLING_SECRET_KEY: 'sk-do-not-show'},
			'missing_api_key',
			4,
			/KLING_ACCESS_KEY is not/,
		],
		[{KLING_API_KEY: 'sk-do-not-show with space'}, 'invalid_api_key', 4, /KLING_API_KEY/],
		[{KLING_API_KEY: 'sk-do-not-show\nx: y'}, 'invalid_api_key', 4, /KLING_API_KEY/],
		[{KLING_API_KEY: 'k', KLING_BASE_URL: 'nonsense'}, 'invalid_config', 2, /KLING_BASE_URL is not a URL/],
		[{KLING_API_KEY: 'k', KLING_BASE_URL: 'http://example.com'}, 'invalid_config', 2, /https/],
		[{KLING_API_KEY: 'k', KLING_BASE_URL: 'http://127.evil.example'}, 'invalid_config', 2, /https/],
		[{KLING_API_KEY: 'k', KLING_BASE_URL: 'ftp://example.com'}, 'invalid_config', 2, /https/],
		[
			{KLING_API_KEY: 'k', KLING_API_BASE: 'https://u:sk-do-not-show@example.com'},
			'invalid_config',
			2,
			/KLING_API_BASE must not hold a user/,
		],
		[
			{KLING_API_KEY: 'k', KLING_BASE_URL: 'https://example.com/?a=sk-do-not-show'},
			'invalid_config',
			2,
			/query/,
		],
	])('%j', async (env, code, exit, message) => {
		const error = await fails(['video', 'list'], exit, {env});
		expect(error.code).toBe(code);
		expect(error.message).toMatch(message);
		expect(error.hint).toBeTruthy();
		expect(JSON.stringify(error)).not.toMatch(/do-not-show/);
	});

	test('--region and a base URL exclude each other', async () => {
		expect((await fails(['video', 'list', '--region', 'cn'], 2, {env})).code).toBe('conflicting_input');
	});

	test('without credentials the hint says how to set them, and that the sandbox needs none', async () => {
		const {hint} = await fails(['video', 'list'], 4);
		expect(hint).toMatch(/KLING_ACCESS_KEY.*KLING_SECRET_KEY.*KLING_API_KEY.*sandbox/s);
	});
});

describe('the exit status and the document do not depend on the output mode', () => {
	const cases: [string[], number][] = [
		[['video', 'list', '--limit', '0'], 2],
		[['video', 'status', 'x', '--nope'], 2],
		[['video', 'status'], 2],
	];
	test.each(cases)('%j', async (args, exit) => {
		const plain = await kling(args, {env});
		const json = await kling([...args, '--json'], {env});
		const human = await kling([...args, '--human'], {env});
		const both = await kling([...args, '--human', '--json'], {env});
		expect([plain.code, json.code, human.code, both.code]).toEqual([exit, exit, exit, exit]);
		expect(json.stdout).toBe(plain.stdout);
		expect(both.stdout).toBe(plain.stdout);
		expect(human.stdout).toBe('');
		expect(human.stderr).toMatch(/^Error: .+\n.+\n$/);
	});
});

test('stdin is never read for a missing argument', async () => {
	for (const command of ['status', 'download', 'extend']) {
		const error = await fails(['video', command], 2, {env, input: '900000000000000101\n'});
		expect(error.code).toMatch(/^missing_/);
	}
});

test('an existing file is refused before anything is downloaded', async () => {
	writeFileSync(path.join(folder, 'there.mp4'), 'mine');
	const error = await fails(['video', 'download', 'x', '-t', 'create', '-o', 'there.mp4'], 10, {
		env,
		cwd: folder,
	});
	expect(error).toMatchObject({code: 'file_exists', path: path.join(folder, 'there.mp4')});
});
