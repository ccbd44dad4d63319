import {describe, expect, test} from 'vitest';
import type {TaskType} from '../../../src/lib/task-types/index.js';
import {checkRequest, type RequestBody} from '../../../src/lib/task-types/model-rules.js';
import {models} from '../../../src/lib/task-types/models.js';

const image = 'https://images.example.invalid/a.png';
const first = {image_url: image, type: 'first_frame'};
const last = {image_url: image, type: 'end_frame'};
const plain = {image_url: image};
const base = {video_url: 'https://videos.example.invalid/a.mp4', refer_type: 'base'};
const feature = {...base, refer_type: 'feature'};
const element = {element_id: 1};
const shots = (...durations: number[]) =>
	durations.map((duration, at) => ({index: at + 1, prompt: 'x', duration: String(duration)}));
const customize = (...durations: number[]) => ({
	multi_shot: true,
	shot_type: 'customize',
	multi_prompt: shots(...durations),
	prompt: '',
});
const intelligence = {multi_shot: true, shot_type: 'intelligence'};
const zoom = {type: 'simple', config: {zoom: 5, pan: 0}};

const omni = {model_name: 'kling-v3-omni', prompt: 'x', aspect_ratio: '16:9'};
const o1 = {...omni, model_name: 'kling-video-o1'};
const text = (model: string) => ({model_name: `kling-${model}`, prompt: 'x'});
const picture = (model: string) => ({...text(model), image});
const tail = (model: string) => ({...picture(model), image_tail: image});

const rulesOf = (type: TaskType, body: RequestBody) => checkRequest(type, body).map(({rule}) => rule);

type Row = [about: string, type: TaskType, body: RequestBody, rule?: string, message?: string];

const rows: Row[] = [
	// Models, §1 and §9
	[
		'an unknown model',
		'create',
		{...omni, model_name: 'kling-v9'},
		'model-unknown',
		"model_name value 'kling-v9' is invalid",
	],
	['a name that every object has', 'create', {...omni, model_name: 'constructor'}, 'model-unknown'],
	['an omni model for an image', 'image2video', picture('v3-omni'), 'model-type', 'model is not supported'],
	['an image model for omni', 'create', {...omni, model_name: 'kling-v3'}, 'model-type'],
	['v1-5 for text', 'text2video', text('v1-5'), 'model-type'],
	['v2-1 for text', 'text2video', text('v2-1'), 'model-type'],
	[
		'v1',
		'text2video',
		text('v1'),
		'model-off',
		"The model 'kling-v1' has been discontinued and is no longer available.",
	],
	['no model: v1 for text', 'text2video', {prompt: 'x'}, 'model-off'],
	['no model: v1 for an image', 'image2video', {prompt: 'x', image, model_name: ''}, 'model-off'],
	['the old key "model" is ignored', 'text2video', {prompt: 'x', model: 'kling-v3'}, 'model-off'],
	['no model: o1 for omni', 'create', {prompt: 'x', aspect_ratio: '1:1', duration: '7'}, 'o1-duration'],

	// Prompt and shots, §6.1
	['no prompt', 'create', {...omni, prompt: ''}, 'prompt-missing', 'prompt can not be empty'],
	['no prompt for text', 'text2video', {model_name: 'kling-v3', prompt: null}, 'prompt-missing'],
	['no prompt for an image', 'image2video', {...picture('v3'), prompt: ''}],
	[
		'no prompt with intelligence',
		'image2video',
		{...picture('v3'), ...intelligence, prompt: ''},
		'prompt-missing',
	],
	['own shots', 'create', {...omni, ...customize(2, 3)}],
	['own shots of v3', 'text2video', {...text('v3'), ...customize(1, 4)}],
	['own shots with both frames', 'create', {...omni, ...customize(5), image_list: [first, last]}],
	[
		'shots by v2-6',
		'text2video',
		{...text('v2-6'), ...intelligence},
		'multi-shot-model',
		'kling-v2-6 is not supported with multi_shot',
	],
	['shots by o1', 'create', {...o1, ...intelligence}, 'multi-shot-model'],
	['no shot type', 'create', {...omni, multi_shot: true}, 'shot-type-missing', 'shot_type can not be empty'],
	[
		'no shots',
		'create',
		{...omni, ...customize(5), multi_prompt: []},
		'shots-missing',
		'multi_prompt can not be empty',
	],
	['shots too short', 'create', {...omni, ...customize(2, 2)}, 'shots-duration'],
	['shots too long', 'create', {...omni, ...customize(3, 3)}, 'shots-duration'],
	[
		'shots from 0',
		'create',
		{...omni, ...customize(), multi_prompt: [{...shots(5)[0], index: 0}]},
		'shots-numbering',
		"multi_prompt.index value '0' is invalid",
	],
	[
		'shots with a gap',
		'create',
		{...omni, ...customize(), multi_prompt: [shots(2)[0], {...shots(3)[0], index: 3}]},
		'shots-numbering',
	],
	['shots that are not asked for', 'create', {...omni, multi_prompt: shots(1)}],

	// Inputs of omni, §6.1
	[
		'no ratio',
		'create',
		{...omni, aspect_ratio: null},
		'aspect-ratio-missing',
		'aspect_ratio can not be empty',
	],
	[
		'no ratio, plain image',
		'create',
		{...omni, aspect_ratio: null, image_list: [plain]},
		'aspect-ratio-missing',
	],
	['no ratio, first frame', 'create', {...omni, aspect_ratio: null, image_list: [first]}],
	['no ratio, base', 'create', {...omni, aspect_ratio: null, video_list: [base]}],
	[
		'no ratio, feature',
		'create',
		{...omni, aspect_ratio: null, video_list: [feature]},
		'aspect-ratio-missing',
	],
	[
		'last frame alone',
		'create',
		{...omni, image_list: [last]},
		'last-frame-alone',
		'end_frame is not supported without first_frame',
	],
	['two first frames', 'create', {...omni, image_list: [first, first]}, 'frame-repeated'],
	[
		'7 references',
		'create',
		{...omni, image_list: [plain, plain, plain, plain], element_list: [element, element, element]},
	],
	['8 references', 'create', {...omni, image_list: Array(8).fill(plain)}, 'references-too-many'],
	[
		'4 references and a clip',
		'create',
		{...omni, image_list: [plain, plain], element_list: [element, element], video_list: [feature]},
	],
	[
		'5 references and a clip',
		'create',
		{...omni, image_list: Array(5).fill(plain), video_list: [feature]},
		'references-too-many',
	],
	[
		'3 elements and a first frame',
		'create',
		{...omni, image_list: [first], element_list: Array(3).fill(element)},
	],
	[
		'4 elements and a first frame',
		'create',
		{...omni, image_list: [first], element_list: Array(4).fill(element)},
		'elements-with-frames',
	],
	['base and a frame', 'create', {...omni, image_list: [first], video_list: [base]}, 'frames-with-base'],
	[
		'a clip is base unless it says so',
		'create',
		{...omni, image_list: [first], video_list: [{video_url: 'x'}]},
		'frames-with-base',
	],
	['feature and a frame', 'create', {...omni, image_list: [first], video_list: [feature]}],
	[
		'sound and a clip',
		'create',
		{...omni, sound: 'on', video_list: [feature]},
		'sound-with-video',
		'sound on is not supported with video input',
	],
	[
		'own shots and feature',
		'create',
		{...omni, ...customize(5), video_list: [feature]},
		'custom-shots-with-feature',
	],
	['intelligence and feature', 'create', {...omni, ...intelligence, video_list: [feature]}],
	['4k and a clip', 'create', {...omni, mode: '4k', video_list: [feature]}],
	['a negative prompt', 'create', {...omni, negative_prompt: 'x'}, 'negative-prompt-model'],
	['an empty negative prompt', 'create', {...omni, negative_prompt: ''}],
	['cfg_scale', 'create', {...omni, cfg_scale: 0}, 'cfg-scale-model'],
	['a camera', 'create', {...omni, camera_control: zoom}, 'camera-model'],

	// O1, §6.1 and §7
	['o1, 5 s', 'create', {...o1, duration: '5'}],
	['o1, 10 s', 'create', {...o1, duration: '10'}],
	[
		'o1, 7 s',
		'create',
		{...o1, duration: '7'},
		'o1-duration',
		'Duration only supports 5 or 10 seconds when no refer_image is provided',
	],
	['o1, 7 s, frames only', 'create', {...o1, duration: '7', image_list: [first, last]}, 'o1-duration'],
	['o1, 7 s, plain image', 'create', {...o1, duration: '7', image_list: [plain]}],
	['o1, 7 s, feature', 'create', {...o1, duration: '7', video_list: [feature]}],
	[
		'o1, 12 s, plain image',
		'create',
		{...o1, duration: '12', image_list: [plain]},
		'duration',
		"duration value '12' is invalid",
	],
	['o1, 12 s, base: ignored', 'create', {...o1, duration: '12', video_list: [base]}],
	['o1, 4k', 'create', {...o1, mode: '4k'}, 'mode', "mode value '4k' is invalid"],
	['o1, sound', 'create', {...o1, sound: 'on'}, 'sound-model'],
	['o1, both frames', 'create', {...o1, image_list: [first, last]}],
	[
		'o1, last frame and 3 images',
		'create',
		{...o1, image_list: [first, last, plain]},
		'o1-last-frame-images',
	],
	['v3-omni, last frame and 3 images', 'create', {...omni, image_list: [first, last, plain]}],
	[
		'o1, both frames and an element',
		'create',
		{...o1, image_list: [first, last], element_list: [element]},
		'o1-elements-with-frames',
	],
	['o1, a first frame and an element', 'create', {...o1, image_list: [first], element_list: [element]}],

	// Durations, modes and sound of text2video and image2video, §6.2 and §7
	['v2-6, 7 s', 'text2video', {...text('v2-6'), duration: '7'}, 'duration'],
	['v3, 7 s', 'text2video', {...text('v3'), duration: '7'}],
	['v2-6, 4k', 'text2video', {...text('v2-6'), mode: '4k'}, 'mode'],
	['v2-master, a mode', 'text2video', {...text('v2-master'), mode: 'pro'}, 'mode'],
	['v2-master, none', 'text2video', text('v2-master')],
	['v2-6, std, silent', 'text2video', {...text('v2-6'), mode: 'std'}],
	['v2-6, pro, sound', 'text2video', {...text('v2-6'), mode: 'pro', sound: 'on'}],
	[
		'v2-6, std, sound',
		'text2video',
		{...text('v2-6'), sound: 'on'},
		'sound-combination',
		'model/mode/duration(kling-v2-6/std/5) is not supported with sound',
	],
	['v2-5-turbo, sound: taken (L)', 'text2video', {...text('v2-5-turbo'), sound: 'on'}],
	[
		'v1-6, sound',
		'text2video',
		{...text('v1-6'), sound: 'on'},
		'sound-model',
		'kling-v1-6 is not supported with sound',
	],
	['v2-6, negative prompt', 'text2video', {...text('v2-6'), negative_prompt: 'x'}],
	[
		'v2-6, cfg_scale',
		'text2video',
		{...text('v2-6'), cfg_scale: 0.5},
		'cfg-scale-model',
		'kling-v2-6 is not supported with cfg_scale',
	],
	['v1-6, cfg_scale', 'text2video', {...text('v1-6'), cfg_scale: 0.5}],

	// Camera, §6.2 and §6.3
	[
		'v1-6, camera',
		'text2video',
		{...text('v1-6'), camera_control: {type: 'forward_up'}},
		'camera-model',
		'camera_control is only supported in std mode with 5s duration and kling-v1',
	],
	[
		'v1-6, camera, image',
		'image2video',
		{...picture('v1-6'), camera_control: zoom},
		'camera-model',
		'camera_control is only supported in pro mode with 5s duration and kling-v1-5',
	],
	['v1-5, camera', 'image2video', {...picture('v1-5'), mode: 'pro', camera_control: zoom}],
	['v1-5, camera, std', 'image2video', {...picture('v1-5'), camera_control: zoom}, 'camera-model'],
	[
		'v1-5, camera, 10 s',
		'image2video',
		{...picture('v1-5'), mode: 'pro', duration: '10', camera_control: zoom},
		'camera-model',
	],
	[
		'v1-5, preset',
		'image2video',
		{...picture('v1-5'), mode: 'pro', camera_control: {type: 'down_back'}},
		'camera-simple',
	],
	[
		'camera without type',
		'image2video',
		{...picture('v1-5'), mode: 'pro', camera_control: {}},
		'camera-type-missing',
	],
	[
		'simple without config',
		'image2video',
		{...picture('v1-5'), mode: 'pro', camera_control: {type: 'simple'}},
		'camera-config-missing',
	],
	[
		'simple, nothing moves',
		'image2video',
		{...picture('v1-5'), mode: 'pro', camera_control: {type: 'simple', config: {zoom: 0}}},
		'camera-config',
	],
	[
		'simple, two move',
		'image2video',
		{...picture('v1-5'), mode: 'pro', camera_control: {type: 'simple', config: {zoom: 1, pan: 1}}},
		'camera-config',
	],

	// Last frame, §6.3 and §7
	[
		'no image',
		'image2video',
		{...text('v3')},
		'image-missing',
		'image and image_tail can not be empty at the same time',
	],
	[
		'v2-5-turbo, std, tail',
		'image2video',
		tail('v2-5-turbo'),
		'last-frame-combination',
		'model/mode/duration(kling-v2-5-turbo/std/5) is not supported with image_tail',
	],
	['v2-5-turbo, pro, tail', 'image2video', {...tail('v2-5-turbo'), mode: 'pro', duration: '10'}],
	['v2-6, pro, tail', 'image2video', {...tail('v2-6'), mode: 'pro'}],
	['v2-6, pro, tail, sound', 'image2video', {...tail('v2-6'), mode: 'pro', sound: 'on'}, 'last-frame-sound'],
	['v3, std, tail', 'image2video', tail('v3')],
	['v3, tail alone', 'image2video', {...tail('v3'), image: ''}, 'last-frame-combination'],
	['v1-6, pro, tail alone', 'image2video', {...tail('v1-6'), mode: 'pro', image: null}],
	['v2-master, tail', 'image2video', tail('v2-master'), 'last-frame-combination'],

	// Masks, voices and elements, §6.3
	[
		'v1-6, mask',
		'image2video',
		{...picture('v1-6'), static_mask: image},
		'masks-model',
		'kling-v1-6 is not supported with motion brush',
	],
	['v1-5, pro, mask', 'image2video', {...picture('v1-5'), mode: 'pro', static_mask: image}],
	['v1-5, std, mask', 'image2video', {...picture('v1-5'), dynamic_masks: [{}]}, 'masks-combination'],
	[
		'mask and tail',
		'image2video',
		{...tail('v1-5'), mode: 'pro', static_mask: image},
		'controls-combined',
		'image_tail and static_mask can not be set at the same time',
	],
	[
		'mask and camera',
		'image2video',
		{...picture('v1-5'), mode: 'pro', dynamic_masks: [{}], camera_control: zoom},
		'controls-combined',
	],
	[
		'voice',
		'image2video',
		{...picture('v2-6'), mode: 'pro', sound: 'on', prompt: '<<<voice_1>>> hi', voice_list: [{voice_id: '1'}]},
	],
	[
		'voice, silent',
		'image2video',
		{...picture('v2-6'), mode: 'pro', prompt: '<<<voice_1>>>', voice_list: [{voice_id: '1'}]},
		'voices-without-sound',
	],
	[
		'voice, not in prompt',
		'image2video',
		{...picture('v2-6'), mode: 'pro', sound: 'on', voice_list: [{voice_id: '1'}]},
		'voices-not-in-prompt',
	],
	[
		'voice by v3',
		'image2video',
		{...picture('v3'), sound: 'on', prompt: '<<<voice_1>>>', voice_list: [{voice_id: '1'}]},
		'voices-model',
	],
	['element by v3', 'image2video', {...picture('v3'), element_list: [element]}],
	['element by v2-6', 'image2video', {...picture('v2-6'), element_list: [element]}, 'elements-model'],

	// Extend and add-sound, §6.4 and §6.5
	['extend', 'extend', {video_id: '1'}],
	['extend nothing', 'extend', {video_id: ''}, 'video-id-missing'],
	['sound for an id', 'add-sound', {video_id: '1', video_url: ''}],
	['sound for a URL', 'add-sound', {video_id: null, video_url: 'https://x/'}],
	[
		'sound for both',
		'add-sound',
		{video_id: '1', video_url: 'https://x/'},
		'one-source',
		'video_id and video_url cannot be empty or set at the same time',
	],
	['sound for nothing', 'add-sound', {}, 'one-source'],
];

test.each(rows)('%s (%s)', (_, type, body, rule, message) => {
	const violations = checkRequest(type, body);
	expect(violations.map((violation) => violation.rule)).toEqual(rule === undefined ? [] : [rule]);
	if (message !== undefined) expect(violations[0]?.message).toBe(message);
});

describe('several at once', () => {
	test('violations are in the order of the rules: general ones, then those of the model', () => {
		expect(rulesOf('create', {model_name: 'kling-video-o1', sound: 'on', mode: '4k'})).toEqual([
			'prompt-missing',
			'aspect-ratio-missing',
			'mode',
			'sound-model',
		]);
	});

	test('an unknown model is still checked by rules that do not depend on it', () => {
		expect(rulesOf('create', {model_name: 'kling-v9', sound: 'on', mode: '4k'})).toEqual([
			'model-unknown',
			'prompt-missing',
			'aspect-ratio-missing',
		]);
	});

	test('an unusable model is reported alone', () => {
		expect(rulesOf('text2video', {})).toEqual(['model-off']);
	});
});

test('every message has a field, a rule and a text', () => {
	for (const [, type, body] of rows) {
		for (const {field, rule, message} of checkRequest(type, body)) {
			expect(field).toMatch(/^[a-z_]+(\.[a-z_]+)?$/);
			expect(rule).toMatch(/^[a-z0-9-]+$/);
			expect(message).not.toMatch(/undefined|NaN|\[object/);
		}
	}
});

test('the table is consistent: features use only the modes and durations of their model', () => {
	for (const [name, model] of Object.entries(models)) {
		const {sound, lastFrame, camera, masks, voices, modes, durations} = model;
		for (const feature of [sound === 'ignored' ? undefined : sound, lastFrame, camera, masks, voices]) {
			for (const mode of feature?.modes ?? []) expect(modes, name).toContain(mode);
			for (const duration of feature?.durations ?? []) expect(durations, name).toContain(duration);
		}
	}
});
