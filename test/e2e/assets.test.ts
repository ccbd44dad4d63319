import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {png} from '../support/pictures.js';
import {type Env, envOf, fails, succeeds} from './kling.js';

/* Elements and voices, through the built program: made, found by name, used, deleted. */

const folder = mkdtempSync(path.join(tmpdir(), 'kling-assets-'));
const url = 'https://example.com/mia.png';
let sandbox: Sandbox;
let env: Env;

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000, slots: 100});
	env = {...envOf(sandbox), XDG_DATA_HOME: path.join(folder, 'data')};
	writeFileSync(path.join(folder, 'mia.png'), png(640, 480));
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => succeeds([...args, '-q'], {env, cwd: folder});
const fail = (exit: number, ...args: string[]) => fails([...args, '-q'], exit, {env, cwd: folder});
const mia = ['--description', 'a woman in a red coat', '--image', 'mia.png', '--ref-image', url];

describe('an element', () => {
	test('is made, used by its name, listed, shown and deleted', async () => {
		const made = await run('element', 'create', '--name', 'mia', ...mia, '--wait');
		const id = String(made.element_id);
		expect(made).toEqual({
			success: true,
			task_id: made.task_id,
			status: 'succeed',
			element_id: expect.stringMatching(/^\d+$/),
			element: 'mia',
		});
		// This machine knows the name, so a dry run sends no request.
		const dry = await run('video', 'create', '<<<element_1>>> waves', '--element', 'mia', '--dry-run');
		expect(JSON.stringify(dry.body)).toContain(id);
		const used = await run('video', 'create', '<<<element_1>>> waves', '--element', 'mia', '--wait');
		expect(used).toMatchObject({success: true, status: 'succeed'});
		const {elements} = await run('element', 'list');
		expect(elements).toEqual([
			{element_id: id, name: 'mia', description: 'a woman in a red coat', made_from: 'pictures'},
		]);
		expect(await run('element', 'show', 'mia')).toMatchObject({element_id: id, task_id: made.task_id});
		const refused = await fail(2, 'element', 'delete', 'mia');
		expect(refused).toMatchObject({code: 'conflicting_input', hint: expect.stringContaining('--yes')});
		const gone = {success: true, element_id: id, deleted: true};
		expect(await run('element', 'delete', 'mia', '--yes')).toEqual(gone);
		expect(await run('element', 'delete', id, '--yes')).toEqual(gone);
		// Kling still lists it, as deleted.
		expect(await run('element', 'delete', 'mia', '--yes')).toEqual(gone);
		expect(await fail(2, 'element', 'delete', 'nobody', '--yes')).toMatchObject({code: 'invalid_element'});
		expect(await fail(2, 'element', 'show', 'mia')).toMatchObject({code: 'invalid_element'});
		expect(await run('element', 'list')).toMatchObject({count: 0});
		expect(await fail(2, 'image', 'create', 'x', '--element', 'mia')).toMatchObject({
			code: 'invalid_element',
		});
	});

	test('is also made from a video, and then works only in videos', async () => {
		const video = 'https://example.com/walk.mp4';
		const made = await run(
			...[
				'element',
				'create',
				'--name',
				'walker',
				'--description',
				'a man who walks',
				'--video',
				video,
				'--wait',
			],
		);
		expect(made).toMatchObject({success: true, element: 'walker', element_id: expect.any(String)});
		expect(await run('element', 'show', 'walker')).toMatchObject({
			element_id: made.element_id,
			made_from: 'video',
		});
		const {body} = await run('video', 'create', '<<<element_1>>> runs', '--element', 'walker', '--dry-run');
		expect(JSON.stringify(body)).toContain(made.element_id);
	});

	test('is found by its name on another machine', async () => {
		const made = await run('element', 'create', '--name', 'tom', ...mia, '--external-id', 'tom-1', '--wait');
		const elsewhere = {...env, XDG_DATA_HOME: path.join(folder, 'elsewhere')};
		const args = ['image', 'create', 'tom sits', '--element', 'tom', '-q'];
		const offline = await fails([...args, '--dry-run'], 2, {env: elsewhere});
		expect(offline.hint).toContain('kling element show tom');
		await succeeds(args, {env: elsewhere});
		const dry = await succeeds([...args, '--dry-run'], {env: elsewhere});
		expect((dry.body as {element_list: unknown}).element_list).toEqual([{element_id: made.element_id}]);
	});

	test('with an ambiguous name is requested by its id', async () => {
		for (const external of ['kim-1', 'kim-2']) {
			await run('element', 'create', '--name', 'kim', ...mia, '--external-id', external);
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
		const error = await fail(2, 'element', 'show', 'kim');
		expect(error).toMatchObject({
			code: 'conflicting_input',
			message: expect.stringMatching(/2 elements.*\d+, \d+$/),
		});
	});

	test('among the presets is used by name, and by an id too long for a double', async () => {
		expect(await run('element', 'list', '--presets', '--limit', '2')).toMatchObject({count: 2});
		expect(await run('element', 'show', 'Robot')).toMatchObject({element_id: '160', preset: true});
		expect(await run('element', 'show', 'Teapot')).toMatchObject({element_id: '900000000423456604'});
		const {body} = await run(
			'image',
			'create',
			'tea',
			'--element',
			'Teapot',
			'--element',
			'160',
			'--dry-run',
		);
		expect(body).toMatchObject({element_list: [{element_id: '900000000423456604'}, {element_id: '160'}]});
		await run('image', 'create', 'tea', '--element', 'Teapot');
	});

	test('keeps the pictures that it was made from', async () => {
		await run('element', 'create', '--name', 'ann', ...mia, '--download', 'ann.png');
		expect(readdirSync(folder).filter((name) => name.startsWith('ann')).length).toBeGreaterThan(0);
	});

	test.each<[string[], string, RegExp]>([
		[['--name', 'a'.repeat(21), ...mia], 'invalid_flag', /20/],
		[['--name', 'a', '--description', 'b'], 'invalid_image', /--image and 1 to 3 --ref-image/],
		[['--name', 'a', '--description', 'b', '--image', url], 'invalid_image', /kling image views/],
		[['--name', 'a', '--description', 'b', '--ref', url], 'invalid_image', /add --image/],
		[
			['--name', 'a', ...mia, '--video', 'https://example.com/a.mp4'],
			'conflicting_input',
			/one or the other/,
		],
		[['--name', 'a', '--description', 'b', '--video', 'a.mp4'], 'invalid_url', /address/],
	])('%j is refused before anything is sent', async (args, code, message) => {
		const before = sandbox.tasks().length;
		const error = await fail(2, 'element', 'create', ...args);
		expect(error.code).toBe(code);
		expect(error.message + (error.hint ?? '')).toMatch(message);
		expect(sandbox.tasks()).toHaveLength(before);
	});

	test('costs nothing', async () => {
		expect(await run('element', 'create', '--name', 'a', ...mia, '--dry-run')).toMatchObject({
			estimated_units: '0',
		});
	});
});

describe('a voice', () => {
	const from = ['--from', 'https://example.com/anna.mp3'];
	test('is made, heard, used by its name, and deleted', async () => {
		const made = await run('voice', 'create', '--name', 'anna', ...from, '--download', 'anna.mp3');
		expect(made).toMatchObject({success: true, voice: 'anna', voice_id: expect.stringMatching(/^\d+$/)});
		expect(readFileSync(path.join(folder, 'anna.mp3')).length).toBeGreaterThan(1000);
		expect(await run('voice', 'list')).toMatchObject({voices: [{voice_id: made.voice_id, name: 'anna'}]});
		const talk = ['<<<voice_1>>> hello', '--image', url, '-m', 'kling-v2-6', '--sound', '--voice', 'anna'];
		const {body} = await run('video', 'image2video', ...talk, '--dry-run', '--api', 'v1');
		expect(body).toMatchObject({voice_list: [{voice_id: made.voice_id}]});
		const element = ['element', 'create', '--name', 'anna', ...mia, '--voice', 'anna', '--dry-run'];
		expect((await run(...element)).body).toMatchObject({element_voice_id: made.voice_id});
		const gone = {success: true, voice_id: made.voice_id, deleted: true};
		expect(await run('voice', 'delete', 'anna', '-y')).toEqual(gone);
		expect(await run('voice', 'delete', 'anna', '-y')).toEqual(gone);
		expect(await fail(2, 'voice', 'delete', 'nobody', '-y')).toMatchObject({code: 'invalid_voice'});
	});

	test('is also made from a clip with sound', async () => {
		const {video_id: clip} = await run(
			'video',
			'create',
			'a fox talks',
			'--sound',
			'-m',
			'kling-v3-omni',
			'--wait',
		);
		const made = await run('voice', 'create', '--name', 'fox', '--video', String(clip), '--wait');
		expect(made).toMatchObject({success: true, voice: 'fox', voice_id: expect.stringMatching(/^\d+$/)});
		expect(await run('voice', 'show', 'fox')).toMatchObject({voice_id: made.voice_id});
		const last = await run('voice', 'create', '--name', 'again', '--video', '@last', '--dry-run');
		expect(last).toMatchObject({estimated_units: '0.05'});
	});

	test('has a single source', async () => {
		expect(await fail(2, 'voice', 'create', '--name', 'a')).toMatchObject({code: 'conflicting_input'});
		const both = ['voice', 'create', '--name', 'a', ...from, '--video', '900000000123456102'];
		expect(await fail(2, ...both)).toMatchObject({code: 'conflicting_input'});
		expect(await run('voice', 'create', '--name', 'a', ...from, '--dry-run')).toMatchObject({
			estimated_units: '0.05',
		});
	});
});
