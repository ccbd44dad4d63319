import {spawn} from 'node:child_process';
import {mkdtempSync, readdirSync, writeFileSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {watch} from '../support/processes.js';
import {cleanEnv, type Env, envOf, fails, kling, runJs, startKling, succeeds} from './kling.js';

/** Whatever fails after a payment, the error names what was paid for. */
let sandbox: Sandbox;
let api: FakeServer;
let env: Env;
let fake: Env;
let cwd: string;

beforeAll(async () => {
	[sandbox, api] = await Promise.all([startSandbox({speed: 1000}), startFakeServer()]);
});
beforeEach(() => {
	cwd = mkdtempSync(path.join(tmpdir(), 'kling-paid-'));
	env = {...envOf(sandbox), HOME: cwd, XDG_DATA_HOME: path.join(cwd, 'data')};
	fake = {...env, KLING_BASE_URL: api.baseUrl, KLING_API_STANDARD: 'v1'};
});
afterAll(() => Promise.all([sandbox.close(), api.close()]));

/** Runs with an output whose reader has gone away. */
async function unread(args: string[], environment = env) {
	const child = startKling([...args, '-q'], {env: environment, cwd});
	child.stdout?.destroy();
	return watch(child).ended();
}

describe('a reader that goes away', () => {
	test('reads on stderr which task was submitted', async () => {
		const {code, stderr} = await unread(['video', 'create', 'a fox', '--external-id', 'gone-1']);
		const [, id] =
			/^Task (\d+) was submitted with the external id gone-1\. See: kling video status \1\n$/.exec(stderr) ??
			[];
		expect({code, id}).toEqual({code: 141, id: expect.any(String)});
		expect(await succeeds(['video', 'status', String(id)], {env, cwd})).toMatchObject({task_id: id});
	});

	test('reads that the outcome of another task is unknown', async () => {
		api.answer = (request, response) =>
			request.method === 'POST' ? response.destroy() : refusal(400, 1201, 'not found')(request, response);
		const {code, stderr} = await unread(['video', 'extend', 'v1', '--external-id', 'gone-2'], fake);
		expect({code, stderr}).toEqual({
			code: 141,
			stderr: expect.stringContaining('kling video reconcile gone-2'),
		});
	});

	test('reads which speech and faces were paid for', async () => {
		const said = await unread(['voice', 'say', 'The ferry leaves at noon.']);
		expect(said).toMatchObject({code: 141, stderr: expect.stringMatching(/--audio-id \d+\n/)});
		const found = await unread(['video', 'lip-sync', 'https://example.com/talk.mp4', '--faces']);
		expect(found).toMatchObject({code: 141, stderr: expect.stringMatching(/--session \d+\n/)});
	});
});

test('faces whose times cannot be read are not paid for again', async () => {
	const face_data = [
		{face_id: '0', start_time: 'soon', end_time: {}},
		{face_id: {}, start_time: 0, end_time: 5000},
	];
	api.answer = ok({session_id: 's-1', face_data});
	const before = api.seen.length;
	const line = ['video', 'lip-sync', 'https://example.com/talk.mp4', '--faces'];
	const faces = [{face: '0', start_ms: 0, end_ms: 0}];
	expect(await succeeds(line, {env: fake, cwd})).toMatchObject({session_id: 's-1', faces, count: 1});
	const submit = ['video', 'lip-sync', 'https://example.com/talk.mp4', '--audio-id', '9', '--end', '3s'];
	await kling(submit, {env: fake, cwd});
	const detections = api.seen.slice(before).filter(({url}) => url.endsWith('identify-face'));
	expect(detections).toHaveLength(1);
});

test('a file name that the task cannot fill in is not a usage error once the task is paid for', async () => {
	const videos = [{url: 'https://kling.invalid/x.mp4'}];
	api.answer = ok({task_id: 't-1', task_status: 'succeed', task_result: {videos}});
	const line = ['video', 'extend', 'v1', '--download', '{video_id}.mp4', '-q'];
	const error = await fails(line, 10, {env: fake, cwd});
	expect(error).toMatchObject({
		code: 'write_error',
		task_id: 't-1',
		message: expect.stringContaining('{video_id}'),
	});
	expect(error.hint).toContain('kling video download t-1');
});

describe('a result that can be requested only once', () => {
	test.each([
		[['image', 'segment', '--image', 'https://example.com/mia.png'], 'parts[0].mask_url'],
		[['voice', 'say', 'Mind the gap.'], 'audio_mp3_url'],
	])('is printed with a link that works: %j', async (args, link) => {
		const {stdout} = await kling([...args, '--query', link, '--raw'], {env, cwd});
		expect((await fetch(stdout.trim())).status).toBe(200);
	});

	test.each([
		[
			['image', 'segment', '--image', 'https://example.com/mia.png', '-o', 'masks/'],
			(document: Document) => document.parts?.[0]?.mask_url,
		],
		[['voice', 'say', 'Mind the gap.', '-o', 'gap.mp3'], (document: Document) => document.audio_mp3_url],
	])('is shown with its links if it cannot be saved: %j', async (args, link) => {
		// The disk accepts no file larger than a block.
		const script = `ulimit -f 1; exec "$0" "$@"`;
		const child = spawn('sh', ['-c', script, process.execPath, runJs, ...args], {
			cwd,
			env: {...cleanEnv, ...env, KLING_NO_CACHE: '1'},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const {code, stdout} = await watch(child).ended();
		const document = JSON.parse(stdout) as Document;
		expect({code, success: document.success}).toEqual({code: 10, success: false});
		expect(document.error.hint).toContain('same command again would cost again');
		expect((await fetch(String(link(document)))).status).toBe(200);
		expect(readdirSync(cwd)).not.toContain('gap.mp3');
	});

	test.each([
		[['voice', 'say', 'Mind the gap.', '-o', 'gap.mp3']],
		[['video', 'create', 'a fox', '--download', 'fox.mp4']],
	])('is not paid for if the disk is full already: %j', async (args) => {
		api.answer = ok({});
		const before = api.seen.length;
		const child = spawn('sh', ['-c', `ulimit -f 0; exec "$0" "$@"`, process.execPath, runJs, ...args], {
			cwd,
			env: {...cleanEnv, ...fake, KLING_NO_CACHE: '1'},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const {code, stdout} = await watch(child).ended();
		expect({code, document: JSON.parse(stdout)}).toMatchObject({
			code: 10,
			document: {error: {code: 'disk_full', path: path.join(cwd, String(args.at(-1)))}},
		});
		expect(api.seen.length).toBe(before);
		expect(readdirSync(cwd)).not.toContain(args.at(-1));
	});

	test('is shown even when a query on it fails', async () => {
		const {code, stdout} = await kling(
			['voice', 'say', 'Mind the gap.', '--query', "audio_id=='3' || sum(audio_id)"],
			{
				env,
				cwd,
			},
		);
		expect({code, document: JSON.parse(stdout)}).toMatchObject({
			code: 12,
			document: {success: false, error: {code: 'query_failed'}, audio_id: expect.any(String)},
		});
	});
});

interface Document {
	success: boolean;
	error: {hint: string};
	parts?: {mask_url: string}[];
	audio_mp3_url?: string;
}

describe('the second of two paid steps', () => {
	/** Responds to the first steps like Kling; to the task as the test says. */
	const task = (answer: FakeServer['answer']) => {
		api.seen = [];
		api.answer = (request, response) => {
			const face = {face_id: '1', face_image: 'https://kling.invalid/1.png', start_time: 0, end_time: 9000};
			if (request.url.endsWith('/identify-face'))
				return ok({session_id: 's-1', face_data: [face]})(request, response);
			if (request.url.endsWith('/tts'))
				return ok({
					task_id: 't-0',
					task_status: 'succeed',
					task_result: {audios: [{id: 'a-1', duration: '3.0', url: 'https://kling.invalid/a.mp3'}]},
				})(request, response);
			return answer(request, response);
		};
	};
	const line = [
		'video',
		'lip-sync',
		'https://example.com/talk.mp4',
		'--say',
		'Good evening.',
		'--voice',
		'oversea_male1',
	];

	test.each([
		['is refused', refusal(400, 1201, 'bad value'), 3],
		['meets an empty account', refusal(429, 1102, 'no balance'), 7],
		['meets wrong keys', refusal(401, 1002, 'no'), 4],
	])('%s: the error names what was paid for, and the hint reuses it', async (_, answer, exit) => {
		task(answer);
		const error = await fails(line, exit, {env: fake, cwd});
		expect(error).toMatchObject({session_id: 's-1', audio_id: 'a-1'});
		const [, command = ''] = /(kling video lip-sync .*)$/.exec(error.hint ?? '') ?? [];
		task(ok({task_id: 't-1', task_status: 'submitted'}));
		const again = command.split(' ').slice(1);
		expect(await succeeds(again, {env: fake, cwd})).toMatchObject({task_id: 't-1'});
		expect(api.seen.map(({url}) => url)).toEqual(['/v1/videos/advanced-lip-sync']);
	});

	test.each([
		['lip-sync', ['lip-sync', ...line.slice(2)], '0.5'],
		['avatar', ['avatar', '--image', 'https://example.com/face.png', ...line.slice(3)], '0.8'],
	])('of %s must fit the budget before the first is paid for', async (_, words, units) => {
		await succeeds(['cost', 'budget', 'set', units, '--per', 'day'], {env: fake, cwd});
		task(ok({task_id: 't-1', task_status: 'submitted'}));
		const error = await fails(['video', ...words], 7, {env: fake, cwd});
		expect([error.code, api.seen]).toEqual(['budget_exceeded', []]);
		await succeeds(['cost', 'budget', 'set', '10', '--per', 'day'], {env: fake, cwd});
		await succeeds(['video', ...words], {env: fake, cwd});
	});

	test('of an avatar names the paid speech', async () => {
		task(refusal(400, 1201, 'bad value'));
		const avatar = ['video', 'avatar', '--image', 'https://example.com/face.png', ...line.slice(3)];
		const error = await fails(avatar, 3, {env: fake, cwd});
		expect(error).toMatchObject({audio_id: 'a-1', hint: expect.stringContaining('--audio-id a-1')});
	});
});

describe('a result that could not be saved is found before anything is paid for', () => {
	const posts = () => api.seen.filter(({method}) => method === 'POST').length;
	beforeEach(() => {
		api.seen = [];
		api.answer = ok({task_id: 't-1', task_status: 'submitted'});
	});

	test('a file that another process downloads to', async () => {
		const lock = {host: hostname(), pid: process.pid, started: undefined, token: 'another'};
		writeFileSync(path.join(cwd, 'fox.mp4.part.lock'), JSON.stringify(lock));
		const error = await fails(['video', 'create', 'fox', '--download', 'fox.mp4'], 10, {env: fake, cwd});
		expect([error.code, posts()]).toEqual(['file_busy', 0]);
	});

	test('a mask whose file exists already', async () => {
		writeFileSync(path.join(cwd, 'fox-face.png'), 'mine');
		const line = ['image', 'segment', '--image', 'https://example.com/mia.png', '-o', 'fox.png'];
		const error = await fails(line, 10, {env: fake, cwd});
		expect([error.code, error.path, posts()]).toEqual(['file_exists', path.join(cwd, 'fox-face.png'), 0]);
	});

	test('names of speech and shots too long for their side files', async () => {
		const long = 'x'.repeat(240);
		const said = await fails(['voice', 'say', 'Mind the gap.', '-o', `${long}.mp3`], 10, {env: fake, cwd});
		writeFileSync(
			path.join(cwd, 'shots.yaml'),
			`shots:\n  - id: s1\n    prompt: a fox\n    file: ${long}.mp4\n`,
		);
		const run = await fails(['batch', 'run', 'shots.yaml', '--yes', '-q'], 10, {env: fake, cwd});
		expect([said.code, run.code, posts()]).toEqual(['write_error', 'write_error', 0]);
	});
});
