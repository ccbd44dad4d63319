import {expect, test} from 'vitest';
import {parseCamera} from '../../../src/lib/inputs/camera.js';
import {parseElementId} from '../../../src/lib/inputs/elements.js';
import {readPicture} from '../../../src/lib/inputs/image.js';
import {parseMovingMask} from '../../../src/lib/inputs/masks.js';
import {parseShot} from '../../../src/lib/inputs/shots.js';
import {referencesIn} from '../../../src/lib/task-types/prompt-references.js';
import {mayHoldSecret} from '../../../src/lib/task-types/redact-request.js';

/* A pattern with quadratic running time would exceed the time limit of a test. */

const many = 200_000;

test.each([
	['a shot that ends in spaces', () => parseShot(`a@1${' '.repeat(many)}x`)],
	['a shot of at signs', () => parseShot('@ '.repeat(many))],
	['a camera move of digits', () => parseCamera(`zoom=${'1'.repeat(many)}x`)],
	['an element of digits', () => parseElementId('1'.repeat(many))],
	['a mask of colons', () => parseMovingMask(':1,'.repeat(many))],
	['a mask of spaces', () => parseMovingMask(`a:${' '.repeat(many)}1,x`)],
])('%s is refused', (_, parse) => {
	expect(parse).toThrow(/--/);
});

test('a data: URL that ends in spaces is refused', async () => {
	const url = `data:image/png;base64,AAAA${' '.repeat(many)}!`;
	await expect(readPicture(url, '--image')).rejects.toThrow(/does not hold Base64/);
});

test('a prompt of brackets contains no reference', () => {
	expect(referencesIn('<'.repeat(many))).toEqual([]);
	expect(referencesIn(`<<<image_${'1'.repeat(many)}`)).toEqual([]);
});

test.each([
	['http://'.repeat(many), false],
	[`${'http://'.repeat(many)}?`, true],
	[`https://user:secret@example.com/${'a'.repeat(many)}`, true],
	[`https://example.com/a@b`, false],
])('%.40s may hold a secret: %s', (word, expected) => {
	expect(mayHoldSecret(word)).toBe(expected);
});
