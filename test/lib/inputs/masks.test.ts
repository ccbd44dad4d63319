import {describe, expect, test} from 'vitest';
import {parseMovingMask} from '../../../src/lib/inputs/masks.js';

describe('a moving mask', () => {
	const path = [
		{x: 1, y: 2},
		{x: 30, y: -4},
	];
	test.each([
		['mask.png:1,2;30,-4', 'mask.png'],
		['C:\\pictures\\mask.png:1,2;30,-4', 'C:\\pictures\\mask.png'],
		['https://example.com:8080/m.png?a=1,2: 1,2 ; 30,-4 ', 'https://example.com:8080/m.png?a=1,2'],
		['a:1,2.png:1,2;30,-4', 'a:1,2.png'],
	])('%j', (input, source) => expect(parseMovingMask(input)).toEqual({source, path}));

	test.each([
		['mask.png', /points of its path/],
		['mask.png:', /points of its path/],
		['https://example.com:8080/m.png', /points of its path/],
		[':1,2;3,4', /points of its path/],
		['mask.png:1,2', /has 1 points; 2 to 77/],
		['mask.png:1,2;3', /'3'/],
		['mask.png:1,2;3,4;', /''/],
		['mask.png:1.5,2;3,4', /points of its path/],
		[`mask.png:${Array(78).fill('1,2').join(';')}`, /has 78 points/],
	])('%j is invalid_mask', (input, message) => {
		expect(() => parseMovingMask(input)).toThrow(expect.objectContaining({code: 'invalid_mask'}));
		expect(() => parseMovingMask(input)).toThrow(message);
	});
});
