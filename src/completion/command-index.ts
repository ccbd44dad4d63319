import {readFileSync} from 'node:fs';
import path from 'node:path';

/** What completion needs to know of the program, from manifests that oclif wrote: no command is loaded for it. */

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
	/** Other spellings, with their dashes; completed to nothing, but understood. */
	aliases: readonly string[];
	hidden: boolean;
}

interface Argument {
	name: string;
	options: readonly string[];
	/** Takes all words that are left. */
	multiple: boolean;
}

export interface Command {
	/** Words after `kling`. */
	path: readonly string[];
	description: string;
	flags: readonly Flag[];
	args: readonly Argument[];
	hidden: boolean;
	/** Of this program, not of a plugin that the user has added. */
	isOwn: boolean;
	/** The types of task that the plugin adds which brings it: with any, its commands are about tasks of these. */
	taskTypes: readonly string[];
}

export interface Catalogue {
	commands: readonly Command[];
	/** Descriptions of topics, by their words joined by a space. */
	topics: ReadonlyMap<string, string>;
	/** Names of the plugins that the user has added. */
	plugins: readonly string[];
	/** What those plugins say of types of task, whatever it is. */
	taskTypes: readonly unknown[];
}

/** In oclif's data folder: the manifests that plugins should have brought, by the folders of the plugins. */
export const manifestsFile = 'plugin-manifests.json';

type Json = Readonly<Record<string, unknown>>;

/**
 * The commands of the program and of the plugins that the user has added. Of a plugin without a manifest that can be
 * read, they are those that the last command of kling has kept.
 * @param root folder of the program
 * @param dataDir oclif's data folder, where plugins are
 * @param manifest of the program; left out, it is read from the folder
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

/** What oclif wrote about commands, as far as it can be trusted: not at all. */
export type Manifest = Readonly<Record<string, unknown>>;

interface Plugin {
	commands: Command[];
	topics: [string, string][];
	taskTypes: unknown;
}

interface Known {
	/** Whether it is the program itself. */
	own: boolean;
	/** For a folder without a manifest; of the program, instead of what is in the folder. */
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
		description: firstLine(command.summary ?? command.description),
		hidden: command.hidden === true,
		...origin,
		// Those of one command are asked for, if any; to read them all takes milliseconds.
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

/** Of a file that is not there or no JSON, nothing. */
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

/** The first line of a description, with the one template filled in that stands in such lines. */
const firstLine = (value: unknown) =>
	(textOf(value).split('\n')[0] ?? '').replaceAll(/<%= *config\.bin *%>/g, 'kling').replace(/\.$/, '');
