import {readFileSync} from 'node:fs';
import path from 'node:path';

/**
 * What completion needs to know about the program, read from oclif's manifests. No command is loaded for it.
 */

export interface Flag {
	name: string;
	char?: string | undefined;
	takesValue: boolean;
	options: readonly string[];
	helpValue: string;
	description: string;
	allowNo: boolean;
	multiple: boolean;
	exclusive: readonly string[];
	/** Other spellings, with their dashes. They are not offered, but understood. */
	aliases: readonly string[];
	hidden: boolean;
}

interface Argument {
	name: string;
	options: readonly string[];
	/** Accepts all remaining words. */
	multiple: boolean;
}

export interface Command {
	/** Words after `kling`. */
	path: readonly string[];
	description: string;
	flags: readonly Flag[];
	args: readonly Argument[];
	hidden: boolean;
	/** Part of this program, not of a plugin that the user has added. */
	isOwn: boolean;
	/**
	 * The task types of the plugin that provides the command. If it has any, its commands are about tasks of
	 * these types.
	 */
	taskTypes: readonly string[];
}

export interface Catalogue {
	commands: readonly Command[];
	/** Descriptions of topics, by their words joined by a space. */
	topics: ReadonlyMap<string, string>;
	/** Names of the plugins that the user has added. */
	plugins: readonly string[];
	/** What those plugins declare as task types, unchecked. */
	taskTypes: readonly unknown[];
}

/**
 * File in oclif's data folder with manifests for plugins that do not provide their own, by the plugins'
 * folders.
 */
export const manifestsFile = 'plugin-manifests.json';

type Json = Readonly<Record<string, unknown>>;

/**
 * The commands of the program and of the plugins that the user has added. For a plugin without a readable
 * manifest, they come from the copy that the last kling command stored.
 * @param root folder of the program
 * @param dataDir oclif's data folder, where plugins are
 * @param manifest of the program. Default: it is read from the folder.
 */
export function readCatalogue(root: string, dataDir: string, manifest?: Manifest): Catalogue {
	const own = readPlugin(root, {own: true, manifest});
	const plugins = listOf(recordOf(readJson(path.join(dataDir, 'package.json')).oclif).plugins)
		.map(recordOf)
		.map(({name, root: link}) => ({
			name: textOf(name),
			folder: textOf(link) || path.join(dataDir, 'node_modules', textOf(name)),
		}))
		.filter(({name}) => name !== '');
	const kept = plugins.length > 0 ? readJson(path.join(dataDir, manifestsFile)) : {};
	const all = [
		own,
		...plugins.map(({folder}) => readPlugin(folder, {own: false, manifest: recordOf(kept[folder])})),
	];
	return {
		commands: all.flatMap(({commands}) => commands),
		topics: new Map(all.flatMap(({topics}) => topics)),
		plugins: plugins.map(({name}) => name),
		taskTypes: all.map(({taskTypes}) => taskTypes),
	};
}

/** What oclif wrote about commands. Nothing about its content is trusted. */
export type Manifest = Readonly<Record<string, unknown>>;

interface Plugin {
	commands: Command[];
	topics: [string, string][];
	taskTypes: unknown;
}

interface Known {
	/** Whether it is the program itself. */
	own: boolean;
	/** Used for a folder without a manifest; for the program, instead of the one in the folder. */
	manifest?: Manifest | undefined;
}

function readPlugin(folder: string, {own: isOwn, manifest}: Known): Plugin {
	const {oclif, kling} = readJson(path.join(folder, 'package.json'));
	const {taskTypes} = recordOf(kling);
	const file = isOwn && manifest ? manifest : readJson(path.join(folder, 'oclif.manifest.json'));
	const {commands = manifest?.commands} = file;
	return {
		commands: Object.entries(recordOf(commands)).flatMap(([id, command]) =>
			toCommands(id, recordOf(command), {isOwn, taskTypes: Object.keys(recordOf(taskTypes))}),
		),
		topics: Object.entries(recordOf(recordOf(oclif).topics)).map(([name, topic]) => [
			name.replaceAll(':', ' '),
			firstLine(recordOf(topic).description),
		]),
		taskTypes,
	};
}

/** A command and its other names. */
function toCommands(id: string, command: Json, origin: Pick<Command, 'isOwn' | 'taskTypes'>): Command[] {
	const names = [id, ...textsOf(command.aliases)];
	return names.map((name) => ({
		path: name.split(':'),
		hidden: command.hidden === true,
		...origin,
		// Computed on demand: usually few commands are described, and only one command's flags are needed.
		get description() {
			return firstLine(command.summary ?? command.description);
		},
		get flags() {
			return Object.entries(recordOf(command.flags)).map(([flag, value]) => toFlag(flag, recordOf(value)));
		},
		get args() {
			const takesMore = command.strict === false;
			return Object.entries(recordOf(command.args)).map(([arg, value]) =>
				toArgument(arg, recordOf(value), takesMore),
			);
		},
	}));
}

function toFlag(name: string, flag: Json): Flag {
	return {
		name,
		char: textOf(flag.char) || undefined,
		takesValue: flag.type === 'option',
		options: textsOf(flag.options),
		helpValue: textsOf([flag.helpValue].flat()).join(' '),
		description: firstLine(flag.summary ?? flag.description),
		allowNo: flag.allowNo === true,
		multiple: flag.multiple === true,
		exclusive: textsOf(flag.exclusive),
		aliases: [
			...textsOf(flag.aliases).map((alias) => `--${alias}`),
			...textsOf(flag.charAliases).map((char) => `-${char}`),
		],
		hidden: flag.hidden === true || Boolean(flag.deprecated),
	};
}

const toArgument = (name: string, arg: Json, takesMore: boolean): Argument => ({
	name,
	options: textsOf(arg.options),
	multiple: arg.multiple === true || takesMore,
});

/** Reads a JSON file; empty when it is missing or invalid. */
function readJson(file: string): Json {
	try {
		return recordOf(JSON.parse(readFileSync(file, 'utf8')));
	} catch {
		return {};
	}
}

const recordOf = (value: unknown): Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textsOf = (value: unknown) => listOf(value).filter((item) => typeof item === 'string');
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

/** The first line of a description, with the one template that occurs there filled in. */
const firstLine = (value: unknown) =>
	(textOf(value).split('\n')[0] ?? '').replaceAll(/<%= *config\.bin *%>/g, 'kling').replace(/\.$/, '');
