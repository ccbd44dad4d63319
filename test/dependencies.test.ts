import {execFile} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';

/** What is installed with the program is documented, and growth is noticed. */
const root = path.join(import.meta.dirname, '..');

interface Lock {
	packages: Record<
		string,
		{dependencies?: Record<string, string>; hasInstallScript?: boolean; version?: string}
	>;
}

function check(folder: string): Promise<{code: number; stderr: string}> {
	const script = path.join(root, 'scripts', 'check-dependencies.js');
	return new Promise((resolve) => {
		execFile(process.execPath, [script, folder], (error, _, stderr) =>
			resolve({code: Number(error?.code ?? 0), stderr}),
		);
	});
}

/**
 * The parts of this repository that the check reads, with a changed lockfile and perhaps one more bundled
 * package.
 */
function changed(change: (lock: Lock) => void, added = ''): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-dependencies-'));
	mkdirSync(path.join(folder, 'docs'));
	cpSync(path.join(root, 'docs', 'dependencies.md'), path.join(folder, 'docs', 'dependencies.md'));
	symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
	mkdirSync(path.join(folder, 'dist'));
	const licences = path.join('dist', 'THIRD_PARTY_LICENSES.txt');
	writeFileSync(path.join(folder, licences), readFileSync(path.join(root, licences), 'utf8') + added);
	const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as Lock;
	change(lock);
	writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
	return folder;
}

test('docs/dependencies.md lists what is installed', async () => {
	expect(await check(root)).toEqual({code: 0, stderr: ''});
});

test('an additional package, below a direct dependency, is noticed', async () => {
	const folder = changed(({packages}) => {
		const core = 'node_modules/@oclif/core';
		packages[core] = {...packages[core], dependencies: {'left-pad': '1.3.0'}};
		packages['node_modules/left-pad'] = {version: '1.3.0', hasInstallScript: true};
	});
	const {code, stderr} = await check(folder);
	expect(code).toBe(1);
	expect(stderr).toContain('left-pad is new');
	expect(stderr).toContain('left-pad has an install script');
});

test('an additional package, built into the program, is noticed', async () => {
	const {code, stderr} = await check(changed(() => {}, '\nleft-pad 1.3.0 (WTFPL)\n\nDo what you want\n'));
	expect(code).toBe(1);
	expect(stderr).toContain('left-pad (built in) is new');
});

test('a removed package is noticed, and so is the size', async () => {
	const folder = changed(({packages}) => {
		delete packages['']?.dependencies?.['@oclif/core'];
	});
	const {code, stderr} = await check(folder);
	expect(code).toBe(1);
	expect(stderr).toContain('get-package-type has gone');
	expect(stderr).toMatch(/MB are installed, the page says/);
});
