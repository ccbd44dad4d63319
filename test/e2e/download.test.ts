import {createHash} from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, ok, startFakeServer} from '../support/fake-server.js';
import {type Env, envOf, fails, kling, root, succeeds} from './kling.js';

let sandbox: Sandbox;
let env: Env;
let cwd: string;

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1});
	env = envOf(sandbox);
});
beforeEach(() => {
	cwd = mkdtempSync(path.join(tmpdir(), 'kling-download-'));
});
afterAll(() => sandbox.close());

const media = (name: string) => readFileSync(path.join(root, 'src', 'sandbox', 'media', name));
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const run = (...args: string[]) => succeeds(['video', 'download', ...args], {env, cwd});
const refused = (exit: number, ...args: string[]) => fails(['video', 'download', ...args], exit, {env, cwd});

describe('each format yields the complete file', () => {
	test.each([
		[['900000000000000101', '-o', 'out.mp4'], 'out.mp4', 'clip-5s.mp4'],
		[['900000000000000102', '-o', 'out.mp4'], 'out.mp4', 'clip-5s-sound.mp4'],
		[['900000000000000102', '-o', 'out.mp4', '--watermark'], 'out.mp4', 'clip-5s-sound-watermark.mp4'],
		[['900000000000000501', '--type', 'add-sound', '--output', 'v.mp4'], 'v.mp4', 'clip-5s-sound.mp4'],
		[['900000000000000501', '-t', 'add-sound', '--format', 'mp3', '-o', 'a.mp3'], 'a.mp3', 'sound-5s.mp3'],
		[['900000000000000501', '-t', 'add-sound', '--format', 'wav', '-o', 'a.wav'], 'a.wav', 'sound-5s.wav'],
		[['900000000000000101', '-o', 'no-extension'], 'no-extension', 'clip-5s.mp4'],
		[['900000000000000101', '-o', 'new/folders/out.mp4'], 'new/folders/out.mp4', 'clip-5s.mp4'],
		[['900000000000000101', '-o', '.'], '900000000000000101.mp4', 'clip-5s.mp4'],
		[['900000000000000101', '-o', 'fresh/'], 'fresh/900000000000000101.mp4', 'clip-5s.mp4'],
		[
			['900000000000000501', '-t', 'add-sound', '--format', 'wav', '-o', '.'],
			'900000000000000501.wav',
			'sound-5s.wav',
		],
	])('%j', async (args, file, source) => {
		const document = await run(...args);
		expect(Object.keys(document)).toEqual(['success', 'task_id', 'file']);
		expect(document).toEqual({success: true, task_id: args[0], file: path.join(cwd, file)});
		expect(sha256(readFileSync(path.join(cwd, file)))).toBe(sha256(media(source)));
		expect(readdirSync(path.dirname(path.join(cwd, file)))).toEqual([path.basename(file)]);
	});
});

test('-v adds bytes, resumed, sha256', async () => {
	const document = await run('900000000000000101', '-o', 'x.mp4', '-v');
	const clip = media('clip-5s.mp4');
	const keys = ['success', 'task_id', 'file', 'bytes', 'resumed', 'sha256', 'seconds'];
	expect(Object.keys(document)).toEqual(keys);
	expect(document).toMatchObject({bytes: clip.length, resumed: false, sha256: sha256(clip)});
});

test('-o - writes the bytes to stdout and the document to stderr', async () => {
	const {code, stdoutBytes, stderr} = await kling(['video', 'download', '900000000000000101', '-o', '-'], {
		env,
		cwd,
	});
	expect(code).toBe(0);
	expect(sha256(stdoutBytes)).toBe(sha256(media('clip-5s.mp4')));
	expect(JSON.parse(stderr)).toEqual({success: true, task_id: '900000000000000101', file: '-'});
	expect(readdirSync(cwd)).toEqual([]);
});

test('-o - keeps stdout empty on failure', async () => {
	const {code, stdout, stderr} = await kling(['video', 'download', 'nope', '-o', '-'], {env, cwd});
	expect({code, stdout}).toEqual({code: 9, stdout: ''});
	expect(JSON.parse(stderr).error.code).toBe('task_not_found');
});

describe('existing files', () => {
	test('are refused, and replaced with --force', async () => {
		writeFileSync(path.join(cwd, 'x.mp4'), 'mine');
		const error = await refused(10, '900000000000000101', '-o', 'x.mp4');
		expect(error).toMatchObject({code: 'file_exists', path: path.join(cwd, 'x.mp4')});
		expect(error.hint).toContain('--force');
		expect(readFileSync(path.join(cwd, 'x.mp4'), 'utf8')).toBe('mine');
		await run('900000000000000101', '-o', 'x.mp4', '--force');
		expect(sha256(readFileSync(path.join(cwd, 'x.mp4')))).toBe(sha256(media('clip-5s.mp4')));
		expect(readdirSync(cwd)).toEqual(['x.mp4']);
	});

	test('a dangling link is not followed', async () => {
		symlinkSync(path.join(cwd, 'elsewhere.mp4'), path.join(cwd, 'x.mp4'));
		await refused(10, '900000000000000101', '-o', 'x.mp4');
		expect(existsSync(path.join(cwd, 'elsewhere.mp4'))).toBe(false);
	});

	test('a device is never replaced, not even with --force', async () => {
		const error = await refused(10, '900000000000000101', '-o', '/dev/null', '--force');
		expect(error).toMatchObject({code: 'write_error', path: '/dev/null'});
	});

	test('a folder in the way, and a file where a folder should be', async () => {
		mkdirSync(path.join(cwd, '900000000000000101.mp4'));
		expect((await refused(10, '900000000000000101', '-o', '.')).code).toBe('write_error');
		writeFileSync(path.join(cwd, 'file'), '');
		const error = await refused(10, '900000000000000101', '-o', 'file/x.mp4');
		expect(error).toMatchObject({code: 'write_error', path: path.join(cwd, 'file', 'x.mp4')});
	});
});

test.each([
	[8, 'task_not_ready', ['900000000000000104', '-o', 'x.mp4']],
	[3, 'content_policy', ['900000000000000103', '-o', 'x.mp4']],
	[3, 'watermark_unavailable', ['900000000000000101', '--watermark', '-o', 'x.mp4']],
	[3, 'watermark_unavailable', ['900000000000000501', '-t', 'add-sound', '--watermark', '-o', 'x.mp4']],
	[9, 'task_not_found', ['900000000000000501', '-t', 'create', '-o', 'x.mp4']],
	[9, 'task_not_found', ['900000000000000999', '-o', 'x.mp4']],
])('exit %i, %s: %j', async (exit, code, args) => {
	const error = await refused(exit, ...args);
	expect(error.code).toBe(code);
	expect(readdirSync(cwd)).toEqual([]);
});

describe('what is sent to the file server', () => {
	let api: FakeServer;
	let assets: FakeServer;
	let fakeEnv: Env;
	beforeAll(async () => {
		[api, assets] = await Promise.all([startFakeServer(), startFakeServer()]);
		fakeEnv = {
			KLING_BASE_URL: api.baseUrl,
			KLING_API_KEY: 'api-key-kling-secret-value',
			KLING_API_STANDARD: 'v1',
		};
	});
	beforeEach(() => {
		assets.seen = [];
		result(`${assets.baseUrl}/clip.mp4?ksSecret=signed%2Bquery&ksTime=6ad8c280`);
	});
	afterAll(() => Promise.all([api.close(), assets.close()]));

	const result = (url: string, about: object = {}) => {
		const task = {task_id: 't1', task_status: 'succeed', task_result: {videos: [{id: 'v1', url}]}};
		api.answer = ok({...task, ...about});
	};
	const broken = (exit: number, ...flags: string[]) =>
		fails(['video', 'download', 't1', '-o', 'x.mp4', ...flags], exit, {env: fakeEnv, cwd});

	const clip = media('clip-5s.mp4');

	test('the token is never sent there, and the query is unchanged', async () => {
		assets.answer = (_, response) => void response.end(clip);
		await succeeds(['video', 'download', 't1', '-o', 'x.mp4'], {env: fakeEnv, cwd});
		expect(assets.seen).toHaveLength(1);
		const [request] = assets.seen;
		expect(request?.url).toBe('/clip.mp4?ksSecret=signed%2Bquery&ksTime=6ad8c280');
		expect(JSON.stringify(request?.headers)).not.toContain('secret-value');
		expect(request?.headers.authorization).toBeUndefined();
	});

	test('a redirect is followed, without the token', async () => {
		assets.answer = ({url}, response) => {
			if (url.startsWith('/clip.mp4')) response.writeHead(302, {location: '/moved.mp4'}).end();
			else response.end(clip);
		};
		await succeeds(['video', 'download', 't1', '-o', 'x.mp4'], {env: fakeEnv, cwd});
		expect(assets.seen.map(({headers}) => headers.authorization)).toEqual([undefined, undefined]);
	});

	test.each([403, 404, 410])('HTTP %i of an old task is asset_expired, with the 30 days', async (status) => {
		const created_at = Date.now() - 31 * 24 * 3_600_000;
		result(`${assets.baseUrl}/clip.mp4?ksSecret=signed`, {created_at, updated_at: created_at + 90_000});
		assets.answer = (_, response) => void response.writeHead(status).end('<Error/>');
		const error = await broken(9);
		expect(error.code).toBe('asset_expired');
		expect(error.hint).toContain('30 days');
		expect(JSON.stringify(error)).not.toContain('ksSecret');
	});

	test('bytes after the clip are kept when everything promised arrived, with a note and a warning', async () => {
		assets.answer = (_, response) => void response.end(Buffer.concat([clip, Buffer.alloc(100, 7)]));
		const args = ['video', 'download', 't1', '-o', 'x.mp4', '-v'];
		const {code, stdout, stderr} = await kling(args, {env: fakeEnv, cwd});
		expect([code, readFileSync(path.join(cwd, 'x.mp4')).length]).toEqual([0, clip.length + 100]);
		expect(JSON.parse(stdout)).toMatchObject({warnings: [expect.stringMatching(/no box begins/)]});
		expect(stderr).toContain('Note: ');
	});

	test.each(['x.gif', 'x.mov', 'x.webm', 'x.mp3', 'x.png'])(
		'%s is not a video, and is refused before anything is sent',
		async (name) => {
			api.seen = [];
			const error = await fails(['video', 'download', 't1', '-t', 'create', '-o', name], 2, {
				env: fakeEnv,
				cwd,
			});
			expect(error).toMatchObject({code: 'conflicting_input', hint: expect.stringContaining('.mp4')});
			expect(api.seen).toEqual([]);
		},
	);

	test('HTTP 404 minutes after success is retried, and the file arrives', async () => {
		result(`${assets.baseUrl}/clip.mp4?ksSecret=signed`, {updated_at: Date.now() - 90_000});
		assets.answer = (_, response) => {
			if (assets.seen.length <= 2) response.writeHead(404).end('<Error/>');
			else response.end(clip);
		};
		await succeeds(['video', 'download', 't1', '-o', 'x.mp4'], {env: fakeEnv, cwd});
		expect(assets.seen).toHaveLength(3);
	});

	test.each<[string, FakeServer['answer'], RegExp]>([
		[
			'a cut transfer',
			(_, r) =>
				void r
					.writeHead(200, {'content-length': clip.length})
					.write(clip.subarray(0, 5000), () => r.destroy()),
			/broke off after/,
		],
		['a cut transfer without a length', (_, r) => void r.write(clip.subarray(0, 50_000), () => r.end()), /./],
		[
			'an HTML page',
			(_, r) => void r.writeHead(200, {'content-type': 'text/html'}).end('<!doctype html><html>Sorry</html>'),
			/HTML/,
		],
		['a JSON error', (_, r) => void r.end('{"error":"no"}'), /JSON/],
		['an empty body', (_, r) => void r.end(), /empty/],
		[
			'bytes after the clip, and no length',
			(_, r) => {
				r.write(clip);
				r.end(Buffer.alloc(100, 7));
			},
			/./,
		],
		['an error of the server', (_, r) => void r.writeHead(500).end(), /HTTP 500/],
		[
			'a redirect off the network protocols',
			(_, r) => void r.writeHead(302, {location: 'file:///etc/passwd'}).end(),
			/./,
		],
		[
			'a redirect to plain http elsewhere',
			(_, r) => void r.writeHead(302, {location: 'http://192.0.2.1/x'}).end(),
			/https/,
		],
	])('%s is download_error, and leaves nothing', async (_, answer, message) => {
		assets.answer = answer;
		const error = await broken(5);
		expect(error.code).toMatch(/^(download_error|connection_error)$/);
		expect(error.message).toMatch(message);
		expect(JSON.stringify(error)).not.toContain('signed');
		expect(readdirSync(cwd)).toEqual([]);
	});

	test('a link that is not https is refused', async () => {
		result('http://192.0.2.1/clip.mp4');
		expect((await broken(5)).code).toBe('download_error');
		result('file:///etc/passwd');
		expect((await broken(5)).message).toBe('Kling gave a download link that is not https');
		result('https://[');
		expect((await broken(5)).message).toBe('Kling gave a download link that is not a complete address');
	});

	test('a transfer that fails once is retried', async () => {
		let first = true;
		assets.answer = (_, response) => {
			if (!first) return void response.end(clip);
			first = false;
			response
				.writeHead(200, {'content-length': clip.length})
				.write(clip.subarray(0, 5000), () => response.destroy());
		};
		await succeeds(['video', 'download', 't1', '-o', 'x.mp4'], {env: fakeEnv, cwd});
		expect(assets.seen).toHaveLength(2);
	});

	test('a file that appears during the transfer is not overwritten', async () => {
		assets.answer = (_, response) => {
			writeFileSync(path.join(cwd, 'x.mp4'), 'appeared');
			response.end(clip);
		};
		expect((await broken(10)).code).toBe('file_exists');
		expect(readFileSync(path.join(cwd, 'x.mp4'), 'utf8')).toBe('appeared');
		expect(readdirSync(cwd)).toEqual(['x.mp4']);
	});
});
