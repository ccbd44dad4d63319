import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {planFaults} from '../../src/sandbox/fault-plan.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {ok, startFakeServer} from '../support/fake-server.js';
import {png} from '../support/pictures.js';
import {type Env, envOf, fails, kling, succeeds} from './kling.js';

/* Paid requests that return their result at once. They are sent once, because they cannot be looked up. */

const folder = mkdtempSync(path.join(tmpdir(), 'kling-once-'));
const url = 'https://example.com/mia.png';
let sandbox: Sandbox;
let env: Env;

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000});
	env = {...envOf(sandbox), XDG_DATA_HOME: path.join(folder, 'data')};
	writeFileSync(path.join(folder, 'mia.png'), png(640, 480));
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => succeeds([...args, '-q'], {env, cwd: folder});
const fail = (exit: number, ...args: string[]) => fails([...args, '-q'], exit, {env, cwd: folder});

describe('voice say', () => {
	test('speaks, and saves the speech', async () => {
		const said = await run('voice', 'say', 'Mind the gap.', '-o', 'gap.mp3', '-v');
		expect(said).toEqual({
			success: true,
			audio_id: expect.stringMatching(/^\d+$/),
			duration: expect.stringMatching(/^\d+\.\d+$/),
			file: path.join(folder, 'gap.mp3'),
			audio_mp3_url: expect.stringContaining('http'),
			task_id: expect.stringMatching(/^\d+$/),
			units: '0.05',
		});
		expect(readFileSync(path.join(folder, 'gap.mp3')).length).toBeGreaterThan(1000);
		const bare = await run('voice', 'say', 'Mind the gap.');
		expect(Object.keys(bare)).toEqual(['success', 'audio_id', 'duration', 'audio_mp3_url']);
	});

	test('warns of a voice that is not known, which Kling may refuse', async () => {
		const warned = async (voice: string) =>
			(await kling(['voice', 'say', 'Hi', '--voice', voice, '--dry-run'], {env, cwd: folder})).stderr;
		expect(await warned('uk_man3')).toContain('uk_man3 is not a known voice for speech');
		expect(await warned('uk_man2')).toBe('');
	});

	test('that failed at Kling says why, and names nothing to fetch', async () => {
		const api = await startFakeServer();
		onTestFinished(() => api.close());
		api.answer = ok({task_id: '77', task_status: 'failed', task_status_msg: 'The text cannot be spoken'});
		const args = ['voice', 'say', 'Hi', '-o', 'failed.mp3', '-q'];
		const error = await fails(args, 3, {env: {...env, KLING_BASE_URL: api.baseUrl}, cwd: folder});
		expect(error).toMatchObject({code: 'task_failed', message: 'The text cannot be spoken'});
		expect(error.hint).not.toContain('links');
	});

	test('chooses the language by text and voice', async () => {
		const body = async (...args: string[]) => (await run('voice', 'say', ...args, '--dry-run')).body;
		expect(await body('Hello')).toEqual({text: 'Hello', voice_id: 'oversea_male1', voice_language: 'en'});
		expect(await body('你好', '--voice', 'ai_kaiya')).toMatchObject({voice_language: 'zh'});
		expect(await body('Hello', '--voice', 'mengwa-v1', '--speed', '1.5')).toMatchObject({
			voice_language: 'zh',
			voice_speed: 1.5,
		});
		expect(await run('voice', 'say', 'x', '--dry-run')).toMatchObject({estimated_units: '0.05'});
	});

	test.each<[string[], number, string]>([
		[['voice', 'say'], 2, 'missing_prompt'],
		[['voice', 'say', 'a'.repeat(1001)], 2, 'invalid_prompt'],
		[['voice', 'say', 'a', '--speed', '3'], 2, 'invalid_flag'],
		[['voice', 'say', 'a', '-o', 'gap.mp3'], 10, 'file_exists'],
		[['voice', 'say', 'a', '--query', 'sum(audio_id)'], 2, 'invalid_query'],
		[['image', 'segment'], 2, 'invalid_image'],
		[['image', 'segment', '--image', url, '--query', 'sum(parts)'], 2, 'invalid_query'],
		[['video', 'lip-sync', url, '--faces', '--query', 'sum(faces)'], 2, 'invalid_query'],
	])('%j is refused before it costs anything', async (args, exit, code) => {
		writeFileSync(path.join(folder, 'gap.mp3'), 'mine');
		const before = sandbox.tasks().length;
		expect((await fail(exit, ...args)).code).toBe(code);
		expect(sandbox.tasks()).toHaveLength(before);
	});

	test('with a voice that does not speak is refused by Kling', async () => {
		expect(await fail(3, 'voice', 'say', 'a', '--voice', '829836868232302622')).toMatchObject({
			code: 'invalid_request',
			message: expect.stringContaining('Voice id not found'),
		});
	});

	test('does not change what the newest task is', async () => {
		const {task_id: id} = await run('image', 'create', 'a fox', '--wait');
		await run('voice', 'say', 'hello');
		expect(await run('video', 'status', '@last')).toMatchObject({task_id: id});
	});
});

describe('image segment', () => {
	test('saves a mask of each part that it finds', async () => {
		const {parts} = await run('image', 'segment', '--image', 'mia.png', '-o', 'masks/');
		const file = (part: string) => path.join(folder, 'masks', `${part}.png`);
		expect(parts).toEqual([
			...['object', 'head', 'face'].map((part) => ({part, found: true, file: file(part)})),
			{part: 'cloth', found: false},
		]);
		expect(readdirSync(path.join(folder, 'masks')).sort()).toEqual(['face.png', 'head.png', 'object.png']);
		await run('image', 'segment', '--image', url, '-o', 'mask.png');
		expect(readdirSync(folder)).toContain('mask-head.png');
		expect(await run('image', 'segment', '--image', url, '--dry-run')).toMatchObject({
			estimated_units: '0.1',
		});
	});
});

test.each([{}, {task_status: 'failed', task_result: {}}, {task_result: {images: null}}])(
	'a response of image segment without parts is a failure: %j',
	async (data) => {
		const api = await startFakeServer();
		onTestFinished(() => api.close());
		api.answer = ok(data);
		const own = {...env, KLING_BASE_URL: api.baseUrl};
		const error = await fails(['image', 'segment', '--image', url, '-q'], 11, {env: own, cwd: folder});
		expect(error).toMatchObject({
			code: 'submit_unknown',
			hint: expect.stringContaining('kling account ledger'),
		});
		expect(api.seen).toHaveLength(1);
	},
);

describe('a response that is lost', () => {
	test.each([
		['voice', 'say', 'hello'],
		['image', 'segment', '--image', url],
	])('%s %s is sent once', async (...args) => {
		const faulty = await startSandbox({
			speed: 1000,
			faults: planFaults({steps: [{fault: 'bad-gateway', match: {method: 'POST'}}]}, () => {}),
		});
		const count = faulty.tasks().length;
		try {
			const own = {...envOf(faulty), XDG_DATA_HOME: path.join(folder, 'lost')};
			const error = await fails([...args, '-q'], 11, {env: own});
			expect(error).toMatchObject({
				code: 'submit_unknown',
				hint: expect.stringMatching(/may cost 0\.\d+ units more.*kling account ledger/),
				retryable: false,
			});
			// The work was done, and no second request was sent.
			expect(faulty.tasks()).toHaveLength(count + 1);
		} finally {
			await faulty.close();
		}
	});
});
