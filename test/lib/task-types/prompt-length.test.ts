import {expect, test} from 'vitest';
import {taskTypes} from '../../../src/lib/task-types/index.js';
import {maxPromptLength} from '../../../src/lib/task-types/prompt-length.js';
import type {ApiAccess} from '../../../src/lib/task-types/standard.js';
import {checkBeforeSending} from '../../../src/lib/task-types/validate.js';

const withKey: ApiAccess = {choice: 'auto', hasApiKey: true};
const withPair: ApiAccess = {choice: 'auto', hasApiKey: false};
const prompt = '🦊'.repeat(3000);

test.each([
	['create', 'kling-v3-omni', withKey, 3072],
	['create', 'kling-v3-omni', withPair, 2500],
	['create', 'kling-video-o1', withKey, 2500],
	['text2video', 'kling-v3', withKey, 3072],
	['text2video', 'kling-v3', {...withKey, choice: 'v1'}, 2500],
	['text2video', 'kling-3.0-turbo', withKey, 3072],
	['image2video', 'kling-3.0-turbo', withKey, 2500],
	['text2video', 'kling-v2-6', withKey, 2500],
	['text2video', 'kling-9.9', withKey, 3072],
	['motion', 'kling-v3', withKey, 2500],
] as const)('%s with %s', async (type, model, api, most) => {
	expect(await maxPromptLength(taskTypes[type], {model_name: model, prompt}, () => api)).toBe(most);
});

test('the API standard is not looked up for a prompt that every model accepts', async () => {
	const api = () => {
		throw new Error('asked');
	};
	const body = {model_name: 'kling-v3', prompt: 'a fox'};
	expect(await maxPromptLength(taskTypes.text2video, body, api)).toBe(2500);
});

test('the error for a long prompt gives its length, and where it would fit', () => {
	const {text2video} = taskTypes;
	const check = (model: string, length: number, longest?: number) => () =>
		checkBeforeSending(
			text2video,
			{model_name: model, prompt: 'x'.repeat(length)},
			{maxPromptLength: longest},
		);
	expect(check('kling-v3', 2501)).toThrow(
		expect.objectContaining({
			code: 'invalid_prompt',
			said: 'The PROMPT may have 2500 characters, and has 2501',
			details: expect.objectContaining({hint: expect.stringContaining('takes 3072: use an API key')}),
		}),
	);
	expect(check('kling-v3', 3072, 3072)).not.toThrow();
	expect(check('kling-v2-6', 2501)).toThrow(/may have 2500 characters/);
	expect(check('kling-v3', 3073, 3072)).toThrow(/3072|2500/);
});
