import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {png} from '../support/pictures.js';
import {type Env, envOf, fails, kling, succeeds} from './kling.js';

/* The commands that make pictures and sounds, through the built program. */

const folder = mkdtempSync(path.join(tmpdir(), 'kling-image-'));
const url = 'https://example.com/fox.png';
let sandbox: Sandbox;
let env: Env;

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000, slots: 100});
	env = {...envOf(sandbox), XDG_DATA_HOME: path.join(folder, 'data')};
	writeFileSync(path.join(folder, 'fox.png'), png(640, 480));
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => succeeds([...args, '-q'], {env, cwd: folder});
const refused = (...args: string[]) => fails([...args, '-q'], 2, {env, cwd: folder});
const dry = (...args: string[]) => succeeds([...args, '-q', '--dry-run'], {env, cwd: folder});

describe('what would be sent, and what it would cost', () => {
	test.each<[string[], string, object, string | undefined]>([
		[['create', 'a fox'], 'images/generations', {model_name: 'kling-v3', prompt: 'a fox'}, '8'],
		[
			[
				'create',
				'a fox',
				'-n',
				'4',
				'--ratio',
				'21:9',
				'--resolution',
				'2k',
				'--element',
				'940000000000000001',
			],
			'images/generations',
			{
				model_name: 'kling-v3',
				prompt: 'a fox',
				element_list: [{element_id: '940000000000000001'}],
				resolution: '2k',
				n: 4,
				aspect_ratio: '21:9',
			},
			'32',
		],
		[
			['create', 'x', '-m', 'Kling-V2.1', '--image', url, '--reference', 'face', '--fidelity', '0.7'],
			'images/generations',
			{model_name: 'kling-v2-1', prompt: 'x', image: url, image_reference: 'face', image_fidelity: 0.7},
			'8',
		],
		[
			['omni', '<<<image_1>>> in rain', '--image', url, '--resolution', '4k'],
			'images/omni-image',
			{
				model_name: 'kling-v3-omni',
				prompt: '<<<image_1>>> in rain',
				image_list: [{image: url}],
				resolution: '4k',
			},
			'16',
		],
		[
			['omni', 'a', '--series', '3'],
			'images/omni-image',
			{
				model_name: 'kling-v3-omni',
				prompt: 'a',
				result_type: 'series',
				series_amount: 3,
				aspect_ratio: '1:1',
			},
			'24',
		],
		[
			['omni', 'a', '--series', 'auto', '--ratio', '16:9'],
			'images/omni-image',
			{
				model_name: 'kling-v3-omni',
				prompt: 'a',
				result_type: 'series',
				series_amount: 'auto',
				aspect_ratio: '16:9',
			},
			undefined,
		],
		[
			['multi', '--image', url, '--style', url, '--count', '2'],
			'images/multi-image2image',
			{model_name: 'kling-v2-1', subject_image_list: [{subject_image: url}], style_image: url, n: 2},
			'32',
		],
		[
			['expand', '--image', url, '--left', '0.5'],
			'images/editing/expand',
			{
				image: url,
				up_expansion_ratio: 0,
				down_expansion_ratio: 0,
				left_expansion_ratio: 0.5,
				right_expansion_ratio: 0,
			},
			'8',
		],
		[['views', '--image', url], 'general/ai-multi-shot', {element_frontal_image: url}, '20'],
	])('kling image %j', async (args, place, body, units) => {
		const document = await dry('image', ...args);
		expect(document).toMatchObject({url: `${sandbox.baseUrl}/v1/${place}`, pack: 'image'});
		expect(document.body).toEqual(body);
		expect(document.estimated_units).toBe(units);
	});

	test('a ratio is computed from the size of the file', async () => {
		const {body} = await dry('image', 'expand', '--image', 'fox.png', '--ratio', '16:9');
		expect(body).toMatchObject({up_expansion_ratio: 0, down_expansion_ratio: 0});
		const {left_expansion_ratio: left, right_expansion_ratio: right} = body as Record<string, number>;
		expect((640 * (1 + (left ?? 0) + (right ?? 0))) / 480).toBeCloseTo(16 / 9, 3);
		expect(String((body as {image: string}).image)).toMatch(/^<\d+ characters of Base64/);
	});

	test('a sound is paid for with video units', async () => {
		const document = await dry('audio', 'create', 'waves', '--duration', '7.5');
		expect(document.body).toEqual({prompt: 'waves', duration: 7.5});
		expect(document).toMatchObject({estimated_units: '0.25'});
		expect(document).not.toHaveProperty('pack');
	});
});

test.each<[string[], string, RegExp]>([
	[['image', 'create'], 'missing_prompt', /prompt is missing/],
	[['image', 'create', 'a', '--negative', 'b', '--image', url], 'conflicting_input', /--negative/],
	[['image', 'create', 'a', '--reference', 'face'], 'invalid_image', /add --image/],
	[
		['image', 'create', 'a', '--image', url, '--reference', 'face'],
		'conflicting_input',
		/use --model kling-v2-1/,
	],
	[['image', 'create', 'a', '--model', 'kling-v9'], 'invalid_model', /kling-v9/],
	[['image', 'create', 'a', '--model', 'kling-image-o1'], 'invalid_model', /not a model for this command/],
	[['image', 'create', 'a', '--count', '10'], 'invalid_flag', /1 to 9/],
	[['image', 'create', 'a', '--image', 'missing.png'], 'read_error', /missing.png/],
	[['image', 'omni', 'a', '--series', '3', '--count', '2'], 'conflicting_input', /--series and --count/],
	[['image', 'omni', 'a', '-m', 'kling-image-o1', '--series', '3'], 'conflicting_input', /kling-v3-omni/],
	[
		['image', 'omni', 'a', '-m', 'kling-image-o1', '--resolution', '4k'],
		'conflicting_input',
		/kling-v3-omni/,
	],
	[['image', 'omni', '<<<image_2>>>', '--image', url], 'invalid_prompt', /<<<image_2>>>, and 1 --image/],
	[['image', 'multi', 'a'], 'invalid_image', /add --image/],
	[['image', 'expand', '--image', url, '--up', '2', '--left', '1'], 'conflicting_input', /6 times/],
	[['image', 'expand', '--image', url], 'conflicting_input', /Nothing would be added/],
	[['image', 'expand', '--image', url, '--ratio', '1:1'], 'conflicting_input', /not fetched/],
	[['image', 'views'], 'invalid_image', /add --image/],
	[['audio', 'create', 'a', '--duration', '2'], 'invalid_duration', /3 to 10/],
	[['audio', 'create', 'a', '--duration', '3.55'], 'invalid_duration', /more than one decimal/],
	[['audio', 'create', 'a'.repeat(201)], 'invalid_prompt', /200 are allowed/],
])('%j is refused before anything is sent', async (args, code, message) => {
	const before = sandbox.tasks().length;
	const exit = code === 'read_error' ? 10 : 2;
	const error = await fails([...args, '-q'], exit, {env, cwd: folder});
	expect(error.code).toBe(code);
	expect(error.message + (error.hint ?? '')).toMatch(message);
	expect(sandbox.tasks()).toHaveLength(before);
});

describe('end to end', () => {
	test.each<[string[], number]>([
		[['create', 'a fox', '--count', '3'], 3],
		[['omni', 'a fox', '--series', '4'], 4],
		[['multi', '--image', url], 1],
		[['expand', '--image', 'fox.png', '--ratio', '16:9'], 1],
		[['views', '--image', url], 9],
	])('kling image %j saves its pictures', async (args, count) => {
		const name = `${args[0]}.png`;
		const made = await run('image', ...args, '--download', name, '--external-id', `e2e-${args[0]}`);
		expect(made).toMatchObject({success: true, status: 'succeed', images: count});
		const files = readdirSync(folder).filter((file) => file.startsWith(`${args[0]}`));
		expect(files).toHaveLength(count);
		for (const file of files) {
			const head = readFileSync(path.join(folder, file)).subarray(0, 4).toString('hex');
			expect(head).toMatch(/^(89504e47|ffd8ff)/);
		}
	});

	test('the type is discovered, and the units are image units', async () => {
		const made = await run('image', 'create', 'a lake', '-v', '--wait');
		expect(made).toMatchObject({units: '8', type: 'image'});
		const id = String(made.task_id);
		expect(await run('video', 'status', id)).toEqual({
			success: true,
			task_id: id,
			status: 'succeed',
			images: 1,
		});
		const elsewhere = {...env, XDG_DATA_HOME: path.join(folder, 'other')};
		const found = await succeeds(['video', 'status', id, '-v', '-q'], {env: elsewhere});
		expect(found).toMatchObject({type: 'image', images: 1});
		const {tasks} = (await run('video', 'list', '--type', 'image')) as {tasks: {task_id: string}[]};
		expect(tasks.map((task) => task.task_id)).toContain(id);
	});

	test('a sound is available as mp3 and as wav', async () => {
		const made = await run('audio', 'create', 'waves', '-o', 'waves.mp3');
		expect(made).toMatchObject({success: true, status: 'succeed'});
		await run('video', 'download', '@last', '--format', 'wav', '-o', 'waves.wav');
		expect(readFileSync(path.join(folder, 'waves.wav')).subarray(0, 4).toString()).toBe('RIFF');
	});

	test('an external id is paid for only once', async () => {
		const args = ['image', 'create', 'an owl', '--external-id', 'owl'];
		const [first, second] = [await run(...args), await run(...args)];
		expect(second.task_id).toBe(first.task_id);
	});

	test('a refusal by the server keeps its code', async () => {
		const {code} = await fails(['image', 'create', '[reject]', '-q'], 3, {env});
		expect(code).toBe('content_policy');
		const {stderr} = await kling(['image', 'create', '[fail]', '--wait'], {env});
		expect(stderr).not.toContain('undefined');
	});
});

test('the help of each command states its price and its flags', async () => {
	const {stdout} = await kling(['image', '--help']);
	for (const name of ['create', 'omni', 'multi', 'expand', 'views'])
		expect(stdout).toContain(`image ${name}`);
	await expect(refused('image', 'create', 'x', '--nope')).resolves.toMatchObject({code: 'invalid_flag'});
});
