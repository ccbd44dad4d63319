/* Bundles the Model Context Protocol SDK into a file of its own. */
import path from 'node:path';
import {build} from 'esbuild';
import {bundleOptions} from './esbuild-options.js';

/** The parts of the Model Context Protocol SDK that the program imports. */
const protocolParts = ['@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio'];

/** For esbuild: packages that are not bundled, and are loaded from a separate file. */
const outside = (names, file) => ({
	name: 'outside',
	setup({onResolve}) {
		const filter = new RegExp(`^(${names.join('|')})$`);
		onResolve({filter}, () => ({path: file, external: true}));
	},
});

export const protocolOutside = outside(protocolParts, './mcp-sdk.js');

/** dist/mcp-sdk.js, which is loaded by `kling mcp serve` alone. @returns the files that it is made of */
export async function bundleProtocol(root, dist) {
	const {metafile} = await build({
		stdin: {contents: protocolParts.map((name) => `export * from '${name}';`).join('\n'), resolveDir: root},
		...bundleOptions(root),
		outfile: path.join(dist, 'mcp-sdk.js'),
		minify: true,
		metafile: true,
	});
	return Object.keys(metafile.inputs);
}
