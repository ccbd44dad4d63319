import {execFileSync} from 'node:child_process';
import {mkdtempSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {ownersIn, readOwnFile} from '../../../src/lib/fs/own-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-own-'));
const at = (name: string) => path.join(folder, name);

test('files of this user, and of the owner that new files get there, are trusted', () => {
	writeFileSync(at('made'), '');
	const {uid} = statSync(at('made'));
	const trusts = ownersIn(at('made'), 54_321);
	expect([uid, 54_321, uid + 1].map((owner) => trusts({uid: owner}))).toEqual([true, true, false]);
	expect(ownersIn(at('none'), 54_321)({uid: 54_322})).toBe(false);
});

test('a file is read whatever its owner, unless the caller objects', () => {
	writeFileSync(at('theirs'), 'text');
	expect(readOwnFile(at('theirs'), 100)).toEqual({text: 'text'});
	expect(readOwnFile(at('theirs'), 100, () => false)).toBe('foreign');
});

test("reads this program's files, and neither blocks on nor follows what was planted instead", async () => {
	writeFileSync(at('good'), 'text');
	expect(await readOwnFile(at('good'), 100)).toEqual({text: 'text'});
	expect(await readOwnFile(at('none'), 100)).toBeUndefined();
	expect(await readOwnFile(at('good'), 3)).toBe('foreign');
	execFileSync('mkfifo', [at('pipe')]);
	symlinkSync('/dev/zero', at('endless'));
	symlinkSync(at('good'), at('link'));
	for (const name of ['pipe', 'endless', 'link']) expect(await readOwnFile(at(name), 100)).toBe('foreign');
});
