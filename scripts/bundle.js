/* Puts the program and the packages it runs on into one CommonJS file, dist/kling.js. */
import {createHash} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';
import {coreHooks, corePlugins, filesOf} from './core-plugins.js';
import {fileOf, helpers} from './late-modules.js';
import {licencesOf} from './licences.js';
import {manifestShim, quickStart} from './quick-start.js';
import {sourceModules} from './source-modules.js';

/** What oclif reads of package.json, with the core plugins' hooks as our own: nothing else of them is looked up. */
function runtimePackage(pjson, hooks) {
	const {name, version, description, type, oclif} = pjson;
	const own = {...oclif, hooks: {...oclif.hooks, ...hooks}};
	delete own.plugins;
	return {name, version, description, type, oclif: own};
}

/** What the code finds instead of what a script does not have. */
const banner = `"use strict";
const importMetaUrl = require('node:url').pathToFileURL(__filename).href;
const importLate = typeof importFromOutside === 'function' ? importFromOutside : (name) => import(name);
${helpers}`;

/** The code that is bundled: a table of modules, each run when first asked for, and the start of the program. */
function entryCode(modules, pjson) {
	const lines = modules.map(
		({name, file}) => `${JSON.stringify(name)}: () => require(${JSON.stringify(file)}),\n`,
	);
	return `
const modules = {${lines.join('')}};
export const load = (name) => modules[name]();
export const start = (root) => {
	// Whichever copy of this package a plugin finds, it gets the modules of this program.
	globalThis[Symbol.for(${JSON.stringify(pjson.name)})] = () => load('index');
	const {readManifest} = require(${JSON.stringify(manifestShim)});
	const pjson = {...${JSON.stringify(pjson)}, readManifest: () => readManifest(root)};
	return load('main').main({root, pjson});
};
`;
}

/** Writes dist/kling.js, the files that oclif and plugins load from it, and the licences. */
export async function bundle(root, dist) {
	const pjson = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
	const plugins = await corePlugins(root, pjson);
	const bundled = plugins.filter(({external}) => !external).flatMap(filesOf);
	const modules = [
		...(await sourceModules(root)),
		...bundled.map(({file, out}) => ({name: out.replace(/\.js$/, ''), file})),
	];
	const hooks = coreHooks(plugins);
	const {outputFiles, metafile} = await build({
		stdin: {contents: entryCode(modules, runtimePackage(pjson, hooks)), resolveDir: root, loader: 'js'},
		absWorkingDir: root,
		outfile: path.join(dist, 'kling.js'),
		bundle: true,
		platform: 'node',
		target: 'node20.19',
		format: 'cjs',
		minify: true,
		legalComments: 'none',
		// Modules of Node: `import()` fails in code from V8's cache, see quick-start.js.
		supported: {'dynamic-import': false},
		// The second is for a kind of proxy, and asked for where somebody has installed it.
		external: [...plugins.filter(({external}) => external).map(({name}) => name), 'kerberos'],
		// Its CommonJS form loads its parts in a way that no bundler follows.
		alias: {'jsonc-parser': 'jsonc-parser/lib/esm/main.js'},
		define: {
			'import.meta.url': 'importMetaUrl',
			// oclif would compare versions at each start; npm has done so at installation.
			'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"',
		},
		banner: {js: banner},
		plugins: [quickStart],
		metafile: true,
		write: false,
		// For the stack of a bug only (src/cli/output/source-positions.ts): the code does not name it, so no start loads it.
		sourcemap: 'external',
		sourcesContent: false,
		logLevel: 'warning',
	});
	const [code, map] = ['.js', '.map'].map(
		(end) => outputFiles.find(({path: file}) => file.endsWith(end)).text,
	);
	// The cache of compiled code goes by this mark: V8 itself compares no more than the length.
	const mark = createHash('sha256').update(code).digest('hex').slice(0, 16);
	await mkdir(dist, {recursive: true});
	await writeFile(path.join(dist, 'kling.js'), `/*${mark}*/${code}`);
	await writeFile(path.join(dist, 'kling.js.map.gz'), gzipSync(map));
	await writeFile(path.join(dist, 'package.json'), '{"type": "commonjs"}\n');
	await writeEntries(dist, modules, plugins);
	await bundleFolders(root, dist);
	await bundleCompletion(root, dist);
	await bundleGallery(root, dist);
	await writeFile(
		path.join(dist, 'THIRD_PARTY_LICENSES.txt'),
		await licencesOf(root, Object.keys(metafile.inputs).map(fileOf)),
	);
}

/** dist/folders.js: bin/code-cache.js needs the rules before the program is loaded. */
function bundleFolders(root, dist) {
	return build({
		entryPoints: [path.join(root, 'src', 'lib', 'system', 'folders.ts')],
		outfile: path.join(dist, 'folders.js'),
		bundle: true,
		platform: 'node',
		target: 'node20.19',
		format: 'cjs',
		minify: true,
		logLevel: 'warning',
	});
}

/** dist/complete.js, which answers shells before the program is loaded. It holds no package, or its licence would be missing. */
async function bundleCompletion(root, dist) {
	const {metafile} = await build({
		entryPoints: [path.join(root, 'src', 'completion', 'main.ts')],
		outfile: path.join(dist, 'complete.js'),
		bundle: true,
		platform: 'node',
		target: 'node20.19',
		format: 'cjs',
		minify: true,
		define: {'import.meta.url': 'importMetaUrl'},
		banner: {js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;"},
		// A module that is imported late is run late, in the same file.
		supported: {'dynamic-import': false},
		// Imported late: where a request is made, which is never done here, and for an error, of which nothing is shown here.
		external: ['proxy-from-env', 'jsonc-parser'],
		metafile: true,
		logLevel: 'warning',
	});
	// Compiled validators take one small function from there.
	const foreign = Object.keys(metafile.inputs).filter(
		(file) => file.includes('node_modules') && !file.startsWith('node_modules/ajv/dist/runtime/'),
	);
	if (foreign.length > 0) throw new Error(`Completion has come to load ${foreign.join(', ')}`);
}

/** dist/gallery: the code and the looks of the gallery's page, which runs in browsers. */
async function bundleGallery(root, dist) {
	const page = path.join(root, 'src', 'gallery-page');
	const common = {outdir: path.join(dist, 'gallery'), minify: true, logLevel: 'warning'};
	const script = {
		entryPoints: {page: path.join(page, 'main.ts')},
		bundle: true,
		format: 'esm',
		target: 'es2022',
	};
	await build({...common, ...script});
	await build({...common, entryPoints: {page: path.join(page, 'style.css')}});
}

/** Files for those who look for files: oclif for commands and hooks, plugins for index.js. */
async function writeEntries(dist, modules, plugins) {
	const write = async (file, code) => {
		await mkdir(path.dirname(path.join(dist, file)), {recursive: true});
		await writeFile(path.join(dist, file), code);
	};
	for (const {name, exported = []} of modules.filter(({name}) => name !== 'main')) {
		const up = path.posix.relative(path.posix.dirname(name), 'kling.js');
		const from = up.startsWith('.') ? up : `./${up}`;
		// Node finds the names of a CommonJS module's exports by reading, not by running, it.
		const names = exported.length > 0 ? `0 && (module.exports = {${exported.join(', ')}});\n` : '';
		const own = `require('${from}').load('${name}')`;
		// A plugin may have found a copy that is not the one that runs.
		const code = exported.length > 0 ? `globalThis[Symbol.for('kling-cli')]?.() ?? ${own}` : own;
		await write(`${name}.js`, `module.exports = ${code};\n${names}`);
	}
	for (const plugin of plugins.filter(({external}) => external)) {
		for (const {out, inside} of filesOf(plugin)) await write(out, loadFrom(plugin.name, inside));
	}
}

/** A module of a package that exports its index only; a command is a default export, a hook may have a name. */
const loadFrom = (name, inside) => `import {createRequire} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const index = createRequire(import.meta.url).resolve('${name}');
const file = path.join(path.dirname(index), '..', '${inside}');
const {default: named, ...others} = await import(pathToFileURL(file).href);
export default named ?? Object.values(others)[0];
`;
