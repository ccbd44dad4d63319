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
	/** What is declared about topics, by their words joined by a colon. */
	topics: Json;
	/** Names of the plugins that the user has added. */
	plugins: readonly string[];
	/** What those plugins declare as task types, unchecked. */
	taskTypes: readonly unknown[];
	/** The names of the built-in types. */
	ownTypes: () => readonly string[];
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
 * @param declared what the program declares. Default: it is read from the folder.
 */
export function readCatalogue(root: string, dataDir: string, declared?: Declared): Catalogue {
	const own = toPlugin(root, declared ?? readDeclared(root), true);
	const ownTypes = () => (declared?.ownTypes ? textsOf(declared.ownTypes) : typesOf(own.commands));
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
		...plugins.map(({folder}) => toPlugin(folder, readDeclared(folder, recordOf(kept[folder])), false)),
	];
	return {
		commands: all.flatMap(({commands}) => commands),
		topics: Object.assign({}, ...all.map(({topics}) => topics)),
		plugins: plugins.map(({name}) => name),
		taskTypes: all.map(({taskTypes}) => taskTypes),
		ownTypes,
	};
}

/** The names of the built-in types. Their definitions contain far more than completion needs. */
function typesOf(commands: readonly Command[]): readonly string[] {
	const status = commands.find(({path: words}) => words.join(' ') === 'video status');
	return status?.flags.find(({name}) => name === 'type')?.options ?? [];
}

/** What a program or plugin declares, as oclif and package.json write it. Nothing about it is trusted. */
export interface Declared {
	commands?: unknown;
	topics?: unknown;
	taskTypes?: unknown;
	/** The names of the program's own task types. Default: the values of a flag. */
	ownTypes?: unknown;
}

/** @param kept the manifest of a folder without one */
function readDeclared(folder: string, kept?: Json): Declared {
	const {oclif, kling} = readJson(path.join(folder, 'package.json'));
	const {commands = kept?.commands} = readJson(path.join(folder, 'oclif.manifest.json'));
	return {commands, topics: recordOf(oclif).topics, taskTypes: recordOf(kling).taskTypes};
}

interface Plugin {
	commands: Command[];
	topics: Record<string, unknown>;
	taskTypes: unknown;
}

function toPlugin(folder: string, {commands, topics, taskTypes}: Declared, isOwn: boolean): Plugin {
	const origin = {folder, isOwn, taskTypes: Object.keys(recordOf(taskTypes))};
	const found: Command[] = [];
	for (const [id, value] of Object.entries(recordOf(commands))) {
		const command = recordOf(value);
		for (const name of [id, ...textsOf(command.aliases)]) found.push(new LazyCommand(name, command, origin));
	}
	return {commands: found, topics: recordOf(topics), taskTypes};
}

/** Where commands come from. */
type Origin = Pick<Command, 'isOwn' | 'taskTypes'> & {folder: string};

/**
 * A command, or another name of it. Most of it is computed on demand: usually few commands are described, and
 * only one command's flags are needed.
 */
class LazyCommand implements Command {
	readonly path: readonly string[];
	readonly isOwn: boolean;
	readonly taskTypes: readonly string[];
	readonly #json: Json;
	readonly #folder: string;

	constructor(name: string, json: Json, {folder, isOwn, taskTypes}: Origin) {
		this.path = name.split(':');
		this.isOwn = isOwn;
		this.taskTypes = taskTypes;
		this.#json = json;
		this.#folder = folder;
	}

	get hidden() {
		return this.#json.hidden === true;
	}

	get description() {
		return firstLine(this.#json.summary ?? this.#json.description);
	}

	get flags() {
		const {flags, flagsFile} = this.#json;
		const own = flags ?? readJson(path.join(this.#folder, textOf(flagsFile))).flags;
		return Object.entries(recordOf(own)).map(([flag, value]) => toFlag(flag, recordOf(value)));
	}

	get args() {
		const takesMore = this.#json.strict === false;
		return Object.entries(recordOf(this.#json.args)).map(([arg, value]) =>
			toArgument(arg, recordOf(value), takesMore),
		);
	}
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
function firstLine(value: unknown): string {
	const line = textOf(value).split('\n', 1)[0] ?? '';
	const filled = line.includes('<%') ? line.replaceAll(/<%= *config\.bin *%>/g, 'kling') : line;
	return filled.endsWith('.') ? filled.slice(0, -1) : filled;
}

/** The description of a topic; undefined when nothing describes it. */
export function topicDescription(topics: Json, words: readonly string[]): string | undefined {
	const name = words.join(':');
	return Object.hasOwn(topics, name) ? firstLine(recordOf(topics[name]).description) : undefined;
}
