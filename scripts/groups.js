/*
 * Which modules are together in one file of dist/code: a command reads only the files that it uses. The program works with
 * any grouping, only slower or faster; so there is no list of files, and folders and packages decide.
 */

/** By path below the root; the first match counts. What few commands need is apart from what most commands need. */
const groups = [
	['validators', /request-validators\.js$/],
	['sandbox', /^src\/sandbox\//],
	['commands', /^src\/commands\//],
	// Single files that more commands need than the rest of their folders.
	['types', /^src\/lib\/(inputs\/limits|media\/result-format)\./],
	['base', /^src\/(lib\/tasks\/purchases|cli\/describe\/capabilities|plugins\/(close-folder|installed))\./],
	[
		'base',
		/^src\/(cli\/errors\/(advice|typed-line|guess-flags)|lib\/output\/(progress|redact|sanitize|shell))\./,
	],
	['base', /^src\/lib\/config\/(account|credentials|identity|keys|regions)\./],
	['types', /^src\/lib\/task-types\//],
	['inputs', /^src\/(lib\/(inputs|media)|cli\/requests)\//],
	['profiles', /^src\/lib\/config\//],
	['texts', /^src\/(cli\/errors|lib\/output)\//],
	['texts', inPackages('fastest-levenshtein')],
	['api', /^src\/lib\/(api|journal|account)\//],
	['api', inPackages('got', '@sindresorhus/.+', 'get-stream', 'responselike', 'lowercase-keys')],
	[
		'api',
		inPackages(
			'mimic-response',
			'decompress-response',
			'p-cancelable',
			'quick-lru',
			'form-data-encoder',
			'byte-counter',
		),
	],
	[
		'api',
		inPackages(
			'jsonwebtoken',
			'jw[as]',
			'safe-buffer',
			'ecdsa-sig-formatter',
			'buffer-equal-constant-time',
			'lodash\\..+',
			'ms',
		),
	],
	['tasks', /^src\/lib\/(tasks|cost)\//],
	// All that limits how many tasks are worked on at once.
	['tasks', inPackages('p-limit', 'yocto-queue')],
	['downloads', /^src\/lib\/downloads\//],
	['help', /^src\/cli\/help\//],
	// oclif loads its help for each command, to look for flags that ask for help.
	['base', /^node_modules\/@oclif\/core\/lib\/help\//],
	['help', /^node_modules\/@oclif\/core\/lib\/(ux|screen|interfaces)\b/],
	[
		'help',
		inPackages(
			'wrap-ansi',
			'widest-line',
			'indent-string',
			'string-width',
			'strip-ansi',
			'ansi-regex',
			'ansi-styles',
			'emoji-regex',
		),
	],
	['help', inPackages('is-fullwidth-code-point', 'supports-color', 'has-flag', 'ansis')],
	['base', /^src\/(main|index)\.ts$|^src\/(hooks|lib\/(errors|system|fs|net))\//],
	['base', /^src\/cli\/(flags|output)\/|^src\/cli\/[^/]+$|^src\/plugins\/load-warnings/],
	['base', /^node_modules\/@oclif\/core\/(lib|package\.json)|^scripts\/shims\//],
	['base', inPackages('ajv', 'get-package-type', 'is-wsl', 'is-docker', 'is-inside-container')],
	['more', /^src\//],
	['packages', /./],
];

function inPackages(...names) {
	return new RegExp(`^node_modules/(?:.*/node_modules/)?(?:${names.join('|')})/`);
}

/** @param file relative to the root, with slashes */
export function groupOf(file) {
	const [name] = groups.find(([, place]) => place.test(file));
	const [, topic] = /^src\/commands\/([^/]+)\//.exec(file) ?? [];
	return topic === undefined ? name : `${name}-${topic}`;
}
