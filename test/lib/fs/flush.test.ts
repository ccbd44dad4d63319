import {closeSync, openSync} from 'node:fs';
import {expect, test} from 'vitest';
import {flush, flushData, flushLater} from '../../../src/lib/fs/flush.js';

test.skipIf(process.platform !== 'linux')('what has nothing to flush is no error', async () => {
	const nothing = openSync('/dev/null', 'w');
	flush(nothing);
	flushData(nothing);
	await flushLater(nothing);
	closeSync(nothing);
});

test('what cannot be flushed is one', async () => {
	expect(() => flush(987_654)).toThrow('EBADF');
	expect(() => flushData(987_654)).toThrow('EBADF');
	await expect(flushLater(987_654)).rejects.toThrow('EBADF');
});
