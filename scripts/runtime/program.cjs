/*
 * The beginning of dist/kling.js: finds the modules of the program in the files of dist/code, and starts it. The id of a
 * module is the name of its file there, a slash and its path: `api/src/lib/api/client.ts`.
 */
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const {openCache} = require('./code-cache.cjs');

let cache;
const groups = new Map();
/** `import()` fails in code that comes from a cache. */
const importLazily = (specifier) => import(specifier);
const importMeta = {
	get url() {
		return require('node:url').pathToFileURL(__filename).href;
	},
};

function loadGroup(name) {
	const file = path.join(__dirname, 'code', `${name}.js`);
	// The file is ASCII; reading it as Latin-1 is fastest.
	const source = fs.readFileSync(file, 'latin1');
	const script = new vm.Script(source, {filename: file, cachedData: cache?.codeOf(name)});
	cache?.add(name, script);
	return script.runInThisContext()(require, find, importLazily, importMeta);
}

/** @returns what a module exports */
function find(id) {
	const end = id.indexOf('/');
	const name = id.slice(0, end);
	if (!groups.has(name)) groups.set(name, loadGroup(name));
	return groups.get(name)(id.slice(end + 1));
}

exports.find = find;

/**
 * Runs the command line.
 * @param program the hash of the build, what oclif reads from package.json, ids of modules, and the ids of those that oclif
 * looks for in files, by file
 */
exports.start = (root, {mark, pjson, main, index, manifest, files}) => {
	cache = openCache(path.join(__dirname, 'commands'), mark);
	// Whichever copy of this package a plugin finds, it gets the running program's modules.
	globalThis[Symbol.for(pjson.name)] = () => find(index);
	const readManifest = () => find(manifest).readManifest(root);
	/** The module behind one of the files that oclif looks for, such as `dist/hooks/prerun.js`. */
	const moduleAt = (file) => {
		const id = file.startsWith(root) ? files[file.slice(root.length + 1)] : undefined;
		return id === undefined ? undefined : find(id);
	};
	return find(main).main({root, pjson: {...pjson, readManifest, moduleAt}});
};
