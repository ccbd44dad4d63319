import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {sha256} from '../../../src/lib/system/sha256.js';

const expected = (text: string) => createHash('sha256').update(text).digest('hex');

test('is the SHA-256 of every length around the size of a block', () => {
	for (let length = 0; length < 300; length++) {
		const text = String.fromCharCode(...Array.from({length}, (_, at) => 32 + ((at * 7 + length) % 95)));
		expect(sha256(text)).toBe(expected(text));
	}
});

test('is that of the UTF-8 bytes of a text', () => {
	for (const text of ['Füchse', '狐狸', '🦊 in the snow', '\u0000', '\ud800', 'x'.repeat(10_000)]) {
		expect(sha256(text)).toBe(expected(text));
	}
});
