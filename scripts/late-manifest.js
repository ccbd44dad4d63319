/*
 * Writes what the built program reads instead of oclif.manifest.json, which is long: an index of all commands,
 * dist/manifest.json; the texts of all commands, dist/texts.json; and next to the file of each command the rest of its
 * manifest entry. scripts/shims/manifest.cjs reads the last two when they are needed.
 */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** What oclif needs only for one command: to print its help. */
const details = ['capabilities', 'examples', 'flags'];
/** What oclif needs only to print lists of commands, and help. */
const texts = ['description', 'summary', 'usage'];

const pick = (command, isWanted) =>
	Object.fromEntries(Object.entries(command).filter(([name]) => isWanted(name)));

/** The id of the module that the file of a command loads; undefined if the command no longer exists. */
async function moduleIn(file) {
	const code = await readFile(file, 'utf8').catch(() => '');
	return /\.find\('([^']+)'\)/.exec(code)?.[1];
}

/** Writes the files if there is a manifest: a first build has none. */
export async function writeLateManifest(root, dist) {
	const text = await readFile(path.join(root, 'oclif.manifest.json'), 'utf8').catch(() => undefined);
	if (text === undefined) return;
	const {version, commands} = JSON.parse(text);
	const late = [...details, ...texts];
	const index = {};
	for (const [id, command] of Object.entries(commands)) {
		const file = path.join(root, ...command.relativePath);
		const module = await moduleIn(file);
		if (module === undefined) continue;
		index[id] = {...pick(command, (name) => !late.includes(name)), module};
		const own = pick(command, (name) => details.includes(name));
		await writeFile(file.replace(/\.m?js$/, '.json'), JSON.stringify(own));
	}
	const described = Object.values(commands).map((command) => [
		command.relativePath.join('/'),
		pick(command, (name) => texts.includes(name)),
	]);
	const write = (name, content) => writeFile(path.join(dist, name), JSON.stringify(content));
	await write('manifest.json', {version, details, texts, commands: index});
	await write('texts.json', Object.fromEntries(described));
}
