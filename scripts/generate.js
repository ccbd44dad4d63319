/*
 * Writes what is generated from the built commands: the manifest and the help pages. `--check` fails when that
 * changes a file, so that what is committed is never stale.
 */
import {execFileSync} from 'node:child_process';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {coreCommands, corePlugins} from './core-plugins.js';

const root = path.join(import.meta.dirname, '..');

async function snapshot() {
	const pages = (await readdir(path.join(root, 'docs'))).filter((name) => name.endsWith('.md'));
	const files = ['oclif.manifest.json', 'README.md', ...pages.map((name) => path.join('docs', name))];
	const read = (file) => readFile(path.join(root, file), 'utf8').catch(() => '');
	return new Map(await Promise.all(files.map(async (file) => [file, await read(file)])));
}

function oclif(...args) {
	const bin = path.join(root, 'node_modules', 'oclif', 'bin', 'run.js');
	// OCLIF_SKIP…: the tool would look for a newer version of itself.
	execFileSync(process.execPath, [bin, ...args], {
		cwd: root,
		env: {...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true'},
	});
}

/** Puts the commands of the core plugins into our manifest, where the built program looks for them. */
async function mergeManifest() {
	const file = path.join(root, 'oclif.manifest.json');
	const pjson = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
	const manifest = JSON.parse(await readFile(file, 'utf8'));
	const commands = {...manifest.commands, ...coreCommands(await corePlugins(root, pjson))};
	await writeFile(file, JSON.stringify({...manifest, commands}, null, 2));
}

const before = await snapshot();
oclif('manifest');
await mergeManifest();
oclif('readme', '--multi', '--no-aliases');
const after = await snapshot();

if (process.argv.includes('--check')) {
	for (const [file, text] of after) {
		if (before.get(file) === text) continue;
		console.error(`${file} was stale: run npm run generate and commit it.`);
		process.exitCode = 1;
	}
}
