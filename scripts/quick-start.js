/*
 * Makes oclif and got start quickly, by changing their code while it is bundled. If a step finds nothing to change, the build
 * fails. The reasons and the figures: docs/decisions/0012-one-file-and-a-code-cache.md.
 */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {loadLazily, makeLazy} from './lazy-modules.js';

/** Which `require` calls in TypeScript's CommonJS output are made lazy. */
function makeCoreLazy(code) {
	const lazy = makeLazy(
		code,
		/^(?:const|var) (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm,
	);
	return lazy.replaceAll(
		/^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm,
		'let $1$; Object.defineProperty(exports, "$1", {enumerable: true, get: () => ($1$ ??= $2)});',
	);
}

const shimFolder = path.join(import.meta.dirname, 'shims');
export const manifestShim = path.join(shimFolder, 'manifest.cjs');

/** Changes in single places, by file below node_modules/: the original text and its replacement. */
const patches = {
	// The first locale comparison costs 7 ms, and command ids are ASCII.
	'@oclif/core/lib/config/plugin.js': [
		['.sort((a, b) => a.id.localeCompare(b.id))', '.sort((a, b) => (a.id < b.id ? -1 : 1))'],
		// The manifest is long; for most commands only the names are needed.
		['await (0, fs_1.readJson)(p)', 'this.options.pjson?.readManifest?.() ?? (await (0, fs_1.readJson)(p))'],
		['({\n            ...c,', 'Object.assign(c, {'],
	],
	// The program's own commands, hooks and help are in the files of dist/code: Node need not look for them.
	'@oclif/core/lib/module-loader.js': [
		[
			'.href) : require(filePath);\n        return { filePath, isESM, module };\n    }\n    catch (error) {\n        handleError(error, isESM, filePath ?? modulePath);\n    }\n}\n/**\n * For',
			'.href) : cached.module ? across(cached.module) : require(filePath);\n        return { filePath, isESM, module };\n    }\n    catch (error) {\n        handleError(error, isESM, filePath ?? modulePath);\n    }\n}\n/**\n * For',
		],
		[
			'({ filePath, isESM } = await resolvePath(config, modulePath));\n        const module',
			'const own = config.pjson.moduleAt?.(modulePath);\n        if (own) return { filePath: modulePath, isESM: false, module: own };\n        ({ filePath, isESM } = await resolvePath(config, modulePath));\n        const module',
		],
		[
			'({ filePath, isESM } = await resolvePath(config, modulePath));\n        return',
			'const own = config.pjson.moduleAt?.(modulePath);\n        if (own) return own;\n        ({ filePath, isESM } = await resolvePath(config, modulePath));\n        return',
		],
	],
	// Each topic was compared with every other one.
	'@oclif/core/lib/help/index.js': [
		[
			'return this.config.topics.filter((topic) => {',
			"const names = this.config.topics.map(({ name }) => name).join('\\n');\n        return this.config.topics.filter((topic) => {",
		],
		['this.config.topics.some((subTopic) => subTopic.name.includes(', '[names].some((all) => all.includes('],
	],
	// For each argument, all others were counted and sought again: a thousand ids took 60 ms and 15 MB.
	'@oclif/core/lib/parser/parse.js': [
		['[this._argTokens.length];', '[(this.argCount = (this.argCount ?? -1) + 1)];'],
		[
			'unsortedArgv.sort((a, b) => originalArgv.indexOf(a) - originalArgv.indexOf(b))',
			'((places) => unsortedArgv.sort((a, b) => (places.get(a) ?? -1) - (places.get(b) ?? -1)))(new Map(originalArgv.map((word, at) => [word, at]).reverse()))',
		],
		// After each wait in a loop, V8 counts the whole function up to there as executed, and soon compiles it again.
		[
			'for (const input of tokenInputs) {\n                    await parseArgInput(variadicName, variadicArg, input);\n                    parsedValues.push(args[variadicName]);\n                }',
			'await (async () => {\n                    for (const input of tokenInputs) {\n                        await parseArgInput(variadicName, variadicArg, input);\n                        parsedValues.push(args[variadicName]);\n                    }\n                })();',
		],
	],
	// Only signing is needed; the rest of the package has other uses, and uses `semver` to recognise Nodes that are too old for us.
	'jsonwebtoken/index.js': [
		["decode: require('./decode')", "get decode() { return require('./decode'); }"],
		["verify: require('./verify')", "get verify() { return require('./verify'); }"],
	],
	...Object.fromEntries(
		[
			['psSupported', '^6.12.0 || >=8.0.0'],
			['rsaPssKeyDetailsSupported', '>=16.9.0'],
			['asymmetricKeyDetailsSupported', '>=15.7.0'],
		].map(([name, range]) => [
			`jsonwebtoken/lib/${name}.js`,
			[
				["semver = require('semver')", 'isOld = false'],
				[`semver.satisfies(process.version, '${range}')`, '!isOld'],
			],
		]),
	),
	// The existing streams know as much, without loading sockets.
	'supports-color/index.js': [
		["const tty = require('tty');\n", ''],
		['tty.isatty(1)', 'process.stdout.isTTY === true'],
		['tty.isatty(2)', 'process.stderr.isTTY === true'],
	],
	// To read a file in the background, Node starts four threads.
	'@oclif/core/lib/util/fs.js': [
		["await (0, promises_1.readFile)(path, 'utf8')", "(0, node_fs_1.readFileSync)(path, 'utf8')"],
	],
	'@oclif/core/lib/config/config.js': [
		[
			'{ ...command, hidden, id: aliasWithDefaultTopicSeparator }',
			`require(${JSON.stringify(manifestShim)}).copyOf(command, { hidden, id: aliasWithDefaultTopicSeparator })`,
		],
		// It reads the texts of all commands, which only help needs.
		[
			'{ description: c.summary || c.description, name }',
			`require(${JSON.stringify(manifestShim)}).topicOf(name, c)`,
		],
		// Help and unknown commands need the topics that commands imply, and the commands under each part of an id. Most
		// commands need neither, so they are collected when they are first asked for.
		['_topics = new Map();', 'topicsFound = new Map();\n    topicsWaiting = [];'],
		[
			'    get topics() {',
			'    get _topics() {\n        const waiting = this.topicsWaiting.splice(0);\n        for (const add of waiting) add();\n        return this.topicsFound;\n    }\n    get topics() {',
		],
		[
			'for (const c of plugin.commands.filter((c) => !c.hidden)) {',
			'this.topicsWaiting.push(() => plugin.commands.filter((c) => !c.hidden).forEach((c) => {',
		],
		[
			'                parts.pop();\n            }\n        }\n',
			'                parts.pop();\n            }\n        }));\n',
		],
		[
			'this.validPermutations.set(permutation, commandId);\n',
			'this.validPermutations.set(permutation, commandId);\n        this.waiting.push([permutation, commandId]);\n    }\n    waiting = [];\n    addParts(permutation, commandId) {\n',
		],
		[
			'return super.get(key) ?? new Set();',
			'for (const each of this.waiting.splice(0)) this.addParts(...each);\n        return super.get(key) ?? new Set();',
		],
	],
	// The parts of all ids were collected for a question about one or two.
	'@oclif/core/lib/help/util.js': [
		[
			'const ids = (0, util_1.collectUsableIds)(config.commandIDs);\n',
			"const ids = { has: (id) => config.commandIDs.some((known) => known === id || known.startsWith(id + ':')) };\n",
		],
	],
	// An object that grows after others were copied into it is copied again and again: 23 kB for each request. Node copies
	// the options three more times; without those that are undefined, they are a third as many.
	'got/dist/source/core/options.js': [
		// It is Node's own default, and `node:tls` is not needed for plain http.
		["import { checkServerIdentity } from 'node:tls';\n", ''],
		['https.checkServerIdentity ?? checkServerIdentity,', 'https.checkServerIdentity,'],
		[
			'return {\n            ...internals.cacheOptions,\n            ...this._unixOptions,\n',
			'const all = {\n',
		],
		[
			'h2session: internals.h2session,\n        };',
			'h2session: internals.h2session,\n            ...internals.cacheOptions,\n            ...this._unixOptions,\n        };\n        const defined = {};\n        for (const name in all) if (all[name] !== undefined) defined[name] = all[name];\n        return defined;',
		],
	],
	// Two formatters cost 12 ms, only for an error message.
	'@sindresorhus/is/distribution/index.js': [
		['const andFormatter = new Intl.ListFormat(', 'const andFormatter = () => new Intl.ListFormat('],
		['const orFormatter = new Intl.ListFormat(', 'const orFormatter = () => new Intl.ListFormat('],
		['andFormatter.format(', 'andFormatter().format('],
		['orFormatter.format(', 'orFormatter().format('],
	],
	// The pattern for all emoji costs 4 ms, and each call a little; help texts are ASCII.
	'string-width/index.js': [
		[
			'string.length === 0) {\n\t\treturn 0;\n\t}\n',
			'string.length === 0) {\n\t\treturn 0;\n\t}\n\tif (/^[ -~]*$/.test(string)) return string.length;\n',
		],
	],
	...Object.fromEntries(
		['wrap-ansi', 'widest-line', '@oclif/core'].map((name) => [
			`${name}/node_modules/string-width/index.js`,
			[
				[
					'\tstring = stripAnsi(string);\n',
					'\tif (/^[ -~]*$/.test(string)) return string.length;\n\tstring = stripAnsi(string);\n',
				],
			],
		]),
	),
	// A node that was taken out and is old kept all nodes after it alive until a full collection, with the tasks that
	// wait in them.
	'yocto-queue/index.js': [
		['this.#head = this.#head.next;', 'this.#head = current.next;\n\t\tcurrent.next = undefined;'],
	],
	// It looks for colours character by character, and most texts have none.
	'wrap-ansi/index.js': [
		[
			"\tconst pre = [...rows.join('\\n')];\n",
			"\tconst text = rows.join('\\n');\n\tif (!/[\\u001B\\u009B]/.test(text)) return text;\n\tconst pre = [...text];\n",
		],
	],
};

/*
 * `import()` in a script from V8's code cache fails. So what is not known at build time (plugins) goes through a function
 * from outside the script.
 */
const importLazily = (code) => code.replaceAll(/(?<![.\w$])import\((?!\s*['"`)])/g, 'importLazily(');

function patch(file, code) {
	return (patches[file] ?? []).reduce((text, [found, put]) => {
		if (!text.includes(found)) throw new Error(`The patch of ${file} no longer applies: ${found}`);
		return text.replace(found, put);
	}, code);
}

/** Packages that something smaller replaces, in scripts/shims/. */
const shims = {debug: 'debug.cjs', ejs: 'ejs.cjs', 'wsl-utils': 'wsl-utils.cjs'};
const modules = path.join(import.meta.dirname, '..', 'node_modules');

/** Code that was changed on its way into the bundle, by file. */
async function readChanged(file, left) {
	const code = await readFile(file, 'utf8');
	const inside = path.relative(modules, file).split(path.sep).join('/');
	if (inside.startsWith('..')) return code;
	left.delete(inside);
	const changed = patch(inside, importLazily(code));
	if (!inside.startsWith('@oclif/core/')) return changed;
	const lazy = makeCoreLazy(changed);
	if (lazy !== changed) left.delete('lazy');
	return lazy;
}

/** @returns a function that throws if a change was never made */
export function changesToMake() {
	const left = new Set([...Object.keys(patches), ...Object.keys(shims), 'http2-wrapper', 'lazy']);
	const check = () => {
		if (left.size > 0) throw new Error(`Nothing to do any more for ${[...left].join(', ')}`);
	};
	return {left, check};
}

/**
 * For esbuild.
 * @param left names of changes, removed as they are made
 * @param lazy what loadLazily needs to know of this bundle and the others
 */
export const quickStart = ({left, ...lazy}) => ({
	name: 'quick-start',
	setup(build) {
		const {onLoad, onResolve} = build;
		onResolve({filter: new RegExp(`^(${Object.keys(shims).join('|')})$`)}, ({path: name, importer}) => {
			if (importer.startsWith(shimFolder)) return undefined;
			left.delete(name);
			return {path: path.join(shimFolder, shims[name])};
		});
		// got needs it only for HTTP/2, which is off; it opens a TLS socket when it is loaded.
		onResolve({filter: /^http2-wrapper$/}, ({path: name}) => {
			left.delete(name);
			return {path: name, namespace: 'empty'};
		});
		onLoad({filter: /./, namespace: 'empty'}, () => ({contents: 'module.exports = {};'}));
		// oclif reads its own version.
		onLoad({filter: /@oclif[\\/]core[\\/]package\.json$/}, async ({path: file}) => {
			const {name, version} = JSON.parse(await readFile(file, 'utf8'));
			return {contents: JSON.stringify({name, version}), loader: 'json'};
		});
		loadLazily(build, {...lazy, read: (file) => readChanged(file, left)});
	},
});
