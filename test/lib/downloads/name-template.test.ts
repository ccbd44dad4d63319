import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
	fillName,
	isReservedName,
	isUniquePerTask,
	placeholdersIn,
	safeName,
} from '../../../src/lib/downloads/name-template.js';

describe('a name with placeholders', () => {
	test('is filled in wherever it occurs', () => {
		expect(fillName('a/{type}-{task_id}-{task_id}.{ext}', {type: 'create', task_id: '9', ext: 'mp4'})).toBe(
			'a/create-9-9.mp4',
		);
	});

	test('is refused if it is unknown, and the error lists the known ones', () => {
		expect(() => placeholdersIn('{task_id}-{name}.mp4')).toThrow(/there is no \{name\}/);
		expect(() => placeholdersIn('{}.mp4')).toThrow(/there is no \{\}/);
	});

	test('is refused if its value is not known', () => {
		expect(() => fillName('{video_id}.mp4', {task_id: '9'})).toThrow(/\{video_id\} is not known/);
	});

	test('makes names differ between tasks, or not', () => {
		expect(['{task_id}', '{index}.mp4', '{video_id}'].map(isUniquePerTask)).toEqual([true, true, true]);
		expect(['x.mp4', '{type}.{ext}', '{date}'].map(isUniquePerTask)).toEqual([false, false, false]);
	});
});

describe('a value in a name', () => {
	test('never adds a folder, hides the file, or names a device', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.string({unit: 'binary'})), (text) => {
				const name = safeName(text);
				expect(name).toMatch(/^[\w.-]*$/);
				expect(name).not.toMatch(/^[.-]|\.$/);
				expect(isReservedName(name)).toBe(false);
			}),
		);
	});

	test.each([
		['900000000000000101', '900000000000000101'],
		['../../etc/passwd', '_._.._etc_passwd'],
		['..', '__'],
		['a:b\\c', 'a_b_c'],
		['CON', '_CON'],
		['nul.mp4', '_nul.mp4'],
		['com1', '_com1'],
		['console', 'console'],
	])('%s becomes %s', (text, name) => {
		expect(safeName(text)).toBe(name);
	});
});
