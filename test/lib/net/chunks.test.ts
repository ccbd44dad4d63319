import {describe, expect, test} from 'vitest';
import {Chunks} from '../../../src/lib/net/chunks.js';

/** Reads pieces as they come. @returns the content, the bytes of the last piece that were left, and whether it is over */
function read(...pieces: string[]) {
	const chunks = new Chunks();
	let text = '';
	let left = 0;
	for (const piece of pieces) {
		const bytes = Buffer.from(piece, 'latin1');
		left = bytes.length - chunks.read(bytes, (content) => (text += content.toString('latin1')));
	}
	return {text, left, isOver: chunks.isOver};
}

const whole = '5\r\nhello\r\nA;name="a value"\r\n, 10 bytes\r\n0\r\nX-Sum: 1\r\n\r\n';

describe('chunks', () => {
	test('are put together, however they are cut', () => {
		const expected = {text: 'hello, 10 bytes', left: 0, isOver: true};
		expect(read(whole)).toEqual(expected);
		expect(read(...whole)).toEqual(expected);
		for (let at = 1; at < whole.length; at++) {
			expect(read(whole.slice(0, at), whole.slice(at))).toEqual(expected);
		}
	});

	test('may be none', () => expect(read('0\r\n\r\n')).toEqual({text: '', left: 0, isOver: true}));

	test('are not over before the last line', () => {
		for (let at = 0; at < whole.length; at++) expect(read(whole.slice(0, at)).isOver).toBe(false);
	});

	test('leave what follows them', () => {
		expect(read(`${whole}HTTP/1.1`)).toMatchObject({left: 8, isOver: true});
		expect(read(whole, 'more')).toMatchObject({left: 4, isOver: true});
	});

	test.each([
		['no size', '\r\n'],
		['a size that is no number', 'xyz\r\n'],
		['a size with a sign', '+5\r\nhello\r\n'],
		['a size with a prefix', '0x5\r\nhello\r\n'],
		['a size after a space', ' 5\r\nhello\r\n'],
		['a size with a space after it', '5 \r\nhello\r\n'],
		['a huge size', 'fffffffffffff\r\n'],
		['a line feed alone', '5\nhello\r\n'],
		['content longer than its size', '4\r\nhello\r\n'],
		['content shorter than its size', '6\r\nhello\r\n0\r\n\r\n'],
		['a line without an end', '0'.repeat(2000)],
		['a trailer that is none', '0\r\nnonsense\r\n\r\n'],
		['endless trailers', `0\r\n${'X: y\r\n'.repeat(100)}\r\n`],
	])('with %s are refused', (_, text) => {
		expect(() => read(text)).toThrow('invalid chunks');
		expect(() => read(...text)).toThrow('invalid chunks');
	});
});
