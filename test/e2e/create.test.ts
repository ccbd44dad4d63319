import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {models} from '../../src/lib/task-types/models.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type FakeServer, ok, startFakeServer} from '../support/fake-server.js';
import {jpeg, png} from '../support/pictures.js';
import {type Env, envOf, fails, kling, succeeds} from './kling.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-create-'));
const fox = png(640, 360);
const still = png(960, 540);

beforeAll(() => {
	writeFileSync(path.join(folder, 'fox.png'), fox);
	writeFileSync(path.join(folder, 'still.png'), still);
	writeFileSync(path.join(folder, 'square.jpg'), jpeg(800, 800));
	writeFileSync(path.join(folder, 'small.png'), png(100, 100));
	writeFileSync(path.join(folder, 'prompt.txt'), 'a red fox\nin snow\n');
	writeFileSync(path.join(folder, 'empty.txt'), '\n');
});
afterAll(() => rmSync(folder, {recursive: true}));

const url = 'https://example.com/a.png?x=1&y=2';
const clip = 'https://example.com/a.mp4';

describe('what is sent, in full', () => {
	let server: FakeServer;
	let env: Env;
	beforeAll(async () => {
		server = await startFakeServer();
		server.answer = ok({task_id: '900000000000000001', task_status: 'submitted'});
		env = {KLING_BASE_URL: server.baseUrl, KLING_API_KEY: 'api-key-kling-test', KLING_API_STANDARD: 'v1'};
	});
	beforeEach(() => {
		server.seen = [];
	});
	afterAll(() => server.close());

	async function sent(args: string[], input?: string) {
		const document = await succeeds(['video', ...args], {
			env,
			cwd: folder,
			...(input !== undefined && {input}),
		});
		expect(document).toEqual({success: true, task_id: '900000000000000001', status: 'submitted'});
		expect(server.seen).toHaveLength(1);
		return server.seen[0] ?? expect.fail('nothing was sent');
	}

	const omni = {model_name: 'kling-v3-omni', mode: 'std', duration: '5'};
	const v3 = {model_name: 'kling-v3', mode: 'std', duration: '5'};

	test.each<[string[], string, object]>([
		[['create', 'a red fox'], 'omni-video', {...omni, prompt: 'a red fox', aspect_ratio: '16:9'}],
		[
			[
				...['create', 'a', '-m', 'kling-video-o1', '--mode', 'pro', '--duration', '10', '--ratio', '9:16'],
				'--watermark',
			],
			'omni-video',
			{
				model_name: 'kling-video-o1',
				prompt: 'a',
				mode: 'pro',
				duration: '10',
				aspect_ratio: '9:16',
				watermark_info: {enabled: true},
			},
		],
		[
			[
				'create',
				'--first-frame',
				'fox.png',
				'--last-frame',
				url,
				'--ref-image',
				'square.jpg',
				'a fox',
				'--sound',
			],
			'omni-video',
			{
				...omni,
				prompt: 'a fox',
				sound: 'on',
				image_list: [
					{image_url: fox.toString('base64'), type: 'first_frame'},
					{image_url: url, type: 'end_frame'},
					{image_url: jpeg(800, 800).toString('base64')},
				],
			},
		],
		[
			['create', 'like <<<video_1>>>', '--ref-video', clip, '--keep-sound'],
			'omni-video',
			{
				...omni,
				prompt: 'like <<<video_1>>>',
				video_list: [{video_url: clip, refer_type: 'feature', keep_original_sound: 'yes'}],
				aspect_ratio: '16:9',
			},
		],
		[
			['create', 'in winter', '--base-video', clip, '--no-keep-sound'],
			'omni-video',
			{
				model_name: 'kling-v3-omni',
				mode: 'std',
				prompt: 'in winter',
				video_list: [{video_url: clip, refer_type: 'base', keep_original_sound: 'no'}],
			},
		],
		[
			['create', '--shot', 'it wakes@3', '--shot', 'it runs@4'],
			'omni-video',
			{
				model_name: 'kling-v3-omni',
				mode: 'std',
				duration: '7',
				multi_shot: true,
				shot_type: 'customize',
				multi_prompt: [
					{index: 1, prompt: 'it wakes', duration: '3'},
					{index: 2, prompt: 'it runs', duration: '4'},
				],
				aspect_ratio: '16:9',
			},
		],
		[
			['create', 'a day', '--auto-shots', '--callback-url', 'https://example.com/hook'],
			'omni-video',
			{
				...omni,
				prompt: 'a day',
				multi_shot: true,
				shot_type: 'intelligence',
				aspect_ratio: '16:9',
				callback_url: 'https://example.com/hook',
			},
		],
		[['text2video', 'a fox'], 'text2video', {...v3, prompt: 'a fox', aspect_ratio: '16:9'}],
		[
			[
				...['text2video', '--prompt-file', 'prompt.txt', '--model', 'kling-v2-6', '--sound'],
				...['--negative', 'people', '--ratio', '1:1', '--duration', '10', '--watermark'],
			],
			'text2video',
			{
				model_name: 'kling-v2-6',
				prompt: 'a red fox\nin snow',
				negative_prompt: 'people',
				sound: 'on',
				mode: 'pro',
				duration: '10',
				aspect_ratio: '1:1',
				watermark_info: {enabled: true},
			},
		],
		[
			['text2video', 'a', '--cfg-scale', '0', '--mode', '4k'],
			'text2video',
			{model_name: 'kling-v3', prompt: 'a', cfg_scale: 0, mode: '4k', duration: '5', aspect_ratio: '16:9'},
		],
		[['image2video', '--image', 'fox.png'], 'image2video', {...v3, image: fox.toString('base64')}],
		[
			['image2video', 'it wakes', '--image', url, '--last-frame', 'fox.png'],
			'image2video',
			{...v3, prompt: 'it wakes', image: url, image_tail: fox.toString('base64')},
		],
		[
			[
				...['image2video', 'he says <<<voice_1>>> hello', '--image', url, '--model', 'kling-v2-6', '--sound'],
				...['--voice', '829836868232302622', '--voice', '900000000323456701'],
			],
			'image2video',
			{
				model_name: 'kling-v2-6',
				prompt: 'he says <<<voice_1>>> hello',
				image: url,
				sound: 'on',
				mode: 'pro',
				duration: '5',
				voice_list: [{voice_id: '829836868232302622'}, {voice_id: '900000000323456701'}],
			},
		],
	])('%j', async (args, endpoint, body) => {
		const request = await sent(args);
		expect([request.method, request.url]).toEqual(['POST', `/v1/videos/${endpoint}`]);
		expect(JSON.parse(request.body)).toEqual({
			...body,
			external_task_id: expect.stringMatching(/^[\w-]{10,64}$/),
		});
	});

	test('an element id is sent as a number with all its digits', async () => {
		const {body} = await sent(['create', 'a', '--element', '940000000000000001', '--element', '7']);
		expect(body).toContain('"element_list":[{"element_id":940000000000000001},{"element_id":7}]');
	});

	test('a dry run also shows it, and sends nothing', async () => {
		const args = ['video', 'create', 'a', '--element', '940000000000000001', '--dry-run'];
		const {stdout} = await kling(args, {cwd: folder});
		expect(stdout).toContain('940000000000000001');
		expect(server.seen).toEqual([]);
	});

	test.each([['create'], ['text2video']])('%s - reads the prompt from stdin', async (command) => {
		const {body} = await sent([command, '-'], 'a red fox\n');
		expect(JSON.parse(body).prompt).toBe('a red fox');
	});

	test('stdin is not read without -', async () => {
		const {body} = await sent(['image2video', '--image', url], 'a red fox\n');
		expect(JSON.parse(body)).not.toHaveProperty('prompt');
	});

	test('the masks and camera of an old model, with a warning', async () => {
		const v15 = ['video', 'image2video', '--model', 'kling-v1-5', '--mode', 'pro', '--image', 'fox.png'];
		const masks = await kling(
			[...v15, '--static-mask', 'still.png', '--dynamic-mask', 'still.png:10,20;30,-4'],
			{env, cwd: folder},
		);
		const camera = await kling([...v15, '--camera', 'zoom=-3', '--quiet'], {env, cwd: folder});
		expect([masks.code, camera.code]).toEqual([0, 0]);
		expect(masks.stderr).toContain('Warning: kling-v1-5 was to end on 2026-09-15');
		expect(camera.stderr).toBe('');
		expect(server.seen.map(({body}) => JSON.parse(body))).toEqual([
			expect.objectContaining({
				image: fox.toString('base64'),
				static_mask: still.toString('base64'),
				dynamic_masks: [
					{
						mask: still.toString('base64'),
						trajectories: [
							{x: 10, y: 20},
							{x: 30, y: -4},
						],
					},
				],
			}),
			expect.objectContaining({camera_control: {type: 'simple', config: {zoom: -3}}}),
		]);
	});

	test('an unknown model is sent only on request, with a warning', async () => {
		const words = ['video', 'text2video', 'a', '--model', 'kling-v9'];
		const error = await fails(words, 2, {env});
		expect(error).toMatchObject({
			code: 'invalid_model',
			hint: expect.stringContaining('--allow-unknown-model'),
		});
		expect(server.seen).toHaveLength(0);
		const {code, stderr} = await kling([...words, '--allow-unknown-model'], {env});
		expect([code, stderr]).toEqual([0, 'Warning: Nothing is known about kling-v9: it is sent as it is\n']);
		expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
			model_name: 'kling-v9',
			prompt: 'a',
			aspect_ratio: '16:9',
			external_task_id: expect.any(String),
		});
	});

	test.each<[string[], string, RegExp, number?]>([
		[['create'], 'missing_prompt', /PROMPT.*--prompt-file/],
		[['create', ''], 'missing_prompt', /empty/],
		[['create', '-'], 'missing_prompt', /stdin is empty/],
		[['text2video'], 'missing_prompt', /PROMPT/],
		[['text2video', '--prompt-file', 'empty.txt'], 'missing_prompt', /empty\.txt is empty/],
		[['text2video', 'a', '--prompt-file', 'prompt.txt'], 'conflicting_input', /PROMPT and --prompt-file/],
		[['text2video', '--prompt-file', 'nope.txt'], 'read_error', /nope\.txt.*no such file/, 10],
		[['text2video', 'x'.repeat(2501)], 'invalid_prompt', /2500 characters, and has 2501/],
		[['text2video', 'a', '--model', ''], 'invalid_model', /--model/],
		[['text2video', 'a', '--model', 'kling-v1'], 'invalid_model', /switched kling-v1 off.*kling-v3/],
		[['create', 'a', '--model', 'kling-v3'], 'invalid_model', /kling-v3-omni/],
		[['create', 'a', '--mode', 'hd'], 'invalid_mode', /hd.*std, pro, 4k/],
		[['create', 'a', '--model', 'kling-video-o1', '--mode', '4k'], 'invalid_mode', /--mode std or pro/],
		[['create', 'a', '--ratio', '4:3'], 'invalid_flag', /4:3.*16:9, 9:16, 1:1/],
		[['create', 'a', '--duration', '16'], 'invalid_duration', /3 to 15 s, not 16 s/],
		[['create', 'a', '--duration', '5m'], 'invalid_duration', /whole number/],
		[['create', 'a', '--shot', 'b'], 'invalid_shot', /--shot 'b'/],
		[['create', '--shot', 'b@3', '--auto-shots'], 'conflicting_input', /--shot and --auto-shots/],
		[['create', 'a', '--element', ''], 'invalid_element', /--element is empty/],
		[['create', 'a', '--last-frame', url], 'conflicting_input', /add --first-frame/],
		[['create', 'a', '--ref-video', clip, '--base-video', clip], 'conflicting_input', /--ref-video/],
		[['create', 'a', '--ref-video', 'a.mp4'], 'invalid_url', /--ref-video 'a\.mp4'/],
		[['create', 'a', '--base-video', clip, '--sound'], 'conflicting_input', /leave out --sound/],
		[['create', 'a', '--keep-sound'], 'conflicting_input', /--keep-sound/],
		[['create', 'a', '--first-frame', url, '--ratio', '1:1'], 'conflicting_input', /--ratio/],
		[['create', 'a', '--first-frame', 'small.png'], 'invalid_image', /--first-frame.*100 x 100.*300/],
		[['create', 'a', '--ref-image', 'prompt.txt'], 'invalid_image', /prompt\.txt.*jpg and png/],
		[['create', 'a', '--ref-image', 'nope.png'], 'read_error', /--ref-image.*nope\.png/, 10],
		[['image2video', 'a'], 'invalid_image', /--image/],
		[['image2video', '--image'], 'invalid_image', /--image/],
		[['image2video', '--image', url, '--camera', 'dolly=1'], 'invalid_camera', /axis/],
		[['image2video', '--image', url, '--dynamic-mask', 'm.png'], 'invalid_mask', /m\.png/],
		[['image2video', '--image', 'fox.png', '--static-mask', 'square.jpg'], 'invalid_mask', /ratio/],
		[
			['text2video', 'a', '--model', 'kling-v2-6', '--mode', 'std', '--sound'],
			'conflicting_input',
			/^kling-v2-6 makes sound in pro mode only: add --mode pro$/,
		],
	])('%j is refused and not sent', async (args, code, message, exit = 2) => {
		const error = await fails(['video', ...args], exit, {env, cwd: folder});
		expect(error.code).toBe(code);
		expect(error.message).toMatch(message);
		expect(error.hint).toBeTruthy();
		expect(server.seen).toEqual([]);
	});
});

describe.concurrent('the sandbox makes a task of', () => {
	let sandbox: Sandbox;
	let env: Env;
	beforeAll(async () => {
		sandbox = await startSandbox({speed: 10_000, slots: 100});
		env = envOf(sandbox);
	});
	afterAll(() => sandbox.close());

	const flagsOf: Record<string, string[]> = {
		create: ['a fox'],
		text2video: ['a fox'],
		image2video: ['a fox', '--image', 'fox.png'],
	};
	const live = Object.entries(models)
		.filter(([, {isNewerOnly}]) => !isNewerOnly)
		.filter(([, {state}]) => state === 'live')
		.flatMap(([model, {types, modes}]) =>
			types.filter((type) => type in flagsOf).flatMap((type) => modes.map((mode) => ({type, model, mode}))),
		);

	test.each([
		...live.map(({type, model, mode}) => [type, ...(flagsOf[type] ?? []), '--model', model, '--mode', mode]),
		['create', 'a', '--first-frame', 'fox.png', '--last-frame', 'square.jpg', '--sound', '--duration', '3'],
		['create', 'a', '--ref-image', 'fox.png', '--ref-image', url, '--element', '900000000423456604'],
		['create', 'a', '--ref-video', clip, '--first-frame', url],
		['create', 'a', '--ref-video', clip, '--auto-shots'],
		['create', 'a', '--base-video', clip],
		['create', 'a', '--model', 'kling-video-o1', '--ref-image', url, '--duration', '7'],
		['create', '--shot', 'a@1', '--shot', 'b@14', '--mode', '4k', '--watermark'],
		['text2video', 'a', '--model', 'kling-v2-6', '--sound'],
		['text2video', 'a', '--sound', '--negative', 'b', '--cfg-scale', '1', '--duration', '15'],
		['image2video', '--image', 'fox.png', '--last-frame', 'fox.png', '--sound'],
		['image2video', '--image', url, '--model', 'kling-v2-5-turbo', '--last-frame', url, '--mode', 'pro'],
		[
			'image2video',
			'<<<voice_1>>>',
			'--image',
			url,
			'--model',
			'kling-v2-6',
			'--sound',
			'--voice',
			'900000000323456701',
		],
		['image2video', 'a', '--image', url, '--element', '160', '--element', '161', '--shot', 'a@5'],
		['image2video', '--last-frame', url, '--model', 'kling-v1-6', '--mode', 'pro', '-q'],
		['image2video', '--image', 'fox.png', '--model', 'kling-v1-5', '--mode', 'pro', '--camera', 'pan=1'],
		['image2video', '--image', url, '--model', 'kling-v1-5', '--mode', 'pro', '--static-mask', 'still.png'],
	])('%s %s %s %s %s %s %s', async (...args) => {
		const document = await succeeds(['video', ...args], {env, cwd: folder});
		expect(document).toEqual({
			success: true,
			task_id: expect.stringMatching(/^\d{18}$/),
			status: 'submitted',
		});
	});

	test('the example in the README', async () => {
		const args = ['video', 'create', 'a red fox in snow', '--download', 'made.mp4', '--interval', '100ms'];
		const document = await succeeds(args, {env, cwd: folder});
		expect(document).toMatchObject({status: 'succeed', file: path.join(folder, 'made.mp4')});
	});
});
