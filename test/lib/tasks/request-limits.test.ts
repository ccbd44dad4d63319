import {describe, expect, test} from 'vitest';
import type {TaskType} from '../../../src/lib/task-types/index.js';
import {validateRequest} from '../../../src/lib/task-types/schema.js';

const types: TaskType[] = ['create', 'text2video', 'image2video', 'extend', 'add-sound'];
const making = types.slice(0, 3);

const check = (type: TaskType, body: object) =>
	validateRequest(type, {...(type === 'extend' ? {video_id: '1'} : {}), ...body});

const message = (type: TaskType, body: object) => check(type, body)?.message;

describe('lengths are counted in characters, not in UTF-16 units or bytes', () => {
	test.each<[TaskType, string, number]>([
		...making.map((type): [TaskType, string, number] => [type, 'prompt', 3072]),
		['text2video', 'negative_prompt', 2500],
		['image2video', 'negative_prompt', 2500],
		['extend', 'prompt', 2500],
		['extend', 'negative_prompt', 2500],
		['add-sound', 'sound_effect_prompt', 200],
		['add-sound', 'bgm_prompt', 200],
	])('%s %s: %i', (type, field, most) => {
		for (const character of ['x', 'é', '漢', '🎬']) {
			expect(check(type, {[field]: character.repeat(most)})).toBeUndefined();
			expect(check(type, {[field]: character.repeat(most + 1)})?.field).toBe(field);
		}
	});

	test.each(making)('%s multi_prompt[].prompt: 512', (type) => {
		const shots = (length: number) => ({
			multi_prompt: [{index: 1, prompt: '🎬'.repeat(length), duration: '5'}],
		});
		expect(check(type, shots(512))).toBeUndefined();
		expect(check(type, shots(513))?.field).toBe('multi_prompt[0].prompt');
	});
});

describe('values', () => {
	test.each<[string, readonly TaskType[], readonly string[], readonly unknown[]]>([
		['mode', making, ['std', 'pro', '4k'], ['standard', 'PRO', '720p', 1, true]],
		['sound', making, ['on', 'off'], ['yes', 'On', true]],
		['shot_type', making, ['customize', 'intelligence'], ['customise', 'auto']],
		['aspect_ratio', ['create', 'text2video'], ['16:9', '9:16', '1:1'], ['4:3', '16/9', 1]],
		['duration', making, ['3', '5', '10', '15'], ['2', '16', '5.0', ' 5', '1e1', 5]],
	])('%s', (field, where, good, bad) => {
		for (const type of where) {
			for (const value of good) expect(check(type, {[field]: value})).toBeUndefined();
			for (const value of bad) {
				expect(message(type, {[field]: value})).toBe(`${field} value '${value}' is invalid`);
			}
		}
	});

	test.each(['text2video', 'image2video', 'extend'] as const)('%s cfg_scale is from 0 to 1', (type) => {
		for (const value of [0, 0.5, 1]) expect(check(type, {cfg_scale: value})).toBeUndefined();
		for (const value of [-0.01, 1.01, '0.5', true]) {
			expect(message(type, {cfg_scale: value})).toBe(`cfg_scale value '${value}' is invalid`);
		}
	});

	test.each(['text2video', 'image2video'] as const)('%s camera axes are from -10 to 10', (type) => {
		const config = (axis: string, value: unknown) => ({camera_control: {config: {[axis]: value}}});
		for (const axis of ['horizontal', 'vertical', 'pan', 'tilt', 'roll', 'zoom']) {
			for (const value of [-10, 0, 2.5, 10]) expect(check(type, config(axis, value))).toBeUndefined();
			for (const value of [-10.1, 11, '1']) {
				expect(check(type, config(axis, value))?.field).toBe(`camera_control.config.${axis}`);
			}
		}
	});

	test.each(types)('%s: booleans are not strings, and ids are not numbers', (type) => {
		expect(message(type, {external_task_id: 7})).toBe("external_task_id value '7' is invalid");
		expect(message(type, {callback_url: false})).toBe("callback_url value 'false' is invalid");
		if (type === 'add-sound') {
			expect(message(type, {asmr_mode: 'true'})).toBe("asmr_mode value 'true' is invalid");
		} else {
			const marked = {watermark_info: {enabled: 'true'}};
			expect(message(type, marked)).toBe("watermark_info.enabled value 'true' is invalid");
		}
	});
});

describe('numbers of items', () => {
	const many = (count: number, item: object) => Array(count).fill(item);
	const point = {x: 1, y: 2};
	const masks = (count: number, points: number) =>
		many(count, {mask: 'm', trajectories: many(points, point)});

	test.each<[string, TaskType, (count: number) => object, number, number]>([
		['shots', 'create', (n) => ({multi_prompt: many(n, {index: 1, prompt: 'x', duration: '1'})}), 0, 6],
		['clips', 'create', (n) => ({video_list: many(n, {video_url: 'https://a.invalid/'})}), 0, 1],
		['elements', 'image2video', (n) => ({element_list: many(n, {element_id: 1})}), 0, 3],
		['voices', 'image2video', (n) => ({voice_list: many(n, {voice_id: 'v'})}), 0, 2],
		['masks', 'image2video', (n) => ({dynamic_masks: masks(n, 2)}), 0, 6],
		['points of a mask', 'image2video', (n) => ({dynamic_masks: masks(1, n)}), 2, 77],
	])('%s of %s', (_, type, body, least, most) => {
		expect(check(type, body(least))).toBeUndefined();
		expect(check(type, body(most))).toBeUndefined();
		expect(check(type, body(most + 1))).toBeDefined();
		if (least > 0) expect(check(type, body(least - 1))).toBeDefined();
	});
});
