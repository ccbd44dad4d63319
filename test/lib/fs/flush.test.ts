import {closeSync, openSync} from 'node:fs';
import {expect, test} from 'vitest';
import {flush, flushData, flushLater} from '../../../src/lib/fs/flush.js';

test.skipIf(process.platform !== 'linux')('having nothing to flush is not an error', async () => {
	const nothing = openSync('/dev/null', 'w');
	flush(nothing);
	flushData(nothing);
	await flushLater(nothing);
	closeSync(nothing);
});

test('failing to flush is an error', async () => {
	expect(() => flush(987_654)).toThrow('EBADF');
	expect(() => flushData(987_654)).toThrow('EBADF');
	await expect(flushLater(987_654)).rejects.toThrow('EBADF');
});
