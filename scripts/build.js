/* Builds dist/ from src/: TypeScript, plus the files that tsc leaves where they are. */
import {execFileSync} from 'node:child_process';
import {cp, rm} from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const src = path.join(root, 'src');
const dist = path.join(root, 'dist');

if (process.argv.includes('--clean')) await rm(dist, {recursive: true, force: true});

const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '--project', root], {stdio: 'inherit'});

// The generated validators are JavaScript already, and the sandbox serves its media from beside its code.
for (const folder of ['lib', 'sandbox']) {
	await cp(path.join(src, folder), path.join(dist, folder), {
		recursive: true,
		filter: (file) => !/\.\w+$/.test(file) || file.endsWith('-validators.js'),
	});
}
await cp(path.join(src, 'sandbox', 'media'), path.join(dist, 'sandbox', 'media'), {recursive: true});
