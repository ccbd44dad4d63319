/*
 * Which folder may import from which: an allow-list (docs/architecture.md). What no row names is an error,
 * and so is a circle of files.
 */

/** What is built on tasks may import from all of this. */
const belowTasks = [
	'tasks',
	'task-types',
	'journal',
	'downloads',
	'api',
	'config',
	'output',
	'media',
	'inputs',
	'net',
	'fs',
];

/** Folders of src/lib, each with those it may import from. Every folder may import from itself, errors and system. */
const lib = {
	errors: [],
	system: [],
	fs: [],
	net: ['fs'],
	media: [],
	inputs: ['fs', 'media'],
	'task-types': ['inputs', 'media'],
	output: ['media'],
	api: ['net', 'task-types'],
	config: ['api', 'net', 'fs', 'output', 'task-types'],
	journal: ['api', 'fs', 'task-types'],
	downloads: ['api', 'net', 'fs', 'media'],
	tasks: ['task-types', 'journal', 'cost', 'downloads', 'api', 'net', 'output', 'media', 'inputs', 'fs'],
	assets: belowTasks,
	batch: [...belowTasks, 'cost'],
	cost: belowTasks.filter((folder) => folder !== 'tasks'),
	gallery: [...belowTasks, 'batch'],
	webhook: belowTasks,
	mcp: [...belowTasks, 'batch', 'cost'],
	account: ['api', 'config', 'net', 'fs', 'task-types', 'output'],
};

/** Folders beside src/lib, with the folders of src that they may import from. */
const others = {
	sandbox: ['lib/task-types', 'lib/media'],
	// Runs in a browser: it shares what the data are, and how picks change.
	'gallery-page': ['lib/gallery/model.ts', 'lib/batch/picks.ts'],
	completion: ['lib', 'sandbox/faults.ts'],
	plugins: ['cli', 'lib', 'completion'],
	cli: ['lib', 'sandbox'],
	hooks: ['cli', 'completion', 'plugins', 'lib'],
};

const base = ['errors', 'system'];
const inFolders = (folders) => `^src/(${folders.join('|')})(/|$)`;

/** A rule that allows a folder's files to import from itself and from the folders named. */
const allow = (folder, targets) => ({
	from: {path: `^src/${folder}/`},
	to: {path: inFolders([folder, ...targets])},
});

/** lib/api needs to know what a task type looks like, and not the code that makes one. */
const typesOnly = {
	name: 'api-imports-types-of-task-types-only',
	severity: 'error',
	from: {path: '^src/lib/api/'},
	to: {path: '^src/lib/task-types/', dependencyTypesNot: ['type-only']},
};

export default {
	forbidden: [
		{
			name: 'no-circles',
			severity: 'error',
			comment: 'Two files that need each other are one file, or three.',
			from: {},
			to: {circular: true},
		},
		{
			name: 'lib-knows-no-oclif',
			severity: 'error',
			from: {path: '^src/(lib|sandbox|completion)/'},
			to: {path: '(^|/)@oclif/'},
		},
		typesOnly,
	],
	allowed: [
		...Object.entries(lib).map(([folder, targets]) =>
			allow(
				`lib/${folder}`,
				[...base, ...targets].map((target) => `lib/${target}`),
			),
		),
		...Object.entries(others).map(([folder, targets]) => allow(folder, targets)),
		// A command imports from everything but another command.
		{
			from: {path: '^src/commands/'},
			to: {path: inFolders(['cli', 'completion', 'plugins', 'sandbox', 'lib'])},
		},
		// The edges of the program: what starts it, and what plugins may import.
		{from: {path: '^src/(main|index)[.]ts$'}, to: {path: '^src/'}},
		// Packages and Node's own modules; knip and package.json say which packages there are.
		{from: {}, to: {pathNot: '^src/'}},
	],
	allowedSeverity: 'error',
	options: {
		parser: 'swc',
		// Types of generated validators; the parser knows no such files.
		exclude: {path: '[.]d[.]ts$|-validators[.]js$'},
		doNotFollow: {path: 'node_modules'},
		tsPreCompilationDeps: true,
		enhancedResolveOptions: {extensions: ['.ts', '.js', '.json']},
	},
};
