/*
 * Makes modules load lazily: what a module imports runs when it is first used, not when the module does. A command then runs,
 * and V8's code cache contains, only what that command uses: docs/decisions/0082-modules-run-when-used.md. ES modules are
 * converted to CommonJS modules for that, each of them a function in the bundle.
 */
import path from 'node:path';
import {transform} from 'esbuild';
import {commonJs, noImport} from './esbuild-options.js';

/** Functions that the converted modules call; they are put in front of each bundle. */
export const helpers = `
const lazyModule = Object.defineProperties({}, {
	__esModule: {value: true},
	[Symbol.toStringTag]: {value: 'Module'},
});
const lazyCopy = (exports, found) => {
	for (const name in found) {
		if (name === 'default' || Object.hasOwn(exports, name)) continue;
		Object.defineProperty(exports, name, {get: () => found[name], enumerable: true});
	}
};
const lateNamespaces = new WeakMap();
const lazyImport = (found) => {
	if (found?.[Symbol.toStringTag] === 'Module') return found;
	let made = lateNamespaces.get(found);
	if (made === undefined) {
		made = Object.create(found, {default: {value: found, enumerable: true}});
		lateNamespaces.set(found, made);
	}
	return made;
};
`;

const root = path.join(import.meta.dirname, '..');
const fromRoot = (file) => path.relative(root, file).split(path.sep).join('/');

/** Whether a file is an ES module, by its content: packages declare it in three ways. */
const isModule = (code) => /^(?:import|export)[\s{*]/m.test(code);

/** \`const x_1 = require('x')\`, as TypeScript and esbuild write it, loaded when \`x_1\` is first used. */
export function makeLazy(code, declaration) {
	const names = [];
	const declared = code.replaceAll(declaration, (_, name, load) => {
		names.push(name);
		return `var ${name}$; function ${name}$get() { return ${name}$ ??= ${load}; }`;
	});
	return names.reduce(
		(text, name) =>
			text.replaceAll(new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name}(?![\\w$])`, 'g'), `(${name}$get())`),
		declared,
	);
}

/**
 * Makes default imports of Node's modules cheap in a bundle that is not minified: for each, `__toESM` copies all properties, one
 * by one.
 */
export const useNodeAsItIs = (code) =>
	code.replaceAll(/__toESM\((require\("node:\w+"\))(?:, 1)?\)/g, '{default: $1}');

/** Keeps the line numbers, which the source map depends on. */
const emptied = (text) => '\n'.repeat(text.split('\n').length - 1);

/**
 * The exports of a module, as getters, because they may be needed before they have their values. One literal takes less time than
 * to define them one by one.
 * @param all the functions that esbuild makes of them
 */
function asGetters(all, file) {
	const getters = all.replaceAll(
		/^(\s+)("[^"]+"|[\w$]+): \(\) => (.+?)(,?)$/gm,
		'$1get $2() { return $3; }$4',
	);
	if (getters.includes('=>')) throw new Error(`${file} exports something in a form that is not known here`);
	return `\nmodule.exports = ${getters.replace('{', '{__proto__: lazyModule,')};`;
}

/** What esbuild puts in front of a module: functions that `helpers` replace. */
function withoutPrelude(code, file) {
	const exported = /^var \w+_exports = \{\};$/m.exec(code);
	const start = exported?.index ?? /^(?!"use strict"|var __| |\}|\)|$)/m.exec(code)?.index ?? 0;
	const rest = code
		.slice(start)
		.replace(/^var (\w+_exports) = \{\};\n__export\(\1, (\{[^}]*\})\);/m, (_, __, all) =>
			asGetters(all, file),
		)
		.replace(/^module\.exports = __toCommonJS\(\w+_exports\);$/m, '')
		.replaceAll(/__toESM\((require\("[^"]+"\))(?:, 1)?\)/g, 'lazyImport($1)')
		.replaceAll(
			/^__reExport\(\w+, (require\("[^"]+"\)), module\.exports\);$/gm,
			'lazyCopy(module.exports, $1);',
		);
	const left = /\b__(?:toESM|toCommonJS|export|reExport|copyProps|publicField)\b/.exec(rest)?.[0];
	if (left !== undefined) throw new Error(`${file} is converted with ${left}, which is not known here`);
	return emptied(code.slice(0, start)) + rest;
}

/** @returns the code of a module that loads lazily, with its source map; undefined if it is not an ES module */
async function lazyModule(file, code, define) {
	if (!isModule(code)) return undefined;
	const {code: converted, map} = await transform(code, {
		sourcefile: fromRoot(file),
		loader: file.endsWith('.ts') ? 'ts' : 'js',
		...commonJs,
		...noImport,
		define,
		sourcemap: 'external',
		sourcesContent: false,
	});
	const lazy = makeLazy(
		withoutPrelude(converted, file),
		/^var (import_\w+) = ((?:lazyImport\()?require\("[^"]+"\)\)?);$/gm,
	);
	const inline = Buffer.from(map).toString('base64');
	return `${lazy}\n//# sourceMappingURL=data:application/json;base64,${inline}\n`;
}

/** Where esbuild takes a file for a CommonJS module although its package contains ES modules. */
const namespace = 'lazy';

/** What the bundle requests with `across`, a function that is passed to it. */
const outside = 'kling:';

/**
 * Has esbuild load all modules lazily.
 * @param read returns the code of a file
 * @param converted code that was converted for another bundle, by file
 * @param idElsewhere the id of a module that is not in this bundle; undefined for one that is
 */
export function loadLazily(build, {read, converted, idElsewhere}) {
	const {initialOptions, onLoad, onResolve, resolve} = build;
	const convert = async (file) => lazyModule(file, await read(file), initialOptions.define);
	onResolve({filter: /./}, async ({path: name, pluginData, ...place}) => {
		if (pluginData === namespace || place.kind === 'entry-point') return undefined;
		const found = await resolve(name, {...place, namespace: 'file', pluginData: namespace});
		if (found.external || found.errors.length > 0 || found.namespace !== 'file') return found;
		const id = idElsewhere(fromRoot(found.path));
		if (id !== undefined) return {path: outside + id, external: true};
		if (!/\.(?:ts|[cm]?js)$/.test(found.path)) return found;
		if (!converted.has(found.path)) converted.set(found.path, convert(found.path));
		return (await converted.get(found.path)) === undefined ? found : {path: found.path, namespace};
	});
	onLoad({filter: /./, namespace}, async ({path: file}) => ({
		contents: await converted.get(file),
		loader: 'js',
		resolveDir: path.dirname(file),
	}));
	onLoad({filter: /\.[cm]?js$/}, async ({path: file}) => ({contents: await read(file), loader: 'js'}));
}

/** Requests a module outside the bundle; the replacement has the same length, because of the source map. */
export const askAcross = (code) =>
	code.replaceAll(`require("${outside}`, `across(${' '.repeat(outside.length + 1)}"`);

/** The file behind an input in esbuild's list, relative to the root like the others. */
export const fileOf = (input) =>
	input.startsWith(`${namespace}:`) ? fromRoot(input.slice(namespace.length + 1)) : input;
