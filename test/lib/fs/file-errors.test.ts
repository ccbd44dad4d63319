import {readFileSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {knownError} from '../../../src/lib/fs/file-errors.js';

const thrownBy = (work: () => void): unknown => {
	try {
		work();
	} catch (error) {
		return error;
	}
	throw new Error('nothing was thrown');
};

test('a file that vanished is read_error, with its path', () => {
	const {code, exit, said, details} = knownError(thrownBy(() => readFileSync('/nowhere/fox.mp4')));
	expect({code, exit, said, path: details.path}).toEqual({
		...{code: 'read_error', exit: 10, path: '/nowhere/fox.mp4'},
		said: 'Cannot read /nowhere/fox.mp4: there is no such file',
	});
});

test('a full disk is disk_full', () => {
	const full = thrownBy(() => writeFileSync('/nowhere/fox.mp4', ''));
	expect(knownError(Object.assign(full as Error, {code: 'ENOSPC'})).code).toBe('disk_full');
});

test.each([
	new TypeError('x is not a function'),
	Object.assign(new Error('no'), {code: 'ERR_ODD', path: 'x'}),
	'text',
])('anything else is a bug: %s', (error) => expect(knownError(error).code).toBe('internal_error'));
