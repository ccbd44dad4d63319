/*
 * What makes oclif and got start quickly, done to their code while it is bundled. Each step that finds nothing to do
 * any more fails the build. The reasons and the figures: docs/decisions/0012-one-file-and-a-code-cache.md.
 */
import {readFile} from 'node:fs/promises';
import path from 'node:path';

const shims = path.join(import.meta.dirname, 'shims');

/** TypeScript's `const x_1 = require('x')`, loaded when `x_1` is first used, as Babel's `lazy` does. */
function makeLazy(code) {
	const names = [];
	const declared = code.replaceAll(
		/^(?:const|var) (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm,
		(_, name, load) => {
			names.push(name);
			return `let ${name}$; const ${name}$get = () => (${name}$ ??= ${load});`;
		},
	);
	const used = names.reduce(
		(text, name) => text.replaceAll(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, 'g'), `(${name}$get())`),
		declared,
	);
	return used.replaceAll(
		/^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm,
		'let $1$; Object.defineProperty(exports, "$1", {enumerable: true, get: () => ($1$ ??= $2)});',
	);
}

/** The first comparison by locale costs 7 ms, and ids of commands are ASCII. */
const patches = {
	'config/plugin.js': ['.sort((a, b) => a.id.localeCompare(b.id))', '.sort((a, b) => (a.id < b.id ? -1 : 1))'],
};

/*
 * `import()` in a script that comes from V8's code cache fails, so what is not known at build time, plugins that is,
 * goes through a function from outside the script.
 */
const importLate = (code) => code.replaceAll(/(?<![.\w$])import\((?!\s*['"`)])/g, 'importLate(');

function patch(file, code) {
	const [found, put] = patches[file] ?? [];
	if (found === undefined) return code;
	if (!code.includes(found)) throw new Error(`The patch of @oclif/core/lib/${file} no longer applies`);
	return code.replace(found, put);
}

/** For esbuild. */
export const quickStart = {
	name: 'quick-start',
	setup({onLoad, onResolve}) {
		const patched = new Set();
		let lazy = 0;
		onLoad({filter: /[\\/]node_modules[\\/].*\.[cm]?js$/}, async ({path: file}) => {
			const code = await readFile(file, 'utf8');
			const [, inCore] = file.split(path.sep).join('/').split('/@oclif/core/lib/');
			if (inCore === undefined) return {contents: importLate(code), loader: 'js'};
			return {contents: makeLazy(patch(inCore, importLate(code))), loader: 'js'};
		});
		// got needs it for HTTP/2 only, which is off; it opens a TLS socket when it is loaded.
		onResolve({filter: /^http2-wrapper$/}, () => ({path: 'http2-wrapper', namespace: 'empty'}));
		onLoad({filter: /./, namespace: 'empty'}, () => ({contents: 'export default {};'}));
		onResolve({filter: /^(debug|ejs)$/}, ({path: name, importer}) =>
			importer.startsWith(shims) ? undefined : {path: path.join(shims, `${name}.cjs`)},
		);
	},
};
