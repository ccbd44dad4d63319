import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {png} from '../support/pictures.js';
import {type MishapProxy, startProxy} from '../support/proxy.js';
import {type Env, envOf, fails, kling, root, succeeds} from './kling.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-video-types-'));
const dance = 'https://example.com/dance.mp4';
let sandbox: Sandbox;
let proxy: MishapProxy;
let env: Env;

beforeAll(async () => {
	writeFileSync(path.join(folder, 'face.png'), png(640, 360));
	writeFileSync(path.join(folder, 'other.png'), png(400, 400));
	for (const name of ['sound-5s.wav', 'sound-5s.mp3']) {
		copyFileSync(path.join(root, 'src', 'sandbox', 'media', name), path.join(folder, name));
	}
	sandbox = await startSandbox({speed: 1000, slots: 1000});
	proxy = await startProxy(sandbox.baseUrl);
});
beforeEach(() => {
	proxy.mishap = () => undefined;
	proxy.seen = [];
	env = {
		...envOf(sandbox),
		KLING_BASE_URL: proxy.baseUrl,
		XDG_DATA_HOME: mkdtempSync(path.join(folder, 'data-')),
	};
});
afterAll(async () => {
	await proxy.close();
	await sandbox.close();
	rmSync(folder, {recursive: true});
});

const run = (...args: string[]) => succeeds(['video', ...args], {env, cwd: folder});
const refused = (exit: number, ...args: string[]) => fails(['video', ...args], exit, {env, cwd: folder});
const finished = ['--interval', '100ms', '-v'];
const body = async (...args: string[]) => {
	const document = await succeeds(['video', ...args, '--dry-run'], {env, cwd: folder});
	return {...(document.body as Record<string, unknown>), url: new URL(String(document.url)).pathname};
};

describe('video motion', () => {
	const inputs = ['--image', 'face.png', '--video', dance];

	test('makes a task whose type is known to history, status and download', async () => {
		const made = await run('motion', 'in snow', ...inputs, '--download', 'motion.mp4', ...finished);
		expect(made).toMatchObject({status: 'succeed', type: 'motion', api: 'v1', units: '4.5'});
		expect(readFileSync(path.join(folder, 'motion.mp4')).length).toBeGreaterThan(10_000);
		expect(await run('status', String(made.task_id), '--type', 'motion')).toMatchObject({status: 'succeed'});
		expect((await run('list', '--type', 'motion')).count).toBe(1);
	});

	test('shows what it would send, on either standard', async () => {
		expect(await body('motion', ...inputs, '--mode', 'pro', '--no-keep-sound')).toMatchObject({
			url: '/v1/videos/motion-control',
			model_name: 'kling-v3',
			video_url: dance,
			character_orientation: 'video',
			mode: 'pro',
			keep_original_sound: 'no',
		});
		env = {...env, KLING_ACCESS_KEY: '', KLING_SECRET_KEY: '', KLING_API_KEY: sandbox.apiKey};
		expect(await body('motion', ...inputs, '--element', '940000000000000120')).toMatchObject({
			url: '/motion-control/kling-3.0',
			contents: [{type: 'image'}, {type: 'video', url: dance}, {type: 'element'}],
			settings: {character_orientation: 'video', audio: 'original', resolution: '720p'},
		});
		const made = await run(
			'motion',
			...inputs,
			'--model',
			'kling-2.6',
			'--orientation',
			'image',
			'--wait',
			...finished,
		);
		expect(made).toMatchObject({status: 'succeed', type: 'motion', api: 'tasks'});
	});

	test.each([
		['a file as video', ['--image', 'face.png', '--video', 'dance.mp4'], 'invalid_url'],
		['no video', ['--image', 'face.png'], 'invalid_url'],
		['no picture', ['--video', dance], 'invalid_image'],
		['two elements', [...inputs, '--element', '1', '--element', '2'], 'invalid_element'],
		[
			'an element that faces as the picture',
			[...inputs, '--element', '1', '--orientation', 'image'],
			'conflicting_input',
		],
		[
			'an element without a place for it',
			[...inputs, '--element', '1', '--model', 'kling-v2-6'],
			'conflicting_input',
		],
		['a model that cannot', [...inputs, '--model', 'kling-v2-5-turbo'], 'invalid_model'],
	])('refuses %s before anything is sent', async (_, args, code) => {
		expect((await refused(2, 'motion', ...args)).code).toBe(code);
	});
});

describe('video avatar', () => {
	const face = ['--image', 'face.png'];

	test('is priced by the length of the sound, which is read from the file', async () => {
		const made = await run('avatar', ...face, '--audio', 'sound-5s.wav', '-v');
		expect(made).toMatchObject({status: 'submitted', estimated_units: '2'});
		const longer = await run('avatar', ...face, '--audio', 'sound-5s.mp3', '--mode', 'pro', '--dry-run');
		expect(longer).toMatchObject({estimated_units: '4', body: {mode: 'pro'}});
		expect(JSON.stringify(longer)).toContain('characters of Base64');
		const unknown = await run('avatar', ...face, '--audio', 'https://example.com/a.mp3', '--dry-run');
		expect(unknown).not.toHaveProperty('estimated_units');
	});

	test('the estimate matches what the sandbox charges', async () => {
		const made = await run('avatar', ...face, '--audio', 'sound-5s.wav', '--wait', ...finished);
		expect(made).toMatchObject({status: 'succeed', type: 'avatar', units: '2'});
	});

	test.each([
		['no sound', [...face], 'invalid_audio'],
		['two sounds', [...face, '--audio', 'sound-5s.wav', '--audio-id', '1'], 'conflicting_input'],
		['a picture as sound', [...face, '--audio', 'face.png'], 'invalid_audio'],
		['no picture', ['--audio', 'sound-5s.wav'], 'invalid_image'],
	])('refuses %s', async (_, args, code) => {
		expect((await refused(2, 'avatar', ...args)).code).toBe(code);
	});

	test('a missing sound is a file error', async () => {
		expect((await refused(10, 'avatar', ...face, '--audio', 'gone.wav')).code).toBe('read_error');
	});
});

describe('video effects', () => {
	test('accepts one picture or two, depending on the scene', async () => {
		const made = await run('effects', 'summer_fireworks', '--image', 'face.png', '--wait', ...finished);
		expect(made).toMatchObject({status: 'succeed', type: 'effects'});
		expect(made).not.toHaveProperty('estimated_units');
		const two = await body(
			'effects',
			'hug_pro',
			'--image',
			'https://a.example/1.png',
			'--image',
			'https://a.example/2.png',
		);
		expect(two).toMatchObject({
			effect_scene: 'hug_pro',
			input: {images: ['https://a.example/1.png', 'https://a.example/2.png']},
		});
		expect((await refused(2, 'effects', 'hug_pro', '--image', 'face.png')).message).toMatch(/two people/);
		const files = await run('effects', 'hug_pro', '--image', 'face.png', '--image', 'face.png', '--dry-run');
		expect(files.body).toMatchObject({
			input: {images: [expect.stringMatching(/^<\d+ characters/), expect.stringMatching(/^<\d+ characters/)]},
		});
	});

	test('an unknown or withdrawn scene is sent all the same, with a warning', async () => {
		const line = (scene: string) =>
			kling(['video', 'effects', scene, '--image', 'face.png', '--dry-run'], {env, cwd: folder});
		const unknown = await line('brand_new_scene');
		expect([unknown.code, unknown.stderr]).toEqual([
			0,
			expect.stringMatching(/brand_new_scene is not among/),
		]);
		expect((await line('hug')).stderr).toMatch(/end of the scene hug; hug_pro replaces it/);
	});

	test('--list prints the scenes without keys', async () => {
		const {scenes, count} = await succeeds(['video', 'effects', '--list']);
		expect(count).toBe((scenes as object[]).length);
		expect(scenes).toContainEqual({scene: 'hug_pro', images: 2});
	});
});

test('video multi-image says that its model was to end, and what to use instead', async () => {
	const args = ['video', 'multi-image', 'a fox', '--image', 'face.png', '--image', 'other.png', '-v'];
	const {code, stdout, stderr} = await kling(args, {env, cwd: folder});
	expect(stderr).toMatch(/2026-09-15.*kling video create PROMPT --ref-image FILE/);
	expect([code, JSON.parse(stdout)]).toMatchObject([0, {estimated_units: '2', status: 'submitted'}]);
	expect((await refused(2, 'multi-image', 'a fox')).code).toBe('invalid_image');
	expect(await body('multi-image', 'a', '--image', 'face.png', '--duration', '10')).toMatchObject({
		model_name: 'kling-v1-6',
		duration: '10',
	});
});

const posts = (place: string) => proxy.seen.filter((line) => line === `POST /v1/${place}`).length;
const detection = 'videos/identify-face';

/** A clip made by Kling, with one face. */
const clip = async () => String((await run('create', 'a man talks', '--wait', ...finished)).video_id);
const units = async () =>
	(await succeeds(['cost', 'report'], {env, cwd: folder})).total as {billed_units: number};

describe('video lip-sync', () => {
	const sound = ['--audio', 'sound-5s.wav', '--end', '4s'];

	test('pays for two steps, and knows both', async () => {
		const video = await clip();
		const before = (await units()).billed_units;
		const made = await run('lip-sync', video, ...sound, '--wait', ...finished, '--external-id', 'said');
		expect(made).toMatchObject({status: 'succeed', type: 'lip-sync', units: '0.5'});
		expect((await units()).billed_units - before).toBeCloseTo(0.55);
		// The same command line again pays for neither.
		const again = await run('lip-sync', video, ...sound, '--external-id', 'said');
		expect(again.task_id).toBe(made.task_id);
		expect([posts(detection), posts('videos/advanced-lip-sync')]).toEqual([1, 1]);
		// The detection is not a task that @last could mean.
		await run('lip-sync', video, '--faces');
		expect((await run('status', '@last')).task_id).toBe(made.task_id);
		expect((await run('reconcile')).count).toBe(0);
	});

	test('lists several faces, and uses one without a new detection', async () => {
		const args = ['video', 'lip-sync', 'https://example.com/two.mp4', ...sound];
		const {code, stdout} = await kling(args, {env, cwd: folder});
		const {error, faces, session_id: session} = JSON.parse(stdout);
		expect([code, error.code, faces.length]).toEqual([2, 'invalid_face', 2]);
		expect(faces[1]).toMatchObject({face: '1', start_ms: 1000, end_ms: 4500});
		expect((await fetch(faces[1].picture_url)).status).toBe(200);
		expect(error.hint).toContain(`kling video lip-sync --session ${session} --face 0`);
		const made = await run('lip-sync', '--session', session, '--face', '1', ...sound, '-v');
		expect(made).toMatchObject({status: 'submitted', estimated_units: '0.5'});
		expect(posts(detection)).toBe(1);
	});

	test('a detection whose response is lost is not sent again', async () => {
		const video = await clip();
		proxy.mishap = (_, url) => (url.endsWith('identify-face') ? {after: true} : undefined);
		const error = await refused(11, 'lip-sync', video, ...sound);
		expect(error).toMatchObject({code: 'submit_unknown', hint: expect.stringContaining('0.05 units')});
		expect(posts(detection)).toBe(1);
	});

	test('shows what both steps would cost, and sends neither', async () => {
		const detected = {method: 'POST', path: '/v1/videos/identify-face', estimated_units: '0.05'};
		const spoken = {method: 'POST', path: '/v1/audio/tts', estimated_units: '0.05'};
		expect(await run('lip-sync', '900000000123456101', ...sound, '--dry-run')).toMatchObject({
			first: [detected],
			estimated_units: '0.55',
		});
		const session = ['--session', '1', '--face', '0'];
		expect(await run('lip-sync', ...session, ...sound, '--dry-run')).toMatchObject({estimated_units: '0.5'});
		const say = ['--say', 'Good evening', '--voice', 'oversea_male1'];
		// The text says how long the speech may be.
		const open = await run('lip-sync', '900000000123456101', ...say, '--dry-run');
		expect(open).toMatchObject({first: [detected, spoken], estimated_units: '0.6'});
		const known = await run('lip-sync', '900000000123456101', ...say, '--end', '6s', '--dry-run');
		expect(known).toMatchObject({first: [detected, spoken], estimated_units: '1.1'});
		const avatar = await run('avatar', '--image', 'face.png', ...say, '--dry-run');
		expect(avatar).toMatchObject({first: [spoken]});
		expect(proxy.seen.filter((line) => line.startsWith('POST'))).toEqual([]);
	});

	test('submits nothing with speech that turned out too short, and says why', async () => {
		const say = ['--say', 'Hi there', '--voice', 'oversea_male1'];
		const {code, message, hint} = await refused(2, 'lip-sync', '900000000123456101', ...say);
		expect({code, message}).toEqual({
			code: 'invalid_audio',
			message: expect.stringMatching(/^The speech was made, and lasts [\d.]+ s; 2 to 60 s are allowed$/),
		});
		// The detection can be reused, and the text must change.
		expect(hint).toMatch(/Give --say a text that takes longer.+--session \d+ --face 0/);
		expect(posts('advanced-lip-sync')).toBe(0);
		const avatar = await refused(2, 'avatar', '--image', 'face.png', ...say);
		expect(avatar).toMatchObject({code: 'invalid_audio', message: expect.stringContaining('2 to 300 s')});
		expect(avatar.hint).not.toContain('--audio-id');
	});

	test('a budget stops the first step', async () => {
		await succeeds(['cost', 'budget', 'set', '0.01', '--per', 'day'], {env, cwd: folder});
		expect((await refused(7, 'lip-sync', '900000000123456101', ...sound)).code).toBe('budget_exceeded');
		expect(posts(detection)).toBe(0);
	});

	test.each([
		['a file as video', ['talk.mp4', ...sound], 'invalid_url'],
		['no video', [...sound], 'missing_video_id'],
		['a cut that is too short', ['1', ...sound, '--start', '3s'], 'invalid_audio'],
		['a sound of unknown length', ['1', '--audio-id', '5'], 'invalid_audio'],
		['speech without a voice', ['1', '--say', 'Hello there'], 'conflicting_input'],
		['a text that is too short to speak', ['1', '--say', 'Hi.', '--voice', 'oversea_male1'], 'invalid_audio'],
		[
			'a text that is too long',
			['1', '--say', '狐'.repeat(700), '--voice', 'genshin_vindi2'],
			'invalid_audio',
		],
	])('refuses %s before anything is paid for', async (_, args, code) => {
		expect((await refused(2, 'lip-sync', ...args)).code).toBe(code);
		expect(proxy.seen.filter((line) => line.startsWith('POST'))).toEqual([]);
	});
});

test('video avatar --say pays for speech once, whatever happens to the command', async () => {
	const say = [
		'--image',
		'face.png',
		'--say',
		'Good evening, and welcome to the show.',
		'--voice',
		'oversea_male1',
	];
	const made = await run('avatar', ...say, '--external-id', 'evening', '--wait', ...finished);
	expect(made).toMatchObject({status: 'succeed', type: 'avatar', units: '1.2'});
	expect((await run('avatar', ...say, '--external-id', 'evening')).task_id).toBe(made.task_id);
	expect(posts('audio/tts')).toBe(1);
	expect((await units()).billed_units).toBeCloseTo(1.25);
	proxy.mishap = (_, url) => (url.endsWith('tts') ? {after: true} : undefined);
	expect((await refused(11, 'avatar', ...say)).code).toBe('submit_unknown');
	expect(posts('audio/tts')).toBe(2);
});

test.each([
	['lip-sync', ['900000000123456101', '--say', 'Good evening, and welcome to the show.']],
	['lip-sync', ['900000000123456101', ...['--audio', 'sound-5s.mp3']]],
	['avatar', ['--image', 'face.png', '--say', 'Good evening, and welcome to the show.']],
])('video %s %j pays for no step when the file could not be written', async (command, args) => {
	writeFileSync(path.join(folder, 'there.mp4'), 'a clip of the user');
	const voice = args.includes('--say') ? ['--voice', 'oversea_male1'] : [];
	expect((await refused(10, command, ...args, ...voice, '--download', 'there.mp4')).code).toBe('file_exists');
	expect(proxy.seen.filter((line) => line.startsWith('POST'))).toEqual([]);
});

describe('video edit', () => {
	const remove = ['remove the ball from <<<video_1>>>', '--mode', 'remove'];

	test('shows what is marked before anything is paid for, then submits', async () => {
		const video = await clip();
		const marks = ['--mark', '12:0.5,0.5', '--mark', '30:0.6,0.5'];
		const shown = await run('edit', video, ...remove, ...marks, '--preview', 'marked.mp4');
		expect(shown).toMatchObject({frames: 121, fps: 24, width: 1280, height: 720});
		expect(readFileSync(path.join(folder, 'marked.mp4')).length).toBeGreaterThan(10_000);
		expect(posts('videos/multi-elements')).toBe(0);
		expect(shown.next).toContain(`--session ${shown.session_id} --duration 5`);
		const session = ['--session', String(shown.session_id), '--duration', '5'];
		const made = await run('edit', ...remove, ...session, '--wait', ...finished);
		expect(made).toMatchObject({status: 'succeed', type: 'edit', units: '3'});
		const asked = ['--preview', 'again.mp4', '--query', 'next', '--raw'];
		const {stdout} = await kling(['video', 'edit', video, ...asked, ...remove, ...marks], {env, cwd: folder});
		expect(stdout).toMatch(/^kling video edit .*--mode remove --session/);
		expect(stdout).not.toMatch(/--query|--raw/);
	});

	test.each([
		['a file that exists', 'there.mp4', 10, 'file_exists'],
		['the name of a picture', 'marked.png', 2, 'conflicting_input'],
	])('saves no preview over %s', async (_, name, exit, code) => {
		writeFileSync(path.join(folder, 'there.mp4'), 'a clip of the user');
		const marks = ['--mark', '12:0.5,0.5', '--preview', name];
		const error = await refused(exit, 'edit', '900000000123456101', ...remove, ...marks);
		expect(error.code).toBe(code);
		expect(readFileSync(path.join(folder, 'there.mp4'), 'utf8')).toBe('a clip of the user');
		expect(proxy.seen.filter((line) => line.startsWith('POST'))).toEqual([]);
	});

	test('marks and submits at once, and shows the cost', async () => {
		const video = await clip();
		const made = await run('edit', video, ...remove, '--mark', '0:0.5,0.5', '--quality', 'pro', '-v');
		expect(made).toMatchObject({status: 'submitted', estimated_units: '5'});
		const dry = await body('edit', video, ...remove, '--mark', '0:0.5,0.5');
		expect(dry).toMatchObject({url: '/v1/videos/multi-elements', edit_mode: 'removal', duration: '5'});
		const words = ['video', 'edit', video, ...remove, '--mark', '0:0.5,0.5', '--dry-run'];
		expect((await kling(words, {env, cwd: folder})).stderr).toContain('one of 7-10 s costs twice as much');
	});

	test.each([
		['nothing that is marked', remove, 'invalid_mark'],
		['a point outside of the frame', [...remove, '--mark', '1:1.5,0.5'], 'invalid_mark'],
		[
			'a prompt that does not name the video',
			['remove it', '--mode', 'remove', '--mark', '1:0,0'],
			'conflicting_input',
		],
		['a swap without a picture', ['<<<video_1>>>', '--mode', 'swap', '--mark', '1:0,0'], 'invalid_image'],
	])('refuses %s before anything is sent', async (_, args, code) => {
		expect((await refused(2, 'edit', '900000000123456101', ...args)).code).toBe(code);
		expect(proxy.seen).toEqual([]);
	});
});
