/* The parts of src/ that are loaded by name: by bin/run.js, by oclif and by plugins. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';

/** The names that a module exports, without types. */
async function exportsOf(file) {
	const {metafile} = await build({entryPoints: [file], outdir: '.', write: false, metafile: true});
	return Object.values(metafile.outputs)[0].exports;
}

/** @returns modules as `{name, file, exported?}`: the path below src/ without extension, the absolute file */
export async function sourceModules(root) {
	const src = path.join(root, 'src');
	const found = await Promise.all(
		['commands', 'hooks'].map(async (folder) => {
			const files = await readdir(path.join(src, folder), {recursive: true});
			return files.filter((file) => file.endsWith('.ts')).map((file) => path.join(folder, file));
		}),
	);
	const files = ['main.ts', 'index.ts', 'cli/help/help.ts', ...found.flat().sort()];
	return Promise.all(
		files.map(async (file) => ({
			name: file.slice(0, -'.ts'.length).split(path.sep).join('/'),
			file: path.join(src, file),
			...(file === 'index.ts' && {exported: await exportsOf(path.join(src, file))}),
		})),
	);
}
