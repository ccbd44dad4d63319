/*
 * Writes what the built program reads instead of oclif.manifest.json, which is long: an index of all commands,
 * dist/manifest.json, and next to the file of each command the rest of its manifest entry, which is read when it is needed
 * (scripts/shims/manifest.cjs).
 */
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** What oclif needs only for one command: to print its help. */
const details = ['examples', 'flags'];

/** Writes the files if there is a manifest: a first build has none. */
export async function writeLateManifest(root, dist) {
	const text = await readFile(path.join(root, 'oclif.manifest.json'), 'utf8').catch(() => undefined);
	if (text === undefined) return;
	const {version, commands} = JSON.parse(text);
	const index = {};
	for (const [id, command] of Object.entries(commands)) {
		index[id] = Object.fromEntries(Object.entries(command).filter(([name]) => !details.includes(name)));
		const own = Object.fromEntries(details.map((name) => [name, command[name]]));
		const file = path.join(root, ...command.relativePath).replace(/\.m?js$/, '.json');
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, JSON.stringify(own));
	}
	await writeFile(path.join(dist, 'manifest.json'), JSON.stringify({version, details, commands: index}));
}
