import {describe, expect, test} from 'vitest';
import {taskTypes} from '../../../src/lib/task-types/index.js';
import {knownModel} from '../../../src/lib/task-types/model-names.js';
import {checkBeforeSending} from '../../../src/lib/task-types/validate.js';

const {create, text2video, image2video} = taskTypes;
const url = 'https://images.example.invalid/a.png';

describe('references in a prompt are counted before anything is paid for', () => {
	const omni = {model: 'kling-v3-omni'};
	const send = (request: Parameters<typeof create.write.v1>[0]) =>
		checkBeforeSending(create, create.write.v1(request));

	test.each([
		[
			'a second picture of one',
			{prompt: '<<<image_2>>> walks', refImages: [url]},
			/<<<image_2>>>, and 1 picture is given: add --ref-image/,
		],
		['a picture of none', {prompt: 'a <<<image_1>>>'}, /no picture is given/],
		['picture 0', {prompt: '<<<image_0>>>', refImages: [url]}, /<<<image_0>>>/],
		[
			'an element',
			{prompt: '<<<element_2>>> and <<<element_1>>>', elements: [1n]},
			/<<<element_2>>>, and 1 element is given: add --element/,
		],
		[
			'a clip',
			{prompt: 'like <<<video_1>>>', refImages: [url]},
			/no clip is given: add --ref-video or --base-video/,
		],
		['a voice', {prompt: '<<<voice_1>>> says'}, /no voice is given: add --voice/],
		[
			'a shot that names one',
			{shots: [{prompt: '<<<image_3>>> runs', seconds: 5}], refImages: [url, url]},
			/<<<image_3>>>, and 2 pictures are given/,
		],
	])('refused: %s', (_, request, message) => {
		expect(() => send({...omni, ...request})).toThrow(
			expect.objectContaining({code: 'invalid_prompt', message: expect.stringMatching(message)}),
		);
	});

	test('frames count as pictures, and references to given inputs pass', () => {
		const frames = {firstFrame: url, lastFrame: url, refImages: [url]};
		expect(
			send({...omni, ...frames, prompt: 'from <<<image_1>>> to <<<image_2>>> with <<<image_3>>>'}),
		).toEqual([]);
		expect(send({...omni, refVideo: url, prompt: 'after <<<video_1>>>'})).toEqual([]);
	});

	test('voices of image2video', () => {
		const voiced = {model: 'kling-v2-6', image: url, sound: true, voices: ['v']};
		const send = (prompt: string) =>
			checkBeforeSending(image2video, image2video.write.v1({...voiced, prompt}));
		expect(send('<<<voice_1>>> speaks')).toEqual([]);
		expect(() => send('<<<voice_1>>> and <<<voice_2>>>')).toThrow(/<<<voice_2>>>, and 1 voice is given/);
	});
});

describe('names of models', () => {
	const send = (model: string, options = {}) =>
		checkBeforeSending(text2video, {model_name: model, prompt: 'a'}, options);

	test.each([
		['kling-v2.7', 'kling-v2-6'],
		['kling-v33', 'kling-v3'],
		['kling-v2-5-trubo', 'kling-v2-5-turbo'],
	])('%s is refused, and %s suggested', (typed, meant) => {
		expect(() => send(typed)).toThrow(
			expect.objectContaining({
				code: 'invalid_model',
				details: expect.objectContaining({hint: expect.stringContaining(`--model ${meant}?`)}),
			}),
		);
	});

	test('a name unlike any other needs --allow-unknown-model', () => {
		const hint = expect.stringMatching(/Use --model kling-v2-5-turbo.*add --allow-unknown-model/);
		expect(() => send('seedance-2-pro')).toThrow(
			expect.objectContaining({code: 'invalid_model', details: expect.objectContaining({hint})}),
		);
		expect(send('seedance-2-pro', {allowUnknownModel: true})).toEqual([
			'Nothing is known about seedance-2-pro: it is sent as it is',
		]);
	});

	test.each([
		[' kling-v2-6\n', 'kling-v2-6'],
		['Kling-V3', 'kling-v3'],
		['“kling-v3”', 'kling-v3'],
		['kling-v2.6', 'kling-v2-6'],
		['kling_v2_5_turbo', 'kling-v2-5-turbo'],
		['v3-omni', 'kling-v3-omni'],
		['kling-v3\u200B', 'kling-v3'],
		['kling-3.0', 'kling-v3'],
		['kling-3.0-omni', 'kling-v3-omni'],
		['kling-o1', 'kling-video-o1'],
		['kling-3.0-turbo', 'kling-3.0-turbo'],
		['kling-v9', undefined],
	])('%j names %s', (typed, name) => {
		expect(knownModel(typed)).toBe(name);
	});
});

test('text that was damaged on its way is not paid for', () => {
	const send = (body: object) => () => checkBeforeSending(create, {model_name: 'kling-v3-omni', ...body});
	expect(send({prompt: Buffer.from('a fox', 'utf16le').toString()})).toThrow(
		expect.objectContaining({
			code: 'invalid_prompt',
			message: expect.stringContaining('NUL characters, as UTF-16'),
		}),
	);
	expect(send({prompt: 'a \uD83E'})).toThrow('half of a character');
	expect(send({prompt: 'a 🦊', aspect_ratio: '1:1'})).not.toThrow();
	const shots = [{index: 1, prompt: 'a\0fox', duration: '5'}];
	expect(send({multi_shot: true, shot_type: 'customize', multi_prompt: shots})).toThrow('NUL characters');
});
