import {expect, test} from 'vitest';
import {marksByFrame, parseMark} from '../../../src/lib/inputs/marks.js';

test.each([
	['12:0.5,0.25', {frame: 12, x: 0.5, y: 0.25}],
	[' 0 : 1 , .5 ', {frame: 0, x: 1, y: 0.5}],
])('%s is a mark', (input, mark) => {
	expect(parseMark(input)).toEqual(mark);
});

test.each(['12', '12:0.5', '12:1.2,0', '-1:0,0', '1.5:0,0', '1:0,0,0', '1:50%,0'])(
	'%s is not a mark',
	(input) => {
		expect(() => parseMark(input)).toThrow(/is not FRAME:X,Y/);
	},
);

test("marks are grouped by frame, up to Kling's limits", () => {
	const mark = (frame: number) => ({frame, x: 0, y: 0});
	expect(marksByFrame([mark(3), mark(1), mark(3)])).toEqual([
		[
			3,
			[
				{x: 0, y: 0},
				{x: 0, y: 0},
			],
		],
		[1, [{x: 0, y: 0}]],
	]);
	const many = Array.from({length: 11}, (_, index) => index);
	expect(() => marksByFrame(many.map(mark))).toThrow(/11 frames/);
	expect(() => marksByFrame(many.map(() => mark(5)))).toThrow(/Frame 5 has 11 marks/);
});
