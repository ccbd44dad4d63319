import {describe, expect, test} from 'vitest';
import {checkRequest} from '../../../src/lib/task-types/model-rules.js';
import type {RuleName} from '../../../src/lib/task-types/rule-names.js';
import {generalRules} from '../../support/general-rules.js';
import {modelRules} from '../../support/model-rules.js';
import {combination, elements, type Pair, v26, voice} from '../../support/request-bodies.js';

const alone = {...generalRules, ...modelRules};

/** Rules that are never broken alone. Naming them here lets the compiler check that none is forgotten. */
const together: Record<Exclude<RuleName, keyof typeof alone>, object[]> = {
	// Only v2-6 has voices, and it has no elements.
	'voices-with-elements': [
		{
			field: 'voice_list',
			rule: 'voices-with-elements',
			message: 'element_list and voice_list can not be set at the same time',
		},
		{
			field: 'element_list',
			rule: 'elements-model',
			message: 'kling-v2-6 is not supported with element_list',
		},
	],
	// Voices need sound, which v2-6 makes in the same mode only.
	'voices-combination': [
		{field: 'sound', rule: 'sound-combination', message: combination('v2-6/std/5', 'sound')},
		{field: 'voice_list', rule: 'voices-combination', message: combination('v2-6/std/5', 'voice_list')},
	],
};

describe.each<[string, Pair]>(Object.entries(alone))(
	'%s',
	(rule, {type, refused, change, field, message}) => {
		test('refuses', () => expect(checkRequest(type, refused)).toEqual([{field, rule, message}]));

		test('accepts', () => expect(checkRequest(type, {...refused, ...change})).toEqual([]));
	},
);

describe('a pair of rules', () => {
	const spoken = {...v26, ...voice, sound: 'on'};

	test('accepts', () => expect(checkRequest('image2video', spoken)).toEqual([]));

	test.each<[keyof typeof together, object]>([
		['voices-with-elements', elements(1)],
		['voices-combination', {mode: 'std'}],
	])('refuses: %s', (rule, change) => {
		expect(checkRequest('image2video', {...spoken, ...change})).toEqual(together[rule]);
	});
});
