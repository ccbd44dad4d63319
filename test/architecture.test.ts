import {execFile} from 'node:child_process';
import {appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';

const root = path.join(import.meta.dirname, '..');
const copy = mkdtempSync(path.join(tmpdir(), 'kling-house-'));

/** Forbidden imports, each planted at the end of a file in a copy of the source. */
const planted = [
	['src/lib/fs/make-folder.ts', '../media/integrity.js', 'src/lib/media/integrity.ts'],
	['src/lib/api/client.ts', '../tasks/poll.js', 'src/lib/tasks/poll.ts'],
	['src/lib/output/table.ts', '../config/account.js', 'src/lib/config/account.ts'],
	['src/lib/tasks/results.ts', '../../cli/flags/shared.js', 'src/cli/flags/shared.ts'],
	['src/sandbox/store.ts', '../lib/journal/journal.js', 'src/lib/journal/journal.ts'],
	['src/commands/video/list.ts', './status.js', 'src/commands/video/status.ts'],
] as const;

let report: string;

beforeAll(async () => {
	cpSync(path.join(root, 'src'), path.join(copy, 'src'), {recursive: true});
	for (const name of ['package.json', '.dependency-cruiser.js'])
		cpSync(path.join(root, name), path.join(copy, name));
	symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
	for (const [file, specifier] of planted)
		appendFileSync(path.join(copy, file), `\nimport '${specifier}';\n`);
	appendFileSync(path.join(copy, 'src/lib/media/mp4.ts'), `\nimport '@oclif/core';\n`);
	appendFileSync(path.join(copy, 'src/lib/system/clock.ts'), `\nexport * from './clock-two.js';\n`);
	appendFileSync(path.join(copy, 'src/lib/system/clock-two.ts'), `export * from './clock.js';\n`);
	report = await cruise(copy);
});

afterAll(() => rmSync(copy, {recursive: true, force: true}));

/** The output of `npm run check:architecture` for a folder. */
function cruise(folder: string): Promise<string> {
	const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
	const args = [program, 'src', '--config', '.dependency-cruiser.js'];
	return new Promise((resolve) => {
		execFile(process.execPath, args, {cwd: folder}, (_, stdout) => resolve(stdout));
	});
}

test.each(planted)('a forbidden import is refused: %s of %s', (file, _, target) => {
	expect(report).toContain(`error not-in-allowed: ${file} → ${target}`);
});

test('oclif is refused below src/lib', () => {
	expect(report).toMatch(/error lib-knows-no-oclif: src\/lib\/media\/mp4\.ts → .*@oclif\/core/);
});

test('two files that import each other are refused', () => {
	expect(report).toMatch(/error no-circles: src\/lib\/system\/clock(-two)?\.ts/);
});

test('nothing else is refused', () => {
	const errors = report.split('\n').filter((line) => line.includes('error '));
	const expected = planted.length + 1;
	expect(errors.filter((line) => !line.includes('no-circles'))).toHaveLength(expected);
});
