import {linkSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {type PublishCalls, publish} from '../../../src/lib/fs/publish.js';

let folder: string;
let part: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'kling-publish-'));
	[part, file] = [path.join(folder, 'x.mp4.part'), path.join(folder, 'x.mp4')];
	writeFileSync(part, 'clip');
});

const refusing = (code: string): PublishCalls => ({
	link() {
		throw Object.assign(new Error(code), {code});
	},
	rename: renameSync,
});

describe('a part is published', () => {
	test.each(['EPERM', 'EACCES', 'EXDEV', 'EINVAL', 'EIO', 'EROFS', 'ENOSYS', 'EOTHER'])(
		'when a link fails with %s, and nothing is overwritten',
		(code) => {
			publish(part, file, false, refusing(code));
			expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['clip', ['x.mp4']]);
			writeFileSync(part, 'other');
			expect(() => publish(part, file, false, refusing(code))).toThrow(/already exists/);
			expect(readFileSync(file, 'utf8')).toBe('clip');
		},
	);

	test('leaves nothing at the path when neither way works', () => {
		const rename = refusing('EROFS').link;
		expect(() => publish(part, file, false, {...refusing('EROFS'), rename})).toThrow(/read-only/);
		expect(readdirSync(folder)).toEqual(['x.mp4.part']);
	});

	test('when a link that succeeded is reported as existing', () => {
		const link = (from: string, to: string) => {
			linkSync(from, to);
			linkSync(from, to);
		};
		publish(part, file, false, {link, rename: renameSync});
		expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['clip', ['x.mp4']]);
	});
});
