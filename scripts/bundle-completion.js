/* Bundles what the completion of words at TAB loads: files of their own, without packages. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {build, transform} from 'esbuild';
import {bundleOptions, minified, noImport} from './esbuild-options.js';
import {fileOf, helpers, loadLazily, makeLazy, useNodeAsItIs} from './lazy-modules.js';

/** What every TAB for an id runs, if the keys are in the environment. */
const always =
	/^src\/lib\/(config\/(owner|credentials|identity|regions)|journal\/(recent|account-folder|has-ended|log-file)|net\/loopback|system\/sha256)\.ts$/;

/** What the completion engine imports lazily, by the file that it is in. Other functions of the first file are left out. */
const entries = {
	'complete-ids.js': {
		'src/lib/config/owner.ts': '{resolveOwner}',
		'src/lib/journal/recent.ts': '{recentTasks}',
	},
	'complete-more.js': {
		'src/lib/config/profiles.ts': '*',
		'src/lib/task-types/models.ts': '{models}',
		'src/sandbox/faults.ts': '*',
	},
};

const pathOf = (root, {path: name, resolveDir}) =>
	path.relative(root, path.resolve(resolveDir, name)).split(path.sep).join('/').replace(/\.js$/, '.ts');

/**
 * For esbuild: modules that the completion engine imports lazily are in other files, so that completing words does not load
 * what ids need.
 */
const answersOutside = (root) => ({
	name: 'answers-outside',
	setup({onResolve}) {
		onResolve({filter: /^\.\.?\//}, ({kind, ...place}) => {
			if (kind !== 'dynamic-import') return undefined;
			const module = pathOf(root, place);
			const [file] = Object.entries(entries).find(([, modules]) => Object.hasOwn(modules, module)) ?? [];
			if (file === undefined) throw new Error(`Completion has come to import ${module} lazily`);
			return {path: `./${file}`, external: true};
		});
	},
});

/** For esbuild: modules in src/ only define things, so what nobody uses of them can be left out. */
const unusedOut = {
	name: 'unused-out',
	setup({onResolve, resolve}) {
		onResolve({filter: /^\.\.?\//}, async ({path: name, pluginData, ...place}) => {
			if (pluginData === unusedOut || place.kind === 'entry-point') return undefined;
			return {...(await resolve(name, {...place, pluginData: unusedOut})), sideEffects: false};
		});
	},
};

/** Marks a module that is in complete-more.js. */
const mark = 'more:';

const restOutside = (root, asked) => ({
	name: 'rest-outside',
	setup({onResolve}) {
		onResolve({filter: /^\.\.?\//}, ({kind, ...place}) => {
			const module = pathOf(root, place);
			if (kind === 'entry-point' || always.test(module)) return undefined;
			asked.add(module);
			return {path: mark + module, external: true};
		});
	},
});

/** Checks the files of profiles. Users who set keys in the environment have none. */
const profileChecks = {file: './complete-profiles.js', source: './src/lib/config/config-validators.js'};

const checksOutside = {
	name: 'checks-outside',
	setup({onResolve}) {
		onResolve({filter: /\/config-validators\.js$/}, ({kind}) =>
			kind === 'entry-point' ? undefined : {path: profileChecks.file, external: true},
		);
	},
};

const loadedLazily = {
	name: 'loaded-lazily',
	setup: (build) =>
		loadLazily(build, {
			read: (file) => readFile(file, 'utf8'),
			converted: new Map(),
			idElsewhere: () => undefined,
		}),
};

const banner = "const here = {get url() { return require('node:url').pathToFileURL(__filename).href; }};\n";

const options = (root) => ({
	...bundleOptions(root),
	...noImport,
	define: {'import.meta.url': 'here.url'},
	// Imported lazily: for requests, which are never made here, and for errors, which are never shown here.
	external: ['proxy-from-env', 'jsonc-parser'],
	metafile: true,
	write: false,
});

/** @returns the code, after a check that it contains no package, otherwise its licence would be missing */
async function codeOf(root, contents, more) {
	const {metafile, outputFiles} = await build({
		...options(root),
		stdin: {contents, resolveDir: root},
		...more,
	});
	// Compiled validators take one small function from there.
	const foreign = Object.keys(metafile.inputs)
		.map(fileOf)
		.filter((input) => input.includes('node_modules') && !input.startsWith('node_modules/ajv/dist/runtime/'));
	if (foreign.length > 0) throw new Error(`Completion has come to load ${foreign.join(', ')}`);
	return outputFiles[0].text;
}

const exportsOf = (file) =>
	Object.entries(entries[file])
		.map(([module, names]) => `export ${names} from './${module}';\n`)
		.join('');

/**
 * What a TAB runs, as one function, without unused code. The rest, and Node's modules that are rarely needed, are loaded when
 * they are first used.
 */
async function runAlways(root, contents, plugins) {
	const code = await codeOf(root, contents, {plugins: [...plugins, unusedOut]});
	const lazy = makeLazy(
		useNodeAsItIs(code),
		/^var (import_\w+) = ((?:__toESM\()?require\("more:[^"]+"\)\)?|(?!.*"node:(?:fs|path)")[^;]+);$/gm,
	);
	const asking = lazy.replaceAll(`require("${mark}`, 'require("./complete-more.js").find("');
	return (await transform(asking, minified)).code;
}

const main = `
import {readFileSync} from 'node:fs';
import {complete as answer} from './src/completion/main.ts';
/** What scripts/lazy-manifest.js wrote; a first build wrote none. */
function readWords() {
	try {
		return JSON.parse(readFileSync(\`\${__dirname}/words.json\`, 'utf8'));
	} catch {}
}
export const complete = (root, args) => answer(root, args, readWords());
`;

/** The rest; each module runs when it is first used. */
function moreOf(root, asked) {
	const cases = [...asked]
		.sort()
		.map((module) => `case ${JSON.stringify(module)}: return require(${JSON.stringify(`./${module}`)});\n`);
	const contents = `${exportsOf('complete-more.js')}
export const find = (module) => { switch (module) { ${cases.join('')} } };`;
	return codeOf(root, contents, {
		plugins: [checksOutside, loadedLazily],
		banner: {js: banner + helpers},
		minify: true,
	});
}

/**
 * dist/complete.js, which serves shells before the program is loaded; dist/complete-ids.js, which reads the journal for it;
 * dist/complete-more.js, which reads profiles and older journals, and dist/complete-profiles.js, which checks the former.
 */
export async function bundleCompletion(root, dist) {
	const asked = new Set();
	const files = {
		'complete.js': await runAlways(root, main, [answersOutside(root)]),
		'complete-ids.js': await runAlways(root, exportsOf('complete-ids.js'), [restOutside(root, asked)]),
		'complete-more.js': await moreOf(root, asked),
		[profileChecks.file]: await codeOf(root, `export * from '${profileChecks.source}';`, {minify: true}),
	};
	for (const [file, code] of Object.entries(files)) await writeFile(path.join(dist, file), code);
}
