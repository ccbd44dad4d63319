/* Bundles what the completion of words at TAB loads: files of their own, without packages. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {fileOf, helpers, loadLate} from './late-modules.js';
import {manifestShim} from './quick-start.js';

/**
 * For esbuild: modules that the completion engine imports lazily are in a separate file, so that completing words does not
 * load what ids need.
 */
const answersOutside = {
	name: 'answers-outside',
	setup({onResolve}) {
		onResolve({filter: /^\.\.\/lib\//}, ({kind, importer}) =>
			kind === 'dynamic-import' && path.dirname(importer).endsWith('completion')
				? {path: './complete-ids.js', external: true}
				: undefined,
		);
	},
};

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

const loadedLate = {
	name: 'loaded-late',
	setup: (build) =>
		loadLate(build, {
			read: (file) => readFile(file, 'utf8'),
			converted: new Map(),
			idElsewhere: () => undefined,
		}),
};

/**
 * dist/complete.js, which serves shells before the program is loaded; dist/complete-ids.js, which reads the journal and the
 * profiles for it; and dist/complete-profiles.js, which checks the latter. They contain no package, otherwise its licence would
 * be missing.
 */
export async function bundleCompletion(root, dist) {
	const words = `
import {complete as answer} from './src/completion/main.ts';
import {readManifest} from ${JSON.stringify(manifestShim)};
export const complete = (root, args) => answer(root, args, readManifest(root));
`;
	const late = ['config/account', 'config/profiles', 'journal/recent'];
	const ids = late.map((name) => `export * from './src/lib/${name}.ts';\n`).join('');
	const checks = `export * from '${profileChecks.source}';`;
	const parts = [
		// Everything in this one is used, so unused code can be left out.
		{file: 'complete.js', contents: words, plugins: [answersOutside]},
		{file: 'complete-ids.js', contents: ids, plugins: [checksOutside, loadedLate]},
		{file: profileChecks.file, contents: checks, plugins: []},
	];
	for (const {file, contents, plugins} of parts) {
		const {metafile} = await build({
			stdin: {contents, resolveDir: root},
			absWorkingDir: root,
			outfile: path.join(dist, file),
			bundle: true,
			platform: 'node',
			target: 'node20.19',
			format: 'cjs',
			minify: true,
			define: {'import.meta.url': 'here.url'},
			banner: {
				js: `const here = {get url() { return require('node:url').pathToFileURL(__filename).href; }};\n${helpers}`,
			},
			plugins,
			// A module that is imported lazily runs lazily, in the same file.
			supported: {'dynamic-import': false},
			// Imported lazily: for requests, which are never made here, and for errors, which are never shown here.
			external: ['proxy-from-env', 'jsonc-parser'],
			metafile: true,
			logLevel: 'warning',
		});
		// Compiled validators take one small function from there.
		const foreign = Object.keys(metafile.inputs)
			.map(fileOf)
			.filter(
				(input) => input.includes('node_modules') && !input.startsWith('node_modules/ajv/dist/runtime/'),
			);
		if (foreign.length > 0) throw new Error(`Completion has come to load ${foreign.join(', ')}`);
	}
}
