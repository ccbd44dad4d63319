import fc from 'fast-check';
import {expect, test} from 'vitest';
import {toJson, visible} from '../../../src/lib/output/sanitize.js';

const control = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;

test('external text never contains a control character', () => {
	fc.assert(
		fc.property(fc.string({unit: 'binary'}), (text) => {
			expect(visible(text)).not.toMatch(control);
		}),
	);
});

test('a document contains no control character but its own line breaks, and keeps its meaning', () => {
	fc.assert(
		fc.property(fc.string({unit: 'binary'}), (text) => {
			const json = toJson({text});
			expect(json.replaceAll('\n', '')).not.toMatch(control);
			expect(JSON.parse(json)).toEqual({text});
		}),
	);
});

test('what is escaped remains visible', () => {
	expect(visible('a\u001B[2Jb\r\nc\u202Ed')).toBe('a\\u001b[2Jb c\\u202ed');
});
