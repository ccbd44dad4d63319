import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {stringifyJson} from '../../../src/lib/api/json.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {parseCamera} from '../../../src/lib/inputs/camera.js';
import type {CreateRequest} from '../../../src/lib/task-types/create.js';
import type {Image2videoRequest} from '../../../src/lib/task-types/image2video.js';
import {type TaskType, taskTypes} from '../../../src/lib/task-types/index.js';
import {checkRequest, type RequestBody} from '../../../src/lib/task-types/model-rules.js';
import {models} from '../../../src/lib/task-types/models.js';
import {ratios} from '../../../src/lib/task-types/scene.js';
import {validateRequest} from '../../../src/lib/task-types/schema.js';
import type {Text2videoRequest} from '../../../src/lib/task-types/text2video.js';
import {checkBeforeSending} from '../../../src/lib/task-types/validate.js';
import {findImageFault} from '../../../src/sandbox/images.js';
import {servedTypes} from '../../../src/sandbox/types/index.js';

/**
 * Whatever the commands let through, the sandbox accepts, with any options, in the form in which it is sent.
 */

// Most combinations of many flags are refused, so most flags are left out.
const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
	fc.oneof({weight: 4, arbitrary: fc.constant(undefined)}, {weight: 1, arbitrary});
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, {nil: undefined, freq: 5});
const few = <T>(arbitrary: fc.Arbitrary<T>, most: number) =>
	maybe(fc.array(arbitrary, {minLength: 1, maxLength: most}));
const picture = fc.constant('https://example.com/a.png');
const clip = fc.constant('https://example.com/a.mp4');
const element = fc.bigInt(1n, 2n ** 63n - 1n);
const prompt = fc.constantFrom('a fox', 'a hare', '<<<voice_1>>> says hello', '🦊'.repeat(2500), '');
const mode = fc.constantFrom('std', 'pro', '4k');

const scene = {
	model: fc.constantFrom(...Object.keys(models).filter((name) => !models[name]?.isNewerOnly)),
	prompt: mostly(prompt),
	mode: maybe(mode) as fc.Arbitrary<'std' | 'pro' | '4k' | undefined>,
	duration: maybe(fc.oneof(fc.constantFrom(5, 10), fc.integer({min: 1, max: 60}))),
	sound: maybe(fc.boolean()),
	watermark: maybe(fc.boolean()),
	shots: few(fc.record({prompt: fc.constant('a'), seconds: fc.integer({min: 1, max: 6})}), 7),
	autoShots: maybe(fc.boolean()),
};
const classic = {
	...scene,
	negative: maybe(fc.constant('text')),
	cfgScale: maybe(fc.double({min: 0, max: 1, noNaN: true})),
	camera: maybe(fc.constantFrom('zoom=-3', 'pan=10', 'down_back').map(parseCamera)),
};
const create: fc.Arbitrary<CreateRequest> = fc.record({
	...scene,
	ratio: maybe(fc.constantFrom(...ratios)),
	firstFrame: maybe(picture),
	lastFrame: maybe(picture),
	refImages: few(picture, 7),
	elements: few(element, 5),
	refVideo: maybe(clip),
	baseVideo: maybe(clip),
	keepSound: maybe(fc.boolean()),
});
const text2video: fc.Arbitrary<Text2videoRequest> = fc.record({
	...classic,
	ratio: maybe(fc.constantFrom(...ratios)),
});
const point = fc.record({x: fc.integer(), y: fc.integer()});
const image2video: fc.Arbitrary<Image2videoRequest> = fc.record({
	...classic,
	image: mostly(picture),
	lastFrame: maybe(picture),
	staticMask: maybe(picture),
	dynamicMasks: few(fc.record({mask: picture, path: fc.array(point, {minLength: 2, maxLength: 77})}), 7),
	voices: few(fc.constant('v'), 3),
	elements: few(element, 4),
});

/** The body as a server parses it, or undefined when it was refused as a user error. */
function arrived(type: TaskType, compose: () => RequestBody): RequestBody | undefined {
	try {
		const body = compose();
		checkBeforeSending(taskTypes[type], body);
		return JSON.parse(stringifyJson(body));
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		expect(error.exit).toBe(2);
		expect(error.said).toMatch(/--[a-z]|PROMPT|prompt/);
		expect(error.said).not.toMatch(/undefined|NaN|\[object|: *$|add *$/);
		return undefined;
	}
}

function isTaken(type: TaskType & keyof typeof servedTypes, body: RequestBody): boolean {
	expect(validateRequest(type, body)).toBeUndefined();
	expect(checkRequest(type, body)).toEqual([]);
	expect(servedTypes[type].validate(body, 'lenient')).toBeUndefined();
	expect(findImageFault(servedTypes[type].pictures?.(body) ?? [])).toBeUndefined();
	return true;
}

function property<T>(
	type: TaskType & keyof typeof servedTypes,
	options: fc.Arbitrary<T>,
	compose: (options: T) => RequestBody,
): void {
	let taken = 0;
	fc.assert(
		fc.property(options, (some) => {
			const body = arrived(type, () => compose(some));
			if (body && isTaken(type, body)) taken++;
		}),
		{numRuns: 3000},
	);
	// Otherwise the test would have proved nothing.
	expect(taken).toBeGreaterThan(50);
}

describe('what is sent is accepted', () => {
	test('create', () => property('create', create, taskTypes.create.write.v1));
	test('text2video', () => property('text2video', text2video, taskTypes.text2video.write.v1));
	test('image2video', () => property('image2video', image2video, taskTypes.image2video.write.v1));
});

describe('ids of elements', () => {
	test('are sent digit by digit', () => {
		fc.assert(
			fc.property(element, (id) => {
				expect(stringifyJson({element_list: [{element_id: id}]})).toBe(
					`{"element_list":[{"element_id":${id}}]}`,
				);
			}),
		);
	});

	test('do not affect any other text', () => {
		fc.assert(
			fc.property(fc.jsonValue(), element, (value, id) => {
				const [, rest = ''] = stringifyJson({id, value}).split(`{"id":${id},"value":`);
				expect(`{"value":${rest}`).toBe(JSON.stringify({value}));
			}),
		);
	});
});
