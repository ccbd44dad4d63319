/*
 * Writes what the built program reads instead of oclif.manifest.json, which is long: an index of all commands,
 * dist/manifest.json; the texts of all commands, dist/texts.json; and next to the file of each command the rest of its
 * manifest entry. scripts/shims/manifest.cjs reads the last two when they are needed. Completion at TAB reads dist/words.json
 * instead of them: what it needs to know about every command.
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

/** Text up to its first line break, because completion shows no more of a description. */
const firstLine = (text) => text?.split('\n', 1)[0];

/** What completion needs to know about a command; its flags only if it is the command being typed. */
const forCompletion = ({hidden, aliases, strict, args, summary, description, relativePath}) => ({
	...(hidden && {hidden}),
	...(aliases?.length > 0 && {aliases}),
	...(strict === false && {strict}),
	args: Object.fromEntries(
		Object.entries(args ?? {}).map(([name, {options, multiple}]) => [name, {options, multiple}]),
	),
	description: firstLine(summary ?? description),
	flagsFile: detailsFile(relativePath.join('/')),
});

const detailsFile = (file) => file.replace(/\.m?js$/, '.json');

/** Writes the files if there is a manifest: a first build has none. */
export async function writeLateManifest(root, dist) {
	const text = await readFile(path.join(root, 'oclif.manifest.json'), 'utf8').catch(() => undefined);
	if (text === undefined) return;
	const {version, commands} = JSON.parse(text);
	const lazy = [...details, ...texts];
	const index = {};
	const words = {};
	for (const [id, command] of Object.entries(commands)) {
		const file = path.join(root, ...command.relativePath);
		const module = await moduleIn(file);
		if (module === undefined) continue;
		index[id] = {...pick(command, (name) => !lazy.includes(name)), module};
		const own = pick(command, (name) => details.includes(name));
		await writeFile(detailsFile(file), JSON.stringify(own));
		words[id] = forCompletion(command);
	}
	const described = Object.values(commands).map((command) => [
		command.relativePath.join('/'),
		pick(command, (name) => texts.includes(name)),
	]);
	const write = (name, content) => writeFile(path.join(dist, name), JSON.stringify(content));
	await write('manifest.json', {version, details, texts, commands: index});
	await write('texts.json', Object.fromEntries(described));
	const {oclif} = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
	const topics = Object.entries(oclif.topics).map(([name, {description}]) => [
		name,
		{description: firstLine(description)},
	]);
	const ownTypes = commands['video:status']?.flags.type.options;
	await write('words.json', {topics: Object.fromEntries(topics), commands: words, ownTypes});
}
