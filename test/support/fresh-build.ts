import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

/** When the newest file of a folder was changed, in Unix milliseconds. */
function newest(folder: string): number {
	const files = readdirSync(path.join(root, folder), {recursive: true, withFileTypes: true});
	const times = files
		.filter((file) => file.isFile())
		.map((file) => statSync(path.join(file.parentPath, file.name)).mtimeMs);
	return Math.max(...times);
}

/** When the program was built; 0 when it was not. */
function builtAt(): number {
	return statSync(path.join(root, 'dist', 'kling.js'), {throwIfNoEntry: false})?.mtimeMs ?? 0;
}

/**
 * Builds the program if its source is newer, so that no test runs an old build, and makes the folder in which
 * test files share compiled code (shared-code.ts).
 */
export default function setup(): void {
	process.env.KLING_TEST_CODE = mkdtempSync(path.join(tmpdir(), 'kling-code-'));
	buildIfOld();
}

function buildIfOld(): void {
	const changed = Math.max(
		newest('src'),
		newest('scripts'),
		statSync(path.join(root, 'package.json')).mtimeMs,
	);
	if (changed <= builtAt()) return;
	console.error('The source is newer than dist: building first.');
	execFileSync(process.execPath, [path.join(root, 'scripts', 'build.js')], {stdio: 'inherit'});
}
