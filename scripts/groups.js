/*
 * Which modules are together in one file of dist/code: a command reads only the files that it uses. The program works with
 * any grouping, only slower or faster; so there is no list of files, and folders and packages decide.
 */

/** By path below the root; the first match counts. */
const groups = [
	['validators', /request-validators\.js$/],
	['sandbox', /^src\/sandbox\//],
	['commands', /^src\/commands\//],
	['types', /^src\/(lib\/(task-types|inputs|media)|cli\/requests)\//],
	['api', /^src\/lib\/(api|journal|account)\//],
	[
		'api',
		inPackages(
			'got',
			'keyv',
			'@keyv/.+',
			'cacheable-.+',
			'@sindresorhus/.+',
			'http-cache-semantics',
			'get-stream',
			'responselike',
		),
	],
	[
		'api',
		inPackages(
			'form-data-encoder',
			'lowercase-keys',
			'mimic-response',
			'decompress-response',
			'normalize-url',
			'p-cancelable',
			'quick-lru',
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
	['tasks', /^src\/lib\/(tasks|downloads)\//],
	['help', /^src\/cli\/help\//],
	['help', /^node_modules\/@oclif\/core\/lib\/(help|ux|screen|interfaces)\b/],
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
	['base', /^src\/(main|index)\.ts$|^src\/(hooks|lib\/(errors|system|fs|output|config|net))\//],
	['base', /^src\/cli\/(flags|errors|output)\/|^src\/cli\/[^/]+$|^src\/plugins\/load-warnings/],
	['base', /^node_modules\/@oclif\/core\/(lib|package\.json)|^scripts\/shims\//],
	['base', inPackages('ajv', 'get-package-type', 'is-wsl', 'is-docker', 'is-inside-container')],
	['more', /^src\//],
	['packages', /./],
];

function inPackages(...names) {
	return new RegExp(`^node_modules/(?:.*/node_modules/)?(?:${names.join('|')})/`);
}

/** @param file relative to the root, with slashes */
export const groupOf = (file) => groups.find(([, place]) => place.test(file))[0];
