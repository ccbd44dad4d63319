import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskTypeDefinition, TaskTypeInfo} from './definition.js';
import {definitions, type TaskType} from './index.js';

/** A type of task: one of ours, or one that a plugin adds. */
export type TaskName = TaskType | (string & {});

/** Every type that a command can meet: ours, and those that plugins add. It travels with the context of a command. */
export interface TypeRegistry {
	/** All names, ours first. */
	readonly names: readonly TaskName[];
	has(name: TaskName): boolean;
	/** @throws KlingError `invalid_type` for a type that nobody has added */
	info(name: TaskName): TaskTypeInfo;
	/** The definition of one of our types, whose requests and prices are known; undefined for a plugin's. */
	definition(name: TaskName): TaskTypeDefinition | undefined;
	/** What a task of a type is downloaded as, unless something else is asked for. */
	mainFormat(name: TaskName): ResultFormat;
	/** The values of a flag `--type`, with the types that plugins add; unchanged where the flag is about something else. */
	options(values: readonly string[]): string[];
}

/**
 * @param pluginTypes what plugins add, as readPluginTypes gives it; a name of ours stays ours
 * @param own the definitions of the program
 */
export function createTypeRegistry(
	pluginTypes: Readonly<Record<string, TaskTypeInfo>> = {},
	own: readonly TaskTypeDefinition[] = definitions,
): TypeRegistry {
	const defined = new Map<string, TaskTypeDefinition>(own.map((definition) => [definition.name, definition]));
	const added = new Map(Object.entries(pluginTypes).filter(([name]) => !defined.has(name)));
	const names = [...defined.keys(), ...added.keys()];
	const info = (name: TaskName): TaskTypeInfo => {
		const found = defined.get(name) ?? added.get(name);
		if (found) return found;
		throw new KlingError('invalid_type', `There is no type ${name}: ${names.join(', ')}`);
	};
	// The manifest names the types that the program has.
	const isAboutTypes = (values: readonly string[]) => definitions.every(({name}) => values.includes(name));
	return {
		names,
		has: (name) => defined.has(name) || added.has(name),
		info,
		definition: (name) => defined.get(name),
		mainFormat: (name) => info(name).formats[0] ?? 'video',
		options: (values) => (isAboutTypes(values) ? [...new Set([...values, ...names])] : [...values]),
	};
}
