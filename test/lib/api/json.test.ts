import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseJson} from '../../../src/lib/api/json.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';

const origin = {status: 200, contentType: 'application/json'};
const parse = (text: string) => parseJson(text, origin);

test('JSON without long numbers, at most 64 deep, is parsed like JSON.parse', () => {
	fc.assert(
		fc.property(fc.json({maxDepth: 20, noUnicodeString: false}), (text) => {
			fc.pre(!/\d{16}/.test(text));
			expect(parse(text)).toEqual(JSON.parse(text));
		}),
	);
});

test('any text is parsed, or refused as response_error', () => {
	fc.assert(
		fc.property(
			fc.oneof(fc.string({unit: 'binary'}), fc.string({unit: fc.constantFrom(...'{}[]",:-19e.\\ ')})),
			(text) => {
				try {
					parse(text);
				} catch (error) {
					expect(error).toBeInstanceOf(KlingError);
					expect(error).toMatchObject({code: 'response_error'});
				}
			},
		),
	);
});

describe('a number that does not fit into a double', () => {
	test.each([
		['{"a":900000000000000001}', {a: '900000000000000001'}],
		['[9007199254740993,-9007199254740993]', ['9007199254740993', '-9007199254740993']],
		['900000000000000001', '900000000000000001'],
		['{"a": 123456789012345 , "b":1790000000000}', {a: 123456789012345, b: 1790000000000}],
		['{"a":1234567890123456.5,"b":1e20}', {a: 1234567890123456.5, b: 1e20}],
		['{"a":"\\"900000000000000001","b":"x\\\\"}', {a: '"900000000000000001', b: 'x\\'}],
	])('becomes a string: %s', (text, value) => {
		expect(parse(text)).toEqual(value);
	});
});

test('two million characters of anything are scanned only once', () => {
	for (const part of ['"\\"', '[1,', '9', '9e', '"', '-', '\\']) {
		const text = part.repeat(2_000_000 / part.length);
		if (part === '9') expect(parse(text)).toBe(text);
		else expect(() => parse(text)).toThrow(KlingError);
	}
});
