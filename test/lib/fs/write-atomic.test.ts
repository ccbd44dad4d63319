import {spawnSync} from 'node:child_process';
import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {buildSync} from 'esbuild';
import {beforeEach, describe, expect, test} from 'vitest';
import {lockFile} from '../../../src/lib/fs/lock-file.js';
import {writeAtomically} from '../../../src/lib/fs/write-atomic.js';
import {writeNewFile} from '../../../src/lib/fs/write-new-file.js';

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(os.tmpdir(), 'kling-atomic-'));
	file = path.join(folder, 'x.json');
});

describe('an atomic write', () => {
	test('replaces a file, keeps it private, and leaves nothing beside it', () => {
		writeFileSync(file, 'old');
		writeAtomically(file, 'new', {sync: true});
		expect(readFileSync(file, 'utf8')).toBe('new');
		expect(readdirSync(folder)).toEqual(['x.json']);
		if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
	});

	test('that fails leaves the old file, and nothing beside it', () => {
		writeFileSync(file, 'old');
		expect(() => writeAtomically(path.join(file, 'y'), 'new')).toThrow();
		expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['x.json'], 'old']);
	});

	test('replaces what a crash left, and never writes through a link', () => {
		const elsewhere = path.join(folder, 'elsewhere');
		symlinkSync(elsewhere, `${file}.new`);
		writeAtomically(file, 'new', {fresh: `${file}.new`});
		expect(readFileSync(file, 'utf8')).toBe('new');
		expect(existsSync(elsewhere)).toBe(false);
	});

	test('needs no turn: while another process prepares the file, it is prepared under another name', () => {
		const lock = lockFile(`${file}.kling-new.lock`, file);
		writeFileSync(`${file}.kling-new`, 'half');
		writeAtomically(file, 'new');
		expect(readFileSync(file, 'utf8')).toBe('new');
		expect(readFileSync(`${file}.kling-new`, 'utf8')).toBe('half');
		lock.release();
		writeAtomically(file, 'newer');
		expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['x.json'], 'newer']);
	});

	test('leaves files with similar names alone', () => {
		writeFileSync(`${file}.new`, 'mine');
		writeAtomically(file, 'new');
		expect(readFileSync(`${file}.new`, 'utf8')).toBe('mine');
	});
});

/** Writes x.json in a process that is killed instead of its n-th change of a file; returns whether it was. */
function killedAt(at: number, code: string): boolean {
	const source = path.join(import.meta.dirname, '../../../src/lib/fs').replaceAll('\\', '/');
	const outfile = path.join(os.tmpdir(), `kling-write-${process.pid}.cjs`);
	if (!existsSync(outfile)) {
		const contents = `export * from '${source}/write-atomic.ts'; export * from '${source}/write-new-file.ts';`;
		buildSync({
			...{stdin: {contents, resolveDir: source}, bundle: true, platform: 'node', format: 'cjs', outfile},
		});
	}
	const killing = path.join(import.meta.dirname, '../../support/killing-fs.cjs');
	const program = `const {writeAtomically, writeNewFile} = require(process.argv[1]); const file = process.argv[2]; ${code}`;
	const {signal, status} = spawnSync(process.execPath, ['-r', killing, '-e', program, outfile, file], {
		env: {...process.env, KILL_FOLDER: folder, KILL_AT: String(at)},
	});
	expect(signal ?? status).toBe(signal === null ? 0 : 'SIGKILL');
	return signal !== null;
}

describe('a process that is killed instead of any change of a file', () => {
	test('while it replaces a file leaves the old or the new one, and the next writer leaves nothing else', () => {
		for (let at = 1; ; at++) {
			writeFileSync(file, 'old');
			if (!killedAt(at, "writeAtomically(file, 'new', {sync: true})")) break;
			expect(['old', 'new']).toContain(readFileSync(file, 'utf8'));
			writeAtomically(file, 'newer');
			expect({at, names: readdirSync(folder), text: readFileSync(file, 'utf8')}).toEqual({
				...{at, names: ['x.json'], text: 'newer'},
			});
		}
	});

	test('while it writes a new file leaves none or a whole one, and the next writer leaves nothing else', () => {
		for (let at = 1; ; at++) {
			rmSync(file, {force: true});
			if (!killedAt(at, "writeNewFile(file, 'new')")) break;
			if (existsSync(file)) {
				expect(readFileSync(file, 'utf8')).toBe('new');
				expect(() => writeNewFile(file, 'new')).toThrow(expect.objectContaining({code: 'file_exists'}));
			} else writeNewFile(file, 'new');
			expect({at, names: readdirSync(folder)}).toEqual({at, names: ['x.json']});
		}
	});
});
