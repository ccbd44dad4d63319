/*
 * Builds after `npm ci` in a clone. The packages that build are devDependencies, which NODE_ENV=production leaves out: in
 * that case the previous build stays, or a message says what to run.
 */
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** Whether the packages that build are installed. */
function canBuild() {
	try {
		for (const name of ['esbuild', 'typescript/package.json']) createRequire(import.meta.url).resolve(name);
		return true;
	} catch {
		return false;
	}
}

if (canBuild()) await import('./build.js');
else if (!existsSync(path.join(root, 'dist', 'kling.js'))) {
	console.error(
		'kling is not built: the packages that build it are not installed. Run: npm ci --include=dev',
	);
	process.exitCode = 1;
}
