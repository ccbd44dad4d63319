/* Bundles the gallery page. */
import path from 'node:path';
import {build} from 'esbuild';

/** dist/gallery: the code and the style of the gallery page, which runs in browsers. */
export async function bundleGallery(root, dist) {
	const page = path.join(root, 'src', 'gallery-page');
	const common = {outdir: path.join(dist, 'gallery'), minify: true, logLevel: 'warning'};
	const script = {
		entryPoints: {page: path.join(page, 'main.ts')},
		bundle: true,
		format: 'esm',
		target: 'es2022',
	};
	await build({...common, ...script});
	await build({...common, entryPoints: {page: path.join(page, 'style.css')}});
}
