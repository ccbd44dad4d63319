import {describe, expect, test} from 'vitest';
import {type TaskType, taskTypeNames} from '../../../src/lib/task-types/index.js';
import {validateRequest} from '../../../src/lib/task-types/schema.js';

const long = (length: number) => 'x'.repeat(length);
// Two UTF-16 units, four bytes, one character.
const foxes = (length: number) => '🦊'.repeat(length);
const shot = {index: 1, prompt: 'x', duration: '5'};

test.each<[TaskType, unknown, string, string]>([
	['create', {mode: 'standard'}, 'mode', "mode value 'standard' is invalid"],
	['create', {mode: ''}, 'mode', 'mode can not be empty'],
	['create', {duration: 5}, 'duration', "duration value '5' is invalid"],
	['create', {duration: '16'}, 'duration', "duration value '16' is invalid"],
	['create', {duration: '05'}, 'duration', "duration value '05' is invalid"],
	['create', {sound: true}, 'sound', "sound value 'true' is invalid"],
	['create', {aspect_ratio: '4:3'}, 'aspect_ratio', "aspect_ratio value '4:3' is invalid"],
	['create', {multi_shot: 'true'}, 'multi_shot', "multi_shot value 'true' is invalid"],
	['create', {prompt: ['x']}, 'prompt', `prompt value '["x"]' is invalid`],
	['create', {prompt: long(3073)}, 'prompt', `prompt value '${long(100)}...' is invalid`],
	[
		'create',
		{multi_prompt: [shot, {...shot, duration: '0'}]},
		'multi_prompt[1].duration',
		"multi_prompt[1].duration value '0' is invalid",
	],
	[
		'create',
		{multi_prompt: [{...shot, prompt: long(513)}]},
		'multi_prompt[0].prompt',
		`multi_prompt[0].prompt value '${long(100)}...' is invalid`,
	],
	[
		'create',
		{multi_prompt: [{index: 1, duration: '5'}]},
		'multi_prompt[0].prompt',
		'multi_prompt[0].prompt can not be empty',
	],
	['create', {image_list: [{}]}, 'image_list[0].image_url', 'image_list[0].image_url can not be empty'],
	[
		'create',
		{image_list: [{image_url: 'x', type: 'last'}]},
		'image_list[0].type',
		"image_list[0].type value 'last' is invalid",
	],
	[
		'create',
		{element_list: [{element_id: '1'}]},
		'element_list[0].element_id',
		"element_list[0].element_id value '1' is invalid",
	],
	[
		'create',
		{video_list: [{video_url: 'a.mp4'}]},
		'video_list[0].video_url',
		"video_list[0].video_url value 'a.mp4' is invalid",
	],
	['create', {watermark_info: true}, 'watermark_info', "watermark_info value 'true' is invalid"],
	[
		'create',
		{watermark_info: {enabled: 'yes'}},
		'watermark_info.enabled',
		"watermark_info.enabled value 'yes' is invalid",
	],
	['create', {external_task_id: 7}, 'external_task_id', "external_task_id value '7' is invalid"],
	['text2video', {cfg_scale: 1.1}, 'cfg_scale', "cfg_scale value '1.1' is invalid"],
	['text2video', {cfg_scale: '0.5'}, 'cfg_scale', "cfg_scale value '0.5' is invalid"],
	[
		'text2video',
		{negative_prompt: foxes(2501)},
		'negative_prompt',
		`negative_prompt value '${foxes(100)}...' is invalid`,
	],
	[
		'text2video',
		{camera_control: {type: 'up'}},
		'camera_control.type',
		"camera_control.type value 'up' is invalid",
	],
	[
		'text2video',
		{camera_control: {config: {pan: 11}}},
		'camera_control.config.pan',
		"camera_control.config.pan value '11' is invalid",
	],
	[
		'image2video',
		{voice_list: [{voice_id: 1}]},
		'voice_list[0].voice_id',
		"voice_list[0].voice_id value '1' is invalid",
	],
	[
		'image2video',
		{dynamic_masks: [{mask: 'x', trajectories: [{x: 1, y: 1}]}]},
		'dynamic_masks[0].trajectories',
		`dynamic_masks[0].trajectories value '[{"x":1,"y":1}]' is invalid`,
	],
	['extend', {}, 'video_id', 'video_id can not be empty'],
	['extend', {video_id: ''}, 'video_id', 'video_id can not be empty'],
	['extend', {video_id: null}, 'video_id', 'video_id can not be empty'],
	['extend', {video_id: 9}, 'video_id', "video_id value '9' is invalid"],
	['add-sound', {bgm_prompt: foxes(201)}, 'bgm_prompt', `bgm_prompt value '${foxes(100)}...' is invalid`],
	[
		'add-sound',
		{sound_effect_prompt: long(201)},
		'sound_effect_prompt',
		`sound_effect_prompt value '${long(100)}...' is invalid`,
	],
	['add-sound', {asmr_mode: 'on'}, 'asmr_mode', "asmr_mode value 'on' is invalid"],
	['add-sound', {video_url: 'file:///a.mp4'}, 'video_url', "video_url value 'file:///a.mp4' is invalid"],
])('%s %o: %s', (type, body, field, message) => {
	expect(validateRequest(type, body)).toMatchObject({field, message});
});

describe.each(taskTypeNames)('%s', (type) => {
	const required = type === 'extend' ? {video_id: '1'} : {};
	const optional =
		type === 'add-sound'
			? ['video_id', 'video_url', 'sound_effect_prompt', 'bgm_prompt', 'asmr_mode']
			: ['prompt', 'watermark_info'];

	test('null is the same as a missing key, and unknown fields pass', () => {
		for (const field of [...optional, 'callback_url', 'external_task_id', 'unheard_of']) {
			expect(validateRequest(type, {...required, [field]: null}), field).toBeUndefined();
		}
		expect(validateRequest(type, {...required, unheard_of: {any: 'thing'}})).toBeUndefined();
	});

	test('empty texts are fine where a text is optional', () => {
		expect(validateRequest(type, {...required, callback_url: '', external_task_id: ''})).toBeUndefined();
	});

	test.each([null, undefined, 'x', [], 1])('%j is not a body', (body) => {
		expect(validateRequest(type, body)).toBeDefined();
	});
});

test('lengths are counted in characters', () => {
	expect(
		validateRequest('add-sound', {bgm_prompt: foxes(200), sound_effect_prompt: foxes(200)}),
	).toBeUndefined();
	expect(validateRequest('create', {prompt: foxes(2500)})).toBeUndefined();
});

test('an element_id above 2^53 passes', () => {
	const body: unknown = JSON.parse('{"element_list": [{"element_id": 940000000000000001}]}');
	expect(validateRequest('create', body)).toBeUndefined();
});

test('the refused value is included in full', () => {
	expect(validateRequest('create', {prompt: long(4000)})?.value).toBe(long(4000));
});
