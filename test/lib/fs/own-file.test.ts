import {execFileSync} from 'node:child_process';
import {mkdtempSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {isOurs, readOwnFile} from '../../../src/lib/fs/own-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-own-'));
const at = (name: string) => path.join(folder, name);

test('a file of somebody else is not ours', () => {
	expect(isOurs({uid: 1000}, 1000)).toBe(true);
	expect(isOurs({uid: 1001}, 1000)).toBe(false);
	expect(isOurs({uid: 1001}, 0)).toBe(false);
	expect(isOurs({uid: 0}, undefined)).toBe(true);
});

test('reads what is ours, and neither waits for nor follows what somebody put in its place', async () => {
	writeFileSync(at('good'), 'text');
	expect(await readOwnFile(at('good'), 100)).toEqual({text: 'text'});
	expect(await readOwnFile(at('none'), 100)).toBeUndefined();
	expect(await readOwnFile(at('good'), 3)).toBe('foreign');
	execFileSync('mkfifo', [at('pipe')]);
	symlinkSync('/dev/zero', at('endless'));
	symlinkSync(at('good'), at('link'));
	for (const name of ['pipe', 'endless', 'link']) expect(await readOwnFile(at(name), 100)).toBe('foreign');
});
