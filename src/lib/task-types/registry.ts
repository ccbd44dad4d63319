import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskTypeDefinition, TaskTypeInfo} from './definition.js';
import type {TaskType} from './index.js';
import type {Pack} from './packs.js';

/** A type of task: one of ours, or one that a plugin adds. */
export type TaskName = TaskType | (string & {});

/** The names of all types that a command can meet. */
export interface TypeNames {
	/** Ours first. */
	readonly names: readonly TaskName[];
	has(name: TaskName): boolean;
	isOwn(name: TaskName): boolean;
	/** The values of a flag `--type`, with the types that plugins add; unchanged where the flag is about something else. */
	options(values: readonly string[]): string[];
}

/** Every type that a command can meet: ours, and those that plugins add. It travels with the context of a command. */
export interface TypeRegistry extends TypeNames {
	/** @throws KlingError `invalid_type` for a type that nobody has added */
	info(name: TaskName): TaskTypeInfo;
	/** The definition of one of our types, whose requests and prices are known; undefined for a plugin's. */
	definition(name: TaskName): TaskTypeDefinition | undefined;
	/** Whose units tasks of a type cost; those of videos for calls that make no task, and for a type that nobody knows any more. */
	packOf(name: TaskName): Pack;
	/** What a task of a type is downloaded as, unless something else is asked for. */
	mainFormat(name: TaskName): ResultFormat;
}

/**
 * @param own names of the types of the program
 * @param added names of the types of plugins; one that is ours already stays ours
 */
export function createTypeNames(own: readonly string[], added: readonly string[]): TypeNames {
	const names = [...new Set([...own, ...added])];
	// The manifest names the types that the program has, and not those of plugins.
	const isAboutTypes = (values: readonly string[]) => values.length > 0 && values.includes(own[0] ?? '');
	return {
		names,
		has: (name) => names.includes(name),
		isOwn: (name) => own.includes(name),
		options: (values) => (isAboutTypes(values) ? [...new Set([...values, ...names])] : [...values]),
	};
}

/**
 * @param own the definitions of the program
 * @param pluginTypes what plugins add, as collectPluginTypes gives it
 */
export function createTypeRegistry(
	own: readonly TaskTypeDefinition[],
	pluginTypes: Readonly<Record<string, TaskTypeInfo>> = {},
): TypeRegistry {
	const defined = new Map<string, TaskTypeDefinition>(own.map((definition) => [definition.name, definition]));
	const followed = own.filter(({isSynchronous}) => !isSynchronous).map(({name}) => name);
	const typeNames = createTypeNames(followed, Object.keys(pluginTypes));
	const known = (name: TaskName): TaskTypeInfo | undefined =>
		defined.get(name) ?? (Object.hasOwn(pluginTypes, name) ? pluginTypes[name] : undefined);
	const info = (name: TaskName): TaskTypeInfo => {
		const found = known(name);
		if (found) return found;
		throw new KlingError('invalid_type', `There is no type ${name}: ${typeNames.names.join(', ')}`);
	};
	return {
		...typeNames,
		has: (name) => defined.has(name) || typeNames.has(name),
		isOwn: (name) => defined.has(name),
		info,
		definition: (name) => defined.get(name),
		packOf: (name) => known(name)?.pack ?? 'video',
		mainFormat: (name) => info(name).formats[0] ?? 'video',
	};
}
