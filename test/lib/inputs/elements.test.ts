import {describe, expect, test} from 'vitest';
import {parseElementId} from '../../../src/lib/inputs/elements.js';

describe('an element id', () => {
	test.each([
		['940000000000000001', 940000000000000001n],
		[' 7 ', 7n],
		['9223372036854775807', 9223372036854775807n],
	])('%j', (input, id) => expect(parseElementId(input)).toBe(id));

	test.each(['', '0', '-1', '1.5', '1e3', '0x10', 'fox', '9223372036854775808', '１'])(
		'%j is invalid_element',
		(input) => {
			expect(() => parseElementId(input)).toThrow(expect.objectContaining({code: 'invalid_element'}));
		},
	);
});
