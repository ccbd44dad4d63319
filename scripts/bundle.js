/* Bundles the program and its packages into the files of dist/code, and the code that starts it into dist/kling.js. */
import {createHash} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import {build, transform} from 'esbuild';
import {bundleCompletion} from './bundle-completion.js';
import {bundleGallery} from './bundle-page.js';
import {bundleProtocol, protocolOutside} from './bundle-protocol.js';
import {coreHooks, corePlugins, filesOf} from './core-plugins.js';
import {bundleOptions, minified, noImport} from './esbuild-options.js';
import {groupOf} from './groups.js';
import {askAcross, fileOf, helpers, useNodeAsItIs} from './lazy-modules.js';
import {licencesOf} from './licences.js';
import {changesToMake, manifestShim, quickStart} from './quick-start.js';
import {sourceModules} from './source-modules.js';

/** What oclif reads from package.json, with the core plugins' hooks as our own: nothing else of them is looked up. */
function runtimePackage(pjson, hooks) {
	const {name, version, description, type, oclif} = pjson;
	const own = {...oclif, hooks: {...oclif.hooks, ...hooks}};
	delete own.plugins;
	return {name, version, description, type, oclif: own};
}

/** The wrapper of each file in dist/code: a function of what the modules need from outside (scripts/runtime/program.cjs). */
const banner = `(function (require, across, importLazily, importMeta) {
"use strict";
const module = {exports: {}};
${helpers}`;
const footer = 'return module.exports;\n})';

const options = (root) => ({
	...bundleOptions(root),
	...noImport,
	// For one kind of proxy, and used only if someone has installed it.
	external: ['kerberos'],
	// Its CommonJS form loads its parts in a way that no bundler can follow.
	alias: {'jsonc-parser': 'jsonc-parser/lib/esm/main.js'},
	define: {
		'import.meta.url': 'importMeta.url',
		// oclif would compare versions at each start; npm has already done that during installation.
		'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"',
	},
});

/** A function that finds a module. An object with a function for each would be created at each start. */
const tableOf = (root, files) => ({
	contents: `module.exports = (file) => {
		switch (file) {
			${files.map((file) => `case ${JSON.stringify(file)}: return require(${JSON.stringify(`./${file}`)});\n`).join('')}
		}
	};`,
	resolveDir: root,
	loader: 'js',
});

/**
 * Finds out what belongs to the program, with a bundle of everything, which is not kept.
 * @returns the files of each group that others need, all files, and code that was converted
 */
async function survey(root, entries) {
	const {left, check} = changesToMake();
	const converted = new Map();
	const {metafile} = await build({
		...options(root),
		stdin: tableOf(root, entries),
		plugins: [protocolOutside, quickStart({left, converted, idElsewhere: () => undefined})],
		metafile: true,
		write: false,
	});
	check();
	const files = Object.keys(metafile.inputs).filter((input) => input !== '<stdin>');
	const modules = files.filter((input) => metafile.inputs[input].format === 'esm');
	if (modules.length > 0) throw new Error(`These would not load lazily: ${modules.join(', ')}`);
	const asked = new Map(files.map((file) => [groupOf(fileOf(file)), new Set()]));
	for (const file of entries) asked.get(groupOf(file)).add(file);
	for (const from of files) {
		for (const {path: to, external} of metafile.inputs[from].imports) {
			if (external || to.startsWith('empty:')) continue;
			const [group, file] = [groupOf(fileOf(to)), fileOf(to)];
			if (group !== groupOf(fileOf(from))) asked.get(group).add(file);
		}
	}
	return {asked, files: files.map(fileOf), converted};
}

/** Writes a file of dist/code and its source map. @returns the code */
async function bundleGroup(root, dist, {group, files, converted}) {
	const elsewhere = (file) => {
		const other = groupOf(file);
		return other === group ? undefined : `${other}/${file}`;
	};
	const file = path.join(dist, 'code', `${group}.js`);
	const {outputFiles} = await build({
		...options(root),
		stdin: tableOf(root, [...files].sort()),
		outfile: file,
		minify: true,
		banner: {js: banner},
		footer: {js: footer},
		plugins: [protocolOutside, quickStart({left: new Set(), converted, idElsewhere: elsewhere})],
		write: false,
		// Only for the stack trace of a bug (src/cli/output/source-positions.ts): the code does not refer to it, so no start loads it.
		sourcemap: 'external',
		sourcesContent: false,
	});
	const [code, map] = ['.js', '.map'].map(
		(end) => outputFiles.find(({path: output}) => output.endsWith(end)).text,
	);
	const asking = askAcross(code);
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, asking);
	await writeFile(`${file}.map.gz`, gzipSync(map));
	return asking;
}

/** Writes dist/kling.js, which starts the program, or finds a module of it. */
async function bundleStart(root, dist, program) {
	const contents = `
import {find, start} from './scripts/runtime/program.cjs';
export {find};
const program = ${JSON.stringify(program)};
export const start = (root) => run(root, program);
`.replace('{find, start}', '{find, start as run}');
	const {outputFiles} = await build({
		stdin: {contents, resolveDir: root, loader: 'js'},
		...bundleOptions(root),
		write: false,
	});
	const {code} = await transform(useNodeAsItIs(outputFiles[0].text), minified);
	await writeFile(path.join(dist, 'kling.js'), code);
}

/** Writes dist/kling.js and dist/code, the files that oclif and plugins load from them, and the licences. */
export async function bundle(root, dist) {
	const pjson = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
	const plugins = await corePlugins(root, pjson);
	const relative = (file) => path.relative(root, file).split(path.sep).join('/');
	const bundled = plugins.flatMap(filesOf);
	const modules = [
		...(await sourceModules(root)),
		...bundled.map(({file, out}) => ({name: out.replace(/\.js$/, ''), file})),
	].map((module) => ({...module, file: relative(module.file)}));
	const shim = relative(manifestShim);
	const {asked, files, converted} = await survey(root, [...modules.map(({file}) => file), shim]);
	const codes = await Promise.all(
		[...asked]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([group, files]) => bundleGroup(root, dist, {group, files, converted})),
	);
	// The cache of compiled code is named by this hash: V8 itself compares only the length.
	const mark = createHash('sha256').update(codes.join('')).digest('hex').slice(0, 16);
	const idOf = (file) => `${groupOf(file)}/${file}`;
	await bundleStart(root, dist, {
		mark,
		pjson: runtimePackage(pjson, coreHooks(plugins)),
		main: idOf('src/main.ts'),
		index: idOf('src/index.ts'),
		manifest: idOf(shim),
		files: Object.fromEntries(
			modules
				.filter(({name}) => /^(?:hooks|cli\/help)\//.test(name))
				.map(({name, file}) => [`dist/${name}.js`, idOf(file)]),
		),
	});
	await writeFile(path.join(dist, 'package.json'), '{"type": "commonjs"}\n');
	await writeEntries(
		dist,
		modules.map((module) => ({...module, id: idOf(module.file)})),
	);
	await bundleCompletion(root, dist);
	await bundleGallery(root, dist);
	const protocolFiles = await bundleProtocol(root, dist);
	await writeFile(
		path.join(dist, 'THIRD_PARTY_LICENSES.txt'),
		await licencesOf(root, [...files, ...protocolFiles]),
	);
}

/** Files for those that look for files: oclif for commands and hooks, plugins for index.js. */
async function writeEntries(dist, modules) {
	const write = async (file, code) => {
		await mkdir(path.dirname(path.join(dist, file)), {recursive: true});
		await writeFile(path.join(dist, file), code);
	};
	for (const {name, id, exported = []} of modules.filter(({name}) => name !== 'main')) {
		const up = path.posix.relative(path.posix.dirname(name), 'kling.js');
		const from = up.startsWith('.') ? up : `./${up}`;
		// Node finds the names of a CommonJS module's exports by reading it, not by running it.
		const names = exported.length > 0 ? `0 && (module.exports = {${exported.join(', ')}});\n` : '';
		const own = `require('${from}').find('${id}')`;
		// A plugin may have found a copy that is not the running one.
		const code = exported.length > 0 ? `globalThis[Symbol.for('kling-cli')]?.() ?? ${own}` : own;
		await write(`${name}.js`, `module.exports = ${code};\n${names}`);
	}
}
