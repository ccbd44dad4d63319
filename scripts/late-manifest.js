/*
 * Writes what the built program reads instead of oclif.manifest.json, which is long: an index of all commands,
 * dist/manifest.json; the texts of all commands, dist/texts.json; and next to the file of each command the rest of its
 * manifest entry. scripts/shims/manifest.cjs reads the last two when they are needed.
 */
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** What oclif needs only for one command: to print its help. */
const details = ['capabilities', 'examples', 'flags'];
/** What oclif needs only to print lists of commands, and help. */
const texts = ['description', 'summary', 'usage'];

const pick = (command, isWanted) =>
	Object.fromEntries(Object.entries(command).filter(([name]) => isWanted(name)));

/**
 * Writes the files if there is a manifest: a first build has none.
 * @param modules the id of the module of each command, by file
 */
export async function writeLateManifest(root, dist, modules) {
	const text = await readFile(path.join(root, 'oclif.manifest.json'), 'utf8').catch(() => undefined);
	if (text === undefined) return;
	const {version, commands} = JSON.parse(text);
	const late = [...details, ...texts];
	const index = Object.entries(commands).map(([id, command]) => [
		id,
		{
			...pick(command, (name) => !late.includes(name)),
			module: modules.get(command.relativePath.join('/')),
		},
	]);
	for (const command of Object.values(commands)) {
		const file = path.join(root, ...command.relativePath).replace(/\.m?js$/, '.json');
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, JSON.stringify(pick(command, (name) => details.includes(name))));
	}
	const described = Object.values(commands).map((command) => [
		command.relativePath.join('/'),
		pick(command, (name) => texts.includes(name)),
	]);
	const write = (name, content) => writeFile(path.join(dist, name), JSON.stringify(content));
	await write('manifest.json', {version, details, texts, commands: Object.fromEntries(index)});
	await write('texts.json', Object.fromEntries(described));
}
