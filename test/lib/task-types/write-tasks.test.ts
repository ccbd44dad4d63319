import {readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {definedOnly} from '../../../src/lib/errors/kling-error.js';
import type {CreateRequest} from '../../../src/lib/task-types/create.js';
import type {RequestBody} from '../../../src/lib/task-types/facts.js';
import type {Image2videoRequest} from '../../../src/lib/task-types/image2video.js';
import {taskTypes} from '../../../src/lib/task-types/index.js';
import {prepareRequest, withExternalId} from '../../../src/lib/task-types/prepare.js';
import type {ApiAccess, ApiChoice} from '../../../src/lib/task-types/standard.js';
import type {Text2videoRequest} from '../../../src/lib/task-types/text2video.js';
import {checkBeforeSending} from '../../../src/lib/task-types/validate.js';

const {create, text2video, image2video, extend} = taskTypes;

interface Exchange {
	request: {path: string; body: RequestBody};
}

const exchange = (name: string): Exchange =>
	JSON.parse(readFileSync(path.join(import.meta.dirname, '../../fixtures/newer', `${name}.json`), 'utf8'));

const withKey = (choice: ApiChoice = 'auto'): ApiAccess => ({choice, hasApiKey: true});
const withPair = (choice: ApiChoice = 'auto'): ApiAccess => ({choice, hasApiKey: false});

function prepare(
	...[type, request, api = withKey()]:
		| ['create', CreateRequest, ApiAccess?]
		| ['text2video', Text2videoRequest, ApiAccess?]
		| ['image2video', Image2videoRequest, ApiAccess?]
) {
	const definition = taskTypes[type];
	const record = definedOnly<RequestBody>({...definition.write.v1(request as never)});
	checkBeforeSending(definition, record);
	return prepareRequest(definition, record, request, api);
}

/** Replaces the program's names of inputs with those of the samples. */
function renamed(body: RequestBody, names: Record<string, string>): RequestBody {
	const swap = (text: string) =>
		Object.entries(names).reduce((result, [ours, theirs]) => result.replaceAll(ours, theirs), text);
	return JSON.parse(swap(JSON.stringify(body)));
}

const boat = 'A paper boat drifts down a rainy street at dusk.';

describe('a request on the newer standard is the documented one', () => {
	test('text', () => {
		const {request} = exchange('text-to-video.create.submitted');
		const made = prepare('text2video', {
			model: 'kling-v3',
			prompt: 'A paper boat drifts along a rainy gutter.',
		});
		expect(made.path).toBe(request.path);
		const {options, ...rest} = withExternalId(made, 'demo-new-0001') as RequestBody;
		expect({...rest, options: {...(options as object), watermark_info: {enabled: false}}}).toEqual(
			request.body,
		);
	});

	test('text for a model without settings: neither audio nor multi_shot', () => {
		const {request} = exchange('text-to-video.create.turbo.submitted');
		const made = prepare('text2video', {model: 'kling-3.0-turbo', prompt: boat, duration: 3});
		expect(made.path).toBe(request.path);
		expect(made.body).toMatchObject({prompt: boat, settings: request.body.settings});
	});

	test('shots are written in the prompt', () => {
		const {request} = exchange('text-to-video.create.multi-shot.submitted');
		const made = prepare('text2video', {
			model: 'kling-v3',
			mode: 'pro',
			sound: true,
			shots: [
				{prompt: 'A cat wakes on a windowsill', seconds: 2},
				{prompt: 'It jumps into the rain', seconds: 3},
			],
		});
		expect(withExternalId(made, 'demo-new-0010')).toEqual(request.body);
	});

	test('a semicolon in the text of a shot does not end it', () => {
		const shots = [{prompt: 'a fox; it runs', seconds: 3}];
		expect(prepare('text2video', {model: 'kling-v3', shots}).body.prompt).toBe('shot 1, 3, a fox, it runs;');
	});

	test('frames and an element of a picture', () => {
		const {request} = exchange('image-to-video.create.first-last-element.submitted');
		const made = prepare('image2video', {
			model: 'kling-v3',
			prompt: '<<<element_1>>> walks from the door to the window.',
			image: 'https://images.example.invalid/door.png',
			lastFrame: 'https://images.example.invalid/window.png',
			elements: [940000000000000120n],
			mode: 'pro',
			sound: true,
			duration: 10,
			watermark: true,
		});
		expect(made.path).toBe(request.path);
		expect(renamed(withExternalId(made, 'demo-new-0012'), {element_1: 'Mara'})).toEqual(request.body);
	});

	test('a voice', () => {
		const {request} = exchange('image-to-video.create.voice.submitted');
		const made = prepare('image2video', {
			model: 'kling-v2-6',
			prompt: 'She looks up and whispers, <<<voice_1>>>.',
			image: 'https://images.example.invalid/train.png',
			voices: ['930000000000000127'],
			sound: true,
		});
		expect(made.path).toBe(request.path);
		expect(renamed(made.body, {voice_1: 'narrator'})).toEqual({...request.body, options: {}});
	});

	test('only text, on omni', () => {
		const {request} = exchange('omni-video.create.text.submitted');
		const made = prepare('create', {model: 'kling-v3-omni', prompt: boat, duration: 3});
		expect(made.path).toBe(request.path);
		expect(withExternalId(made, 'demo-new-0013')).toEqual(request.body);
	});

	test('references', () => {
		const {request} = exchange('omni-video.create.references.submitted');
		const made = prepare('create', {
			model: 'kling-v3-omni',
			prompt: '<<<element_1>>> stands in <<<image_1>>>.',
			refImages: ['https://images.example.invalid/street.png'],
			elements: [940000000000000120n],
			mode: 'pro',
			sound: true,
			ratio: '9:16',
			duration: 8,
		});
		const names = {element_1: 'Mara', image_1: 'street'};
		expect(renamed(made.body, names)).toEqual({...request.body, options: {}});
	});

	test('a reference clip', () => {
		const {request} = exchange('omni-video.create.feature-video.submitted');
		const made = prepare('create', {
			model: 'kling-v3-omni',
			prompt: 'Make the next shot of <<<video_1>>>: the boat reaches the sea.',
			refVideo: 'https://videos.example.invalid/boat.mp4',
			mode: 'pro',
		});
		const {settings, ...rest} = renamed(made.body, {video_1: 'clip'});
		expect(rest).toEqual({contents: request.body.contents, options: {}});
		expect(settings).toEqual({...(request.body.settings as object), aspect_ratio: '16:9'});
	});

	test('a clip to edit', () => {
		const {request} = exchange('omni-video.create.base-edit.submitted');
		const made = prepare('create', {
			model: 'kling-v3-omni',
			prompt: 'Turn the boat in <<<video_1>>> red.',
			baseVideo: 'https://videos.example.invalid/boat.mp4',
			mode: 'pro',
		});
		expect(renamed(made.body, {video_1: 'clip'})).toEqual({...request.body, options: {}});
	});

	test('frames have names when the prompt refers to them, and a letter is not joined to a name', () => {
		const {contents} = prepare('create', {
			model: 'kling-v3-omni',
			prompt: 'from <<<image_2>>>to the end',
			firstFrame: 'https://images.example.invalid/1.png',
			lastFrame: 'https://images.example.invalid/2.png',
		}).body;
		expect(contents).toEqual([
			{type: 'prompt', text: 'from @image_2 to the end'},
			{type: 'first_frame', url: 'https://images.example.invalid/1.png'},
			{type: 'last_frame', url: 'https://images.example.invalid/2.png', id: 'image_2'},
		]);
	});
});

describe('which standard a request goes to', () => {
	const request = {model: 'kling-v3', prompt: 'a'};

	test.each<[string, ApiAccess, string, string]>([
		['auto with an API key', withKey(), 'tasks', '/text-to-video/kling-3.0'],
		['auto with a key pair', withPair(), 'v1', '/v1/videos/text2video'],
		['--api v1 with an API key', withKey('v1'), 'v1', '/v1/videos/text2video'],
		['--api tasks with an API key', withKey('tasks'), 'tasks', '/text-to-video/kling-3.0'],
	])('%s: %s', (_, api, standard, path) => {
		expect(prepare('text2video', request, api)).toMatchObject({standard, path});
	});

	test('auto uses the older one for models and types that the newer one lacks', () => {
		expect(prepare('text2video', {model: 'kling-v1-6', prompt: 'a'}).standard).toBe('v1');
		const record = {video_id: '1'};
		expect(prepareRequest(extend, record, {videoId: '1'}, withKey()).standard).toBe('v1');
	});

	test('the journal records the same for both', () => {
		expect(prepare('text2video', request).record).toEqual(prepare('text2video', request, withPair()).record);
	});

	test.each<[string, () => unknown, RegExp, RegExp]>([
		['tasks with a key pair', () => prepare('text2video', request, withPair('tasks')), /key pair/, /API key/],
		[
			'tasks for an old model',
			() => prepare('text2video', {model: 'kling-v1-6', prompt: 'a'}, withKey('tasks')),
			/no model kling-v1-6/,
			/--api v1/,
		],
		[
			'tasks for a type that it lacks',
			() => prepareRequest(extend, {video_id: '1'}, {videoId: '1'}, withKey('tasks')),
			/no extend/,
			/--api v1/,
		],
		[
			'a new model with a key pair',
			() => prepare('text2video', {model: 'kling-3.0-turbo', prompt: 'a'}, withPair()),
			/newer standard of the API only/,
			/KLING_API_KEY/,
		],
		...(
			[
				['a negative prompt', {negative: 'people'}, '--negative'],
				['a scale', {cfgScale: 0.5}, '--cfg-scale'],
			] as const
		).map(([what, option, flag]): [string, () => unknown, RegExp, RegExp] => [
			what,
			() => prepare('text2video', {...request, ...option}),
			new RegExp(`no ${flag}`),
			/--api v1/,
		]),
	])('%s is refused with what works', (_, act, message, hint) => {
		expect(act).toThrow(message);
		expect(act).toThrow(
			expect.objectContaining({details: expect.objectContaining({hint: expect.stringMatching(hint)})}),
		);
	});

	test('with --api v1 the older options are sent', () => {
		const made = prepare('text2video', {...request, negative: 'people'}, withKey('v1'));
		expect(made.body).toMatchObject({negative_prompt: 'people'});
	});

	test('the rules of types apply on both', () => {
		expect(() => prepare('image2video', {model: 'kling-3.0-turbo', image: 'a', lastFrame: 'b'})).toThrow(
			/--last-frame/,
		);
		expect(create.paths.tasks).toBe('/omni-video');
		expect(image2video.paths.tasks).toBe('/image-to-video');
		expect(text2video.paths.tasks).toBe('/text-to-video');
	});
});
