import {mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {openRoot} from '../../../src/lib/mcp/root-folder.js';

const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'kling-root-')));
const folder = path.join(home, 'root');
mkdirSync(path.join(folder, 'clips'), {recursive: true});
mkdirSync(path.join(home, 'root-of-others'));
writeFileSync(path.join(home, 'secret'), 'x');
symlinkSync(path.join(home, 'secret'), path.join(folder, 'file-link'));
symlinkSync(home, path.join(folder, 'folder-link'));
symlinkSync(path.join(home, 'nowhere'), path.join(folder, 'dangling'));
symlinkSync('loop', path.join(folder, 'loop'));
symlinkSync(path.join(folder, 'clips'), path.join(folder, 'inner-link'));

const root = openRoot(folder);

test.each([
	'',
	'.',
	'a.mp4',
	'clips/a.mp4',
	'new/folder/a.mp4',
	'./clips/../a.mp4',
	'inner-link/a.mp4',
	'..a',
	path.join(folder, 'a'),
])('%s is inside', (name) => {
	expect(root.inside(name, 'file')).toBe(path.resolve(folder, name));
});

test.each([
	'..',
	'../secret',
	'clips/../../secret',
	'/etc/passwd',
	'file-link',
	'folder-link/secret',
	'folder-link/new.mp4',
	'dangling',
	'dangling/a.mp4',
	'loop',
	path.join(home, 'root-of-others', 'a'),
	'a\0b',
])('%j is outside', (name) => {
	expect(() => root.inside(name, 'file')).toThrow(expect.objectContaining({code: 'outside_root'}));
});

test('a root that is not a folder, or is the whole disk, is refused', () => {
	expect(() => openRoot(path.join(home, 'missing'))).toThrow(expect.objectContaining({code: 'read_error'}));
	expect(() => openRoot(path.join(home, 'secret'))).toThrow(expect.objectContaining({code: 'read_error'}));
	expect(() => openRoot(path.parse(home).root)).toThrow(expect.objectContaining({code: 'invalid_argument'}));
});
