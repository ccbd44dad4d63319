import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {servedTypes} from '../../src/sandbox/types/index.js';
import {type Kling, startKling} from './kling.js';

const text2video = '/v1/videos/text2video';
const image2video = '/v1/videos/image2video';
const omni = '/v1/videos/omni-video';
const image = 'https://images.example.invalid/a.png';

const verdict = (
	type: keyof typeof servedTypes,
	body: object,
	policy: 'lenient' | 'as-announced' = 'lenient',
) => {
	const reply = servedTypes[type].validate(body as Record<string, unknown>, policy);
	return reply === undefined ? 'accepted' : (reply.body as {message: string}).message;
};

describe('requests of existing clients are accepted', () => {
	test.each<[string, keyof typeof servedTypes, object]>([
		['cfg_scale with 2.5 Turbo', 'text2video', {model_name: 'kling-v2-5-turbo', prompt: 'x', cfg_scale: 0.5}],
		['cfg_scale with 2.1', 'image2video', {model_name: 'kling-v2-1', image, cfg_scale: 0.5}],
		['cfg_scale with a master', 'text2video', {model_name: 'kling-v2-master', prompt: 'x', cfg_scale: 1}],
		['a mode with a master', 'text2video', {model_name: 'kling-v2-1-master', prompt: 'x', mode: 'std'}],
		['sound with 2.5 Turbo', 'text2video', {model_name: 'kling-v2-5-turbo', prompt: 'x', sound: 'on'}],
		['fidelity without a reference', 'image', {prompt: 'x', image_fidelity: 0.5, human_fidelity: 0.4}],
		[
			'an element id as a text',
			'create',
			{model_name: 'kling-v3-omni', prompt: 'x', aspect_ratio: '1:1', element_list: [{element_id: '160'}]},
		],
		[
			'multi_shot as a text',
			'text2video',
			{model_name: 'kling-v3', prompt: 'x', multi_shot: 'true', shot_type: 'intelligence'},
		],
		['unknown fields', 'create', {prompt: 'x', aspect_ratio: '1:1', negative_prompt: 'y', seed: 7}],
		['voices on text2video', 'text2video', {model_name: 'kling-v2-6', prompt: 'x', voice_list: [{}]}],
	])('%s', (_, type, body) => {
		expect(verdict(type, body)).toBe('accepted');
	});

	test('a string element id and multi_shot as a text make a task through the server', async () => {
		const kling = await startKling();
		const shots = [{index: 1, prompt: 'A door.', duration: '5'}];
		const body = {
			model_name: 'kling-v3-omni',
			multi_shot: 'true',
			shot_type: 'customize',
			multi_prompt: shots,
			aspect_ratio: '16:9',
			element_list: [{element_id: '160'}],
		};
		expect(await kling.create(omni, body)).toMatch(/^\d{18}$/);
		await kling.sandbox.close();
	});
});

describe('requests that the documentation or a recorded response refuses are refused', () => {
	test.each<[string, keyof typeof servedTypes, object, string]>([
		[
			'an unknown mode',
			'text2video',
			{model_name: 'kling-v2-6', prompt: 'x', mode: 'standard'},
			"mode value 'standard' is invalid",
		],
		[
			'a number for a text',
			'text2video',
			{model_name: 'kling-v2-6', prompt: 'x', duration: 5},
			"duration value '5' is invalid",
		],
		[
			'too long a prompt',
			'text2video',
			{model_name: 'kling-v2-6', prompt: 'x'.repeat(2501)},
			'prompt length can not be greater than 2500',
		],
		[
			'too long a shot',
			'text2video',
			{
				model_name: 'kling-v3',
				multi_shot: true,
				shot_type: 'customize',
				multi_prompt: [{index: 1, prompt: 'x'.repeat(513), duration: '5'}],
			},
			'multi_prompt[0].prompt length can not be greater than 512',
		],
		[
			'a mask with V1.6',
			'image2video',
			{model_name: 'kling-v1-6', image, static_mask: image},
			'kling-v1-6 is not supported with motion brush',
		],
		[
			'several shots with 2.6',
			'text2video',
			{model_name: 'kling-v2-6', prompt: 'x', multi_shot: true, shot_type: 'intelligence'},
			'kling-v2-6 is not supported with multi_shot',
		],
		[
			'an omni model elsewhere',
			'image2video',
			{model_name: 'kling-v3-omni', image},
			'model is not supported',
		],
		['no ratio', 'create', {model_name: 'kling-v3-omni', prompt: 'x'}, 'aspect_ratio can not be empty'],
		[
			'a last frame alone',
			'create',
			{prompt: 'x', aspect_ratio: '1:1', image_list: [{image_url: image, type: 'end_frame'}]},
			'end_frame is not supported without first_frame',
		],
		[
			'8 references',
			'create',
			{
				model_name: 'kling-v3-omni',
				prompt: 'x',
				aspect_ratio: '1:1',
				image_list: Array(8).fill({image_url: image}),
			},
			'the total number of image_list and element_list can not exceed 7 without video input',
		],
		[
			'two clips',
			'create',
			{
				prompt: 'x',
				video_list: [{video_url: 'https://a.invalid/a.mp4'}, {video_url: 'https://a.invalid/b.mp4'}],
			},
			'video_list size can not be greater than 1',
		],
		[
			'voices without sound',
			'image2video',
			{model_name: 'kling-v2-6', mode: 'pro', image, prompt: '<<<voice_1>>>', voice_list: [{voice_id: '1'}]},
			'sound off is not supported with voice_list',
		],
	])('%s', (_, type, body, words) => {
		expect(verdict(type, body)).toBe(words);
	});
});

describe('models', () => {
	const gone = (name: string) => `The model '${name}' has been discontinued and is no longer available.`;

	test.each(['kling-v1-6', 'kling-v2-master', 'kling-v2-1-master'])(
		'%s works by default, and not as announced',
		(model_name) => {
			expect(verdict('text2video', {model_name, prompt: 'x'})).toBe('accepted');
			expect(verdict('text2video', {model_name, prompt: 'x'}, 'as-announced')).toBe(gone(model_name));
		},
	);

	test.each(['kling-v1-5', 'kling-v2-1'])('%s the same, with a picture', (model_name) => {
		expect(verdict('image2video', {model_name, image})).toBe('accepted');
		expect(verdict('image2video', {model_name, image}, 'as-announced')).toBe(gone(model_name));
	});

	test.each(['kling-v2-5-turbo', 'kling-v2-6', 'kling-v3'])('%s works as announced', (model_name) => {
		expect(verdict('text2video', {model_name, prompt: 'x'}, 'as-announced')).toBe('accepted');
	});

	describe('as announced', () => {
		let kling: Kling;
		beforeAll(async () => {
			kling = await startKling({models: 'as-announced'});
		});
		afterAll(() => kling.sandbox.close());

		test.each([
			['kling-video-o1', 404, 1203],
			['kling-v3-turbo', 404, 1203],
			['kling-v3-omni', 400, 1201],
		])('%s belongs to another family', async (model_name, status, code) => {
			for (const path of [text2video, image2video]) {
				const answer = await kling.call('POST', path, {body: {model_name, prompt: 'x', image}});
				expect(answer).toMatchObject({status, body: {code}});
			}
		});
	});
});
