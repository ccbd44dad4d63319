/*
 * oclif's own plugins, whose commands and hooks are ours in the built program: oclif then reads one manifest instead of four,
 * and looks for no packages.
 */
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import path from 'node:path';

const readJson = async (...parts) => JSON.parse(await readFile(path.join(...parts), 'utf8'));
const list = (value) => (value === undefined ? [] : [value].flat());

/** Where a plugin's file, such as `lib/commands/help.js`, goes below dist/. */
function outFile(name, inside) {
	return path.posix.join('core', path.posix.basename(name), inside.replace(/^(\.\/)?lib\//, ''));
}

function readHooks(name, hooks) {
	return Object.entries(hooks ?? {}).map(([event, targets]) => {
		if (!list(targets).every((target) => typeof target === 'string')) {
			throw new Error(`${name} describes its hook ${event} in a way that the build does not know`);
		}
		return [event, list(targets).map((target) => path.posix.normalize(target))];
	});
}

async function readPlugin(root, name) {
	const index = createRequire(path.join(root, 'package.json')).resolve(name);
	const folder = path.join(index.slice(0, index.lastIndexOf(path.normalize(name))), path.normalize(name));
	const [pjson, manifest] = await Promise.all([
		readJson(folder, 'package.json'),
		readJson(folder, 'oclif.manifest.json'),
	]);
	const hooks = readHooks(name, pjson.oclif.hooks);
	const commands = Object.values(manifest.commands).map((command) => ({
		...command,
		inside: command.relativePath.join('/'),
	}));
	const files = [
		...new Set([...commands.map(({inside}) => inside), ...hooks.flatMap(([, targets]) => targets)]),
	];
	return {name, folder, hooks, commands, files};
}

/** The plugins that package.json names. */
export function corePlugins(root, pjson) {
	return Promise.all(pjson.oclif.plugins.map((name) => readPlugin(root, name)));
}

/** The files of a plugin, with their places below dist/. */
export function filesOf({name, folder, files}) {
	return files.map((inside) => ({inside, file: path.join(folder, inside), out: outFile(name, inside)}));
}

/** The plugins' hooks, as package.json would list them if they were ours. */
export function coreHooks(plugins) {
	const merged = {};
	for (const {name, hooks} of plugins) {
		for (const [event, targets] of hooks) {
			const ours = targets.map((target) => `./dist/${outFile(name, target)}`);
			merged[event] = [...(merged[event] ?? []), ...ours];
		}
	}
	return merged;
}

/**
 * What help and completion show for a plugin's command beyond the plugin's own description:
 * src/plugins/adapt-autocomplete.ts.
 */
function withFish({args, examples, ...command}) {
	if (args?.shell === undefined || command.pluginName !== '@oclif/plugin-autocomplete')
		return {...command, args, examples};
	const options = [...args.shell.options, 'fish'];
	const more = examples?.flatMap((line) =>
		line.endsWith(' zsh') ? [line, line.replace(/zsh$/, 'fish')] : [line],
	);
	return {...command, args: {...args, shell: {...args.shell, options}}, ...(more && {examples: more})};
}

/** The plugins' commands, as our manifest would list them if they were ours. */
export function coreCommands(plugins) {
	return Object.fromEntries(
		plugins.flatMap(({name, commands}) =>
			commands.map(({inside, permutations, aliasPermutations, ...command}) => [
				command.id,
				{
					...withFish(command),
					isESM: false,
					relativePath: ['dist', ...outFile(name, inside).split('/')],
				},
			]),
		),
	);
}
