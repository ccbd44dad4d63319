/* The licences of the packages whose code is in the built program. */
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';

/** `node_modules/a/node_modules/@b/c/lib/d.js` belongs to the package in `node_modules/a/node_modules/@b/c`. */
const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

async function licenceOf(folder) {
	const {name, version, license, author} = JSON.parse(
		await readFile(path.join(folder, 'package.json'), 'utf8'),
	);
	const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
	if (!file && !license) throw new Error(`${name} has no licence`);
	const by = typeof author === 'object' ? author.name : author;
	const text = file ? await readFile(path.join(folder, file), 'utf8') : `${license}${by ? `, by ${by}` : ''}`;
	return {title: `${name} ${version} (${license})`, text: text.trim().replaceAll('\r\n', '\n')};
}

/**
 * @param files paths of bundled files, relative to `root`, with slashes
 * @throws if a package states no licence
 */
export async function licencesOf(root, files) {
	const folders = new Set(files.map((file) => packageFolder.exec(file)?.[0]).filter(Boolean));
	const licences = await Promise.all([...folders].sort().map((folder) => licenceOf(path.join(root, folder))));
	const parts = licences.map(({title, text}) => `${title}\n\n${text}\n`);
	return `kling.js holds code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
