import {expect, test} from 'vitest';
import type {RequestBody} from '../../../src/lib/task-types/facts.js';
import {definitions, type TaskType, taskTypes} from '../../../src/lib/task-types/index.js';
import {models} from '../../../src/lib/task-types/models.js';
import {estimateUnits, typicalSeconds} from '../../../src/lib/task-types/prices.js';

const omni = {model_name: 'kling-v3-omni', mode: 'std'};
const video = (refer_type: string) => ({video_list: [{video_url: 'x', refer_type}]});
const text = (model: string, mode: string) => ({model_name: `kling-${model}`, mode});

test.each<[TaskType, RequestBody, string | undefined]>([
	['create', {...omni}, '3'],
	['create', {...omni, mode: 'pro'}, '4'],
	['create', {model_name: 'kling-v3-omni'}, '4'],
	['create', {...omni, sound: 'on'}, '4'],
	['create', {...omni, mode: 'pro', sound: 'on', duration: '6'}, '6'],
	['create', {...omni, mode: '4k', duration: '15'}, '45'],
	['create', {...omni, ...video('feature')}, '4.5'],
	['create', {...omni, mode: '4k', ...video('feature')}, '15'],
	['create', {...omni, ...video('base')}, undefined],
	['create', {}, '4'],
	['create', {model_name: 'kling-video-o1', mode: 'std', duration: '7'}, '4.2'],
	['text2video', {...text('v2-6', 'pro'), sound: 'on'}, '5'],
	['text2video', text('v2-6', 'pro'), '2.5'],
	['text2video', text('v2-6', 'std'), '1.5'],
	['text2video', {...text('v2-5-turbo', 'pro'), duration: '10', sound: 'on'}, '5'],
	['text2video', {...text('v3', '4k'), duration: '7'}, '21'],
	['text2video', {...text('v3', 'std'), sound: 'on', duration: '3'}, '2.7'],
	['image2video', {...text('v2-6', 'pro'), sound: 'on', voice_list: [{voice_id: '1'}]}, '6'],
	['text2video', text('v1-6', 'std'), undefined],
	['text2video', text('v9', 'std'), undefined],
	['text2video', {model_name: 'constructor'}, undefined],
	['text2video', text('v2-6', '4k'), undefined],
	['extend', {}, '2'],
	['add-sound', {}, '0.25'],
])('%s %j costs %s', (type, body, units) => {
	expect(estimateUnits(taskTypes[type], body)).toBe(units);
});

test('an edit is billed by the length of its input, rounded to a second', () => {
	expect(estimateUnits(taskTypes.create, {...omni, ...video('base'), duration: '5'}, 8.4)).toBe('7.2');
});

test.each([
	['create', 'kling-v3-omni', 83],
	['text2video', 'kling-v2-5-turbo', 55],
	['text2video', 'kling-v9', 126],
	['text2video', 'constructor', 126],
	['add-sound', undefined, 23],
] as const)('%s by %s takes about %i s', (type, model, seconds) => {
	expect(typicalSeconds(taskTypes[type], model)).toBe(seconds);
});

test('every type and model has a typical duration', () => {
	for (const type of definitions) {
		for (const model of Object.keys(models)) expect(typicalSeconds(type, model)).toBeGreaterThan(0);
	}
});
