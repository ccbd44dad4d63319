import {describe, expect, test} from 'vitest';
import {parseShot, secondsOf, shotFields} from '../../../src/lib/inputs/shots.js';

describe('a shot', () => {
	test.each([
		['a fox wakes up@3', 'a fox wakes up', 3],
		['mail me@home@10', 'mail me@home', 10],
		[' two words @ 4s ', 'two words', 4],
		['two\nlines@5', 'two\nlines', 5],
		[`${'🦊'.repeat(512)}@1`, '🦊'.repeat(512), 1],
	])('%j', (input, prompt, seconds) => expect(parseShot(input)).toEqual({prompt, seconds}));

	test.each([
		['a fox', /@ and its length/],
		['a fox@', /@ and its length/],
		['a fox@2.5', /@ and its length/],
		['a fox@-2', /@ and its length/],
		['a fox@two', /@ and its length/],
		['@3', /no prompt/],
		['  @3', /no prompt/],
		['a fox@0', /at least 1/],
		['a fox@100', /too long/],
		[`${'x'.repeat(513)}@3`, /513.*512/],
	])('%j is invalid_shot', (input, message) => {
		expect(() => parseShot(input)).toThrow(expect.objectContaining({code: 'invalid_shot'}));
		expect(() => parseShot(input)).toThrow(message);
	});

	test('a long one is not repeated in full', () => {
		expect(() => parseShot('x'.repeat(10_000))).toThrow(/^.{0,200}$/);
	});
});

describe('shots', () => {
	const shots = [
		{prompt: 'a', seconds: 2},
		{prompt: 'b', seconds: 3},
	];

	test('are numbered from 1, with lengths as strings', () => {
		expect(shotFields(shots, false)).toEqual({
			multi_shot: true,
			shot_type: 'customize',
			multi_prompt: [
				{index: 1, prompt: 'a', duration: '2'},
				{index: 2, prompt: 'b', duration: '3'},
			],
		});
		expect(secondsOf(shots)).toBe(5);
	});

	test('are left to the model, or to nobody', () => {
		expect(shotFields([], true)).toEqual({multi_shot: true, shot_type: 'intelligence'});
		expect(shotFields([], false)).toEqual({});
	});

	test('of both kinds, or more than 6, are refused', () => {
		expect(() => shotFields(shots, true)).toThrow(expect.objectContaining({code: 'conflicting_input'}));
		expect(() => shotFields(Array(7).fill(shots[0]), false)).toThrow(/7 times.*6/);
	});
});
