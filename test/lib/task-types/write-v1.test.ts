import {describe, expect, test} from 'vitest';
import type {CreateRequest} from '../../../src/lib/task-types/create.js';
import {definitions, taskTypes} from '../../../src/lib/task-types/index.js';
import {models} from '../../../src/lib/task-types/models.js';
import {defaultSeconds} from '../../../src/lib/task-types/scene.js';

const composeCreate = taskTypes.create.write.v1;
const composeText2video = taskTypes.text2video.write.v1;
const composeImage2video = taskTypes.image2video.write.v1;

const omni = {model: 'kling-v3-omni'};
const plain = {model_name: 'kling-v3-omni', mode: 'std', duration: '5'};
const picture = 'https://example.com/a.png';
const clip = 'https://example.com/a.mp4';
const shots = [
	{prompt: 'a', seconds: 3},
	{prompt: 'b', seconds: 4},
];
const ownShots = {
	multi_shot: true,
	shot_type: 'customize',
	multi_prompt: [
		{index: 1, prompt: 'a', duration: '3'},
		{index: 2, prompt: 'b', duration: '4'},
	],
};

describe('create', () => {
	test.each<[string, Partial<CreateRequest>, object]>([
		['a prompt', {prompt: 'a fox'}, {...plain, prompt: 'a fox', aspect_ratio: '16:9'}],
		[
			'everything about the video',
			{prompt: 'a fox', mode: '4k', duration: 15, ratio: '9:16', sound: true, watermark: true},
			{
				model_name: 'kling-v3-omni',
				prompt: 'a fox',
				mode: '4k',
				duration: '15',
				aspect_ratio: '9:16',
				sound: 'on',
				watermark_info: {enabled: true},
			},
		],
		[
			'frames, which decide the ratio, and references after them',
			{prompt: 'a', firstFrame: picture, lastFrame: 'BASE64', refImages: ['ref1', 'ref2']},
			{
				...plain,
				prompt: 'a',
				image_list: [
					{image_url: picture, type: 'first_frame'},
					{image_url: 'BASE64', type: 'end_frame'},
					{image_url: 'ref1'},
					{image_url: 'ref2'},
				],
			},
		],
		[
			'references only',
			{prompt: 'a', refImages: [picture]},
			{...plain, prompt: 'a', image_list: [{image_url: picture}], aspect_ratio: '16:9'},
		],
		[
			'elements',
			{prompt: 'a', elements: [940000000000000001n, 2n]},
			{
				...plain,
				prompt: 'a',
				element_list: [{element_id: 940000000000000001n}, {element_id: 2n}],
				aspect_ratio: '16:9',
			},
		],
		[
			'a clip to borrow from, silent unless told',
			{prompt: 'a', refVideo: clip},
			{
				...plain,
				prompt: 'a',
				video_list: [{video_url: clip, refer_type: 'feature', keep_original_sound: 'no'}],
				aspect_ratio: '16:9',
			},
		],
		[
			'a clip to borrow from, with its sound, and a first frame: the ratio is needed all the same',
			{prompt: 'a', refVideo: clip, keepSound: true, firstFrame: picture, ratio: '1:1'},
			{
				...plain,
				prompt: 'a',
				image_list: [{image_url: picture, type: 'first_frame'}],
				video_list: [{video_url: clip, refer_type: 'feature', keep_original_sound: 'yes'}],
				aspect_ratio: '1:1',
			},
		],
		[
			'a clip to edit, which decides ratio and length and keeps its sound',
			{prompt: 'a', baseVideo: clip},
			{
				model_name: 'kling-v3-omni',
				mode: 'std',
				prompt: 'a',
				video_list: [{video_url: clip, refer_type: 'base', keep_original_sound: 'yes'}],
			},
		],
		[
			'a clip to edit, without its sound',
			{prompt: 'a', baseVideo: clip, keepSound: false},
			{
				model_name: 'kling-v3-omni',
				mode: 'std',
				prompt: 'a',
				video_list: [{video_url: clip, refer_type: 'base', keep_original_sound: 'no'}],
			},
		],
		[
			'shots, as long as they are together',
			{shots},
			{...plain, ...ownShots, duration: '7', aspect_ratio: '16:9'},
		],
		[
			'shots and a length, which is left as it is',
			{shots, duration: 9},
			{...plain, ...ownShots, duration: '9', aspect_ratio: '16:9'},
		],
		[
			'shots of the model',
			{prompt: 'a', autoShots: true, duration: 10},
			{
				...plain,
				prompt: 'a',
				multi_shot: true,
				shot_type: 'intelligence',
				duration: '10',
				aspect_ratio: '16:9',
			},
		],
	])('%s', (_, options, body) => {
		expect(composeCreate({...omni, ...options})).toStrictEqual(body);
	});

	test.each<[Partial<CreateRequest>, RegExp]>([
		[{refVideo: clip, baseVideo: clip}, /--ref-video and --base-video/],
		[{keepSound: true}, /--keep-sound/],
		[{keepSound: false}, /--keep-sound/],
		[{firstFrame: picture, ratio: '16:9'}, /--first-frame.*--ratio/],
		[{baseVideo: clip, ratio: '1:1'}, /--base-video.*--ratio/],
		[{shots, autoShots: true}, /--shot and --auto-shots/],
	])('%j is conflicting_input', (options, message) => {
		const compose = () => composeCreate({...omni, prompt: 'a', ...options});
		expect(compose).toThrow(expect.objectContaining({code: 'conflicting_input'}));
		expect(compose).toThrow(message);
	});
});

describe('text2video', () => {
	test('always sends model, mode, duration and ratio', () => {
		expect(composeText2video({model: 'kling-v3', prompt: 'a fox'})).toStrictEqual({
			model_name: 'kling-v3',
			prompt: 'a fox',
			mode: 'std',
			duration: '5',
			aspect_ratio: '16:9',
		});
	});

	test('sends what was given, including 0', () => {
		const camera = {type: 'simple', config: {zoom: -3}};
		expect(
			composeText2video({
				model: 'kling-v1-6',
				prompt: 'a',
				negative: 'text',
				cfgScale: 0,
				camera,
				ratio: '1:1',
			}),
		).toStrictEqual({
			model_name: 'kling-v1-6',
			prompt: 'a',
			negative_prompt: 'text',
			cfg_scale: 0,
			camera_control: camera,
			mode: 'std',
			duration: '5',
			aspect_ratio: '1:1',
		});
	});
});

test('image2video has no ratio, and has pictures, masks and voices', () => {
	const path = [
		{x: 1, y: 2},
		{x: 3, y: 4},
	];
	expect(
		composeImage2video({
			model: 'kling-v3',
			image: 'first',
			lastFrame: 'last',
			staticMask: 'still',
			dynamicMasks: [{mask: 'moving', path}],
			voices: ['v1', 'v2'],
			elements: [1n],
			negative: '',
			shots: [],
		}),
	).toStrictEqual({
		model_name: 'kling-v3',
		mode: 'std',
		duration: '5',
		image: 'first',
		image_tail: 'last',
		static_mask: 'still',
		dynamic_masks: [{mask: 'moving', trajectories: path}],
		voice_list: [{voice_id: 'v1'}, {voice_id: 'v2'}],
		element_list: [{element_id: 1n}],
	});
});

describe('defaults', () => {
	test.each(definitions.flatMap(({name, models: usual}) => (usual ? [[name, usual.command] as const] : [])))(
		'%s has a model that is believed to be live',
		(type, name) => {
			expect(models[name]).toMatchObject({state: 'live', types: expect.arrayContaining([type])});
		},
	);

	test.each([
		['kling-v2-5-turbo', 'std'],
		['kling-v2-6', 'pro'],
		['kling-v3', 'std'],
		['kling-v2-1-master', undefined],
		['kling-v9', undefined],
	])('mode of %s: %s', (model, mode) => {
		expect(composeText2video({model, prompt: 'a'}).mode).toBe(mode);
		expect(composeText2video({model, prompt: 'a', mode: '4k'}).mode).toBe('4k');
	});

	test('every model supports the default duration', () => {
		for (const {durations} of Object.values(models)) expect(durations).toContain(defaultSeconds);
	});

	test('no duration is sent for an unknown model', () => {
		expect(composeText2video({model: 'kling-v9', prompt: 'a'})).not.toHaveProperty('duration');
		expect(composeText2video({model: 'constructor', prompt: 'a'})).not.toHaveProperty('mode');
	});
});
