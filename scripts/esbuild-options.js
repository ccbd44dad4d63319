/* What all bundles of the program have in common; the gallery's page, which runs in browsers, is another one. */

/** The syntax that the oldest Node understands (`engines` in package.json), in CommonJS, which loads faster. */
export const commonJs = {platform: 'node', target: 'node20.19', format: 'cjs'};

/** Node's own modules: `import()` fails in code from V8's cache, see quick-start.js. */
export const noImport = {supported: {'dynamic-import': false}};

export const bundleOptions = (root) => ({
	...commonJs,
	absWorkingDir: root,
	bundle: true,
	legalComments: 'none',
	logLevel: 'warning',
});

/** For `transform`. */
export const minified = {...commonJs, minify: true};
