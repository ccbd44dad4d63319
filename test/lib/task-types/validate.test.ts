import {describe, expect, test} from 'vitest';
import {type TaskType, taskTypes} from '../../../src/lib/task-types/index.js';
import {advice} from '../../../src/lib/task-types/messages.js';
import {checkRequest, type RequestBody} from '../../../src/lib/task-types/model-rules.js';
import {checkBeforeSending} from '../../../src/lib/task-types/validate.js';

type Case = [rule: string, type: TaskType, body: RequestBody, code: string, message: string | RegExp];

const image = 'https://example.com/a.png';
const clip = 'https://example.com/a.mp4';
const ratio = {aspect_ratio: '16:9'};
const omni = {model_name: 'kling-v3-omni', prompt: 'a', ...ratio};
const o1 = {...omni, model_name: 'kling-video-o1'};
const text = (model: string, more: object = {}) => ({model_name: model, prompt: 'a', ...more});
const picture = (model: string, more: object = {}) => ({...text(model, more), image});
const first = {image_url: image, type: 'first_frame'};
const end = {image_url: image, type: 'end_frame'};
const elements = (count: number) => ({element_list: Array(count).fill({element_id: 940000000000000001n})});
const shot = {index: 1, prompt: 'a', duration: '5'};
const shots = {multi_shot: true, shot_type: 'customize', multi_prompt: [shot]};
const zoom = {camera_control: {type: 'simple', config: {zoom: 1}}};
const voice = {voice_list: [{voice_id: 'v'}]};
const spoken = {prompt: '<<<voice_1>>>', sound: 'on', ...voice};
const base = {video_list: [{video_url: clip, refer_type: 'base'}]};
const feature = {video_list: [{video_url: clip, refer_type: 'feature'}]};

/** Each rule broken alone, or first. */
const cases: Case[] = [
	['prompt-missing', 'create', {...omni, prompt: ''}, 'missing_prompt', /PROMPT.*--prompt-file/],
	['shot-type-missing', 'create', {...omni, multi_shot: true}, 'invalid_shot', /--shot or --auto-shots/],
	['shots-missing', 'create', {...omni, ...shots, multi_prompt: []}, 'invalid_shot', /add --shot/],
	[
		'shots-numbering',
		'create',
		{...omni, ...shots, multi_prompt: [{...shot, index: 2}]},
		'invalid_shot',
		/--shot must be numbered/,
	],
	[
		'shots-duration',
		'create',
		{...omni, ...shots, duration: '7'},
		'invalid_duration',
		/5 s long together, and --duration is 7/,
	],
	['frame-repeated', 'create', {...omni, image_list: [first, first]}, 'conflicting_input', /--first-frame/],
	[
		'frames-with-base',
		'create',
		{...omni, ...base, image_list: [first]},
		'conflicting_input',
		/--base-video.*leave out --first-frame.*--ref-video/,
	],
	['last-frame-alone', 'create', {...omni, image_list: [end]}, 'conflicting_input', /add --first-frame/],
	[
		'references-too-many',
		'create',
		{...omni, ...feature, ...elements(2), image_list: Array(3).fill({image_url: image})},
		'conflicting_input',
		/^5 pictures and elements.*with a clip 4 .*--ref-image or --element/,
	],
	[
		'elements-with-frames',
		'create',
		{...omni, ...elements(4), image_list: [first]},
		'conflicting_input',
		/--first-frame 3 elements.*--element/,
	],
	['sound-with-video', 'create', {...omni, ...base, sound: 'on'}, 'conflicting_input', /leave out --sound/],
	[
		'custom-shots-with-feature',
		'create',
		{...omni, ...feature, ...shots},
		'conflicting_input',
		/--shot does not work with --ref-video.*--auto-shots/,
	],
	['aspect-ratio-missing', 'create', {...omni, aspect_ratio: undefined}, 'invalid_flag', /add --ratio 16:9/],
	['image-missing', 'image2video', text('kling-v3'), 'invalid_image', /add --image/],
	[
		'controls-combined',
		'image2video',
		picture('kling-v1-5', {mode: 'pro', image_tail: image, static_mask: image, ...zoom}),
		'conflicting_input',
		/--last-frame and --static-mask and --camera were given/,
	],
	[
		'camera-type-missing',
		'text2video',
		text('kling-v3', {camera_control: {}}),
		'invalid_camera',
		/--camera takes a preset, or one axis/,
	],
	[
		'camera-config-missing',
		'text2video',
		text('kling-v3', {camera_control: {type: 'simple'}}),
		'invalid_camera',
		/--camera takes/,
	],
	[
		'camera-config',
		'text2video',
		text('kling-v3', {camera_control: {type: 'simple', config: {zoom: 1, pan: 1}}}),
		'invalid_camera',
		/--camera takes/,
	],
	[
		'voices-with-elements',
		'image2video',
		picture('kling-v3', {...spoken, ...elements(1)}),
		'conflicting_input',
		/--voice and --element/,
	],
	['voices-without-sound', 'image2video', picture('kling-v2-6', voice), 'conflicting_input', /add --sound/],
	[
		'voices-not-in-prompt',
		'image2video',
		picture('kling-v2-6', {...voice, sound: 'on'}),
		'invalid_prompt',
		/--voice.*<<<voice_1>>>/,
	],
	['video-id-missing', 'extend', {}, 'missing_video_id', /VIDEO_ID/],
	['one-source', 'add-sound', {}, 'conflicting_input', /VIDEO_ID and --url/],
	[
		'model-type',
		'image2video',
		picture('kling-v3-omni'),
		'invalid_model',
		'kling-v3-omni is a model for `kling video create`: here use --model kling-v2-5-turbo, kling-v2-6 or kling-v3',
	],
	[
		'model-off',
		'text2video',
		text('kling-v1'),
		'invalid_model',
		'Kling has switched kling-v1 off: use --model kling-v2-5-turbo, kling-v2-6 or kling-v3',
	],
	[
		'mode',
		'text2video',
		text('kling-v2-6', {mode: '4k'}),
		'invalid_mode',
		'kling-v2-6 has no mode 4k: use --mode std or pro',
	],
	[
		'mode',
		'text2video',
		text('kling-v2-master', {mode: 'pro'}),
		'invalid_mode',
		'kling-v2-master has no modes: leave out --mode',
	],
	[
		'duration',
		'text2video',
		text('kling-v2-6', {duration: '7'}),
		'invalid_duration',
		'kling-v2-6 makes videos of 5 or 10 s, not 7 s: change --duration',
	],
	[
		'duration',
		'create',
		{...omni, ...shots, duration: '2', multi_prompt: [{...shot, duration: '2'}]},
		'invalid_duration',
		/3 to 15 s, and the shots are 2 s long together/,
	],
	['o1-duration', 'create', {...o1, duration: '7'}, 'invalid_duration', /use --duration 5 or 10/],
	[
		'o1-last-frame-images',
		'create',
		{...o1, image_list: [first, end, {image_url: image}]},
		'conflicting_input',
		/--ref-image together with --last-frame/,
	],
	[
		'o1-elements-with-frames',
		'create',
		{...o1, ...elements(1), image_list: [first, end]},
		'conflicting_input',
		/--element together with --last-frame/,
	],
	[
		'sound-model',
		'create',
		{...o1, sound: 'on'},
		'conflicting_input',
		'kling-video-o1 makes no sound: use --model kling-v3-omni, or leave out --sound',
	],
	[
		'sound-combination',
		'text2video',
		text('kling-v2-6', {sound: 'on', mode: 'std'}),
		'conflicting_input',
		'kling-v2-6 makes sound in pro mode only: add --mode pro',
	],
	[
		'multi-shot-model',
		'text2video',
		text('kling-v2-6', shots),
		'conflicting_input',
		'kling-v2-6 makes one shot: use --model kling-v3, or leave out --shot',
	],
	[
		'negative-prompt-model',
		'create',
		{...omni, negative_prompt: 'a'},
		'conflicting_input',
		/takes no negative prompt: leave out --negative/,
	],
	[
		'cfg-scale-model',
		'text2video',
		text('kling-v2-6', {cfg_scale: 0.5}),
		'conflicting_input',
		'kling-v2-6 ignores --cfg-scale: use --model kling-v3, or leave out --cfg-scale',
	],
	[
		'camera-model',
		'text2video',
		text('kling-v3', zoom),
		'conflicting_input',
		'kling-v3 has no --camera: leave out --camera, which no model that Kling still runs has',
	],
	[
		'camera-model',
		'image2video',
		picture('kling-v1-5', {...zoom, duration: '10'}),
		'conflicting_input',
		'kling-v1-5 takes --camera in pro mode and with 5 s only: add --mode pro and --duration 5',
	],
	[
		'camera-simple',
		'image2video',
		picture('kling-v1-5', {mode: 'pro', camera_control: {type: 'down_back'}}),
		'invalid_camera',
		/no presets: give --camera one axis/,
	],
	[
		'last-frame-combination',
		'image2video',
		picture('kling-v2-5-turbo', {image_tail: image}),
		'conflicting_input',
		'kling-v2-5-turbo takes --last-frame in pro mode only: add --mode pro',
	],
	[
		'last-frame-combination',
		'image2video',
		text('kling-v3', {image_tail: image}),
		'conflicting_input',
		/only together with a first frame: add --image/,
	],
	[
		'last-frame-combination',
		'image2video',
		picture('kling-v2-1-master', {image_tail: image}),
		'conflicting_input',
		/has no --last-frame: use --model kling-v2-5-turbo, kling-v2-6 or kling-v3, or leave out/,
	],
	[
		'last-frame-sound',
		'image2video',
		picture('kling-v2-6', {mode: 'pro', image_tail: image, sound: 'on'}),
		'conflicting_input',
		/no sound with --last-frame: leave out --sound/,
	],
	[
		'masks-model',
		'image2video',
		picture('kling-v3', {static_mask: image}),
		'conflicting_input',
		/no motion brush: leave out --static-mask and --dynamic-mask/,
	],
	[
		'masks-combination',
		'image2video',
		picture('kling-v1-5', {static_mask: image}),
		'conflicting_input',
		/in pro mode and with 5 s only: add --mode pro$/,
	],
	[
		'voices-model',
		'image2video',
		picture('kling-v3', spoken),
		'conflicting_input',
		'kling-v3 has no voices: use --model kling-v2-6, or leave out --voice',
	],
	[
		'voices-combination',
		'image2video',
		picture('kling-v2-6', {...voice, mode: 'std'}),
		'conflicting_input',
		/--voice/,
	],
	[
		'elements-model',
		'image2video',
		picture('kling-v2-6', elements(1)),
		'conflicting_input',
		'kling-v2-6 takes no elements: use --model kling-v3, or leave out --element',
	],
];

describe('a request that Kling would refuse is refused in terms of flags', () => {
	test.each(cases)('%s: %s', (rule, type, body, code, message) => {
		expect(checkRequest(type, body).map((violation) => violation.rule)).toContain(rule);
		const check = () => checkBeforeSending(taskTypes[type], body);
		expect(check).toThrow(expect.objectContaining({code, exit: 2}));
		expect(check).toThrow(typeof message === 'string' ? new RegExp(`^${escaped(message)}$`) : message);
		expect(check).toThrow(/--[a-z]|VIDEO_ID/);
	});

	test('each rule has a case here', () => {
		expect([...new Set(cases.map(([rule]) => rule))].sort()).toEqual(Object.keys(advice).sort());
	});
});

const escaped = (message: string) => message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('a value that no model accepts', () => {
	test.each<[TaskType, RequestBody, string, RegExp]>([
		['create', {...omni, prompt: 'x'.repeat(2501)}, 'invalid_prompt', /PROMPT.*2500/],
		['create', {...omni, duration: '20'}, 'invalid_duration', /3 to 15 s, not 20 s/],
		['create', {...omni, ...base, duration: '20'}, 'invalid_duration', /--duration/],
		['create', {...omni, mode: '8k'}, 'invalid_mode', /no mode 8k: use --mode std, pro or 4k/],
		['create', {...omni, aspect_ratio: '4:3'}, 'invalid_flag', /--ratio/],
		['create', {...omni, video_list: [{video_url: 'a.mp4'}]}, 'invalid_url', /--ref-video and --base-video/],
		['image2video', picture('kling-v3', elements(4)), 'invalid_element', /--element.*3/],
		[
			'image2video',
			picture('kling-v2-6', {voice_list: Array(3).fill({voice_id: 'v'})}),
			'invalid_flag',
			/--voice/,
		],
		[
			'text2video',
			text('kling-v3', {...shots, multi_prompt: Array(7).fill(shot)}),
			'invalid_shot',
			/--shot.*6/,
		],
		['text2video', text('kling-v3', {cfg_scale: 2}), 'invalid_cfg_scale', /--cfg-scale/],
		['text2video', text('kling-v9'), 'invalid_model', /kling knows no model kling-v9/],
		['add-sound', {video_id: 'v', bgm_prompt: 'x'.repeat(201)}, 'invalid_bgm', /--bgm/],
		['create', {...omni, callback_url: 5}, 'invalid_flag', /callback_url value '5'/],
	])('%s, case %#', (type, body, code, message) => {
		const check = () => checkBeforeSending(taskTypes[type], body);
		expect(check).toThrow(expect.objectContaining({code, exit: 2}));
		expect(check).toThrow(message);
	});
});

describe('a request that may work passes', () => {
	test.each<[string, TaskType, RequestBody, string[]]>([
		['without a word', 'create', omni, []],
		['ids that no double holds', 'create', {...omni, ...elements(3)}, []],
		['an extend', 'extend', {video_id: 'v'}, []],
		['a sound', 'add-sound', {video_id: 'v'}, []],
		[
			'a model that is not known, whatever it can do',
			'text2video',
			text('kling-v9', {mode: '8k', duration: '60', sound: 'on', ...zoom}),
			['Nothing is known about kling-v9: it is sent as it is'],
		],
		[
			'a model that is a word of JavaScript',
			'create',
			{...omni, model_name: 'constructor'},
			['Nothing is known about constructor: it is sent as it is'],
		],
		[
			'a model that was to end',
			'text2video',
			text('kling-v1-6'),
			['kling-v1-6 was to end on 2026-09-15: Kling may refuse it'],
		],
		[
			'a model of which nothing is known',
			'text2video',
			text('kling-v2-master'),
			['It is not known whether kling-v2-master still works: Kling may refuse it'],
		],
		[
			'sound that may not come',
			'text2video',
			text('kling-v2-5-turbo', {sound: 'on'}),
			['kling-v2-5-turbo is not known to make sound: --sound may do nothing'],
		],
		['a prompt beside shots', 'create', {...omni, ...shots}, ['Kling ignores the PROMPT if --shot is given']],
		[
			'the length of an edit',
			'create',
			{...omni, ...base, duration: '9'},
			['Kling ignores --duration with --base-video: the result is as long as that video'],
		],
	])('%s', (_, type, body, warnings) => {
		expect(checkBeforeSending(taskTypes[type], body, {allowUnknownModel: true})).toEqual(warnings);
	});

	test('an unknown model is checked only where the model does not matter', () => {
		const body = {model_name: 'kling-v9-omni', ...ratio};
		expect(() => checkBeforeSending(taskTypes.create, body, {allowUnknownModel: true})).toThrow(
			expect.objectContaining({code: 'missing_prompt'}),
		);
	});
});
