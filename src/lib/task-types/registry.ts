import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskTypeDefinition, TaskTypeInfo} from './definition.js';
import type {TaskType} from './index.js';
import type {Pack} from './packs.js';

/** A task type: built in, or added by a plugin. */
export type TaskName = TaskType | (string & {});

/** The names of all types that a command can encounter. */
export interface TypeNames {
	/** Built-in types first. */
	readonly names: readonly TaskName[];
	has(name: TaskName): boolean;
	isOwn(name: TaskName): boolean;
	/**
	 * The values of a `--type` flag, including plugin types. The values of other flags are returned
	 * unchanged.
	 */
	options(values: readonly string[]): string[];
}

/**
 * Every type that a command can encounter: built-in types and those of plugins. It is part of a command's
 * context.
 */
export interface TypeRegistry extends TypeNames {
	/** @throws KlingError `invalid_type` for an unknown type */
	info(name: TaskName): TaskTypeInfo;
	/**
	 * The definition of a built-in type, which includes its requests and prices; undefined for a plugin's
	 * type.
	 */
	definition(name: TaskName): TaskTypeDefinition | undefined;
	/**
	 * The pack that pays for tasks of a type. Calls that make no task, and types that no longer exist, are
	 * paid from the video pack.
	 */
	packOf(name: TaskName): Pack;
	/** The default download format of a type. */
	mainFormat(name: TaskName): ResultFormat;
}

/**
 * @param own names of the built-in types
 * @param added names of plugin types. A built-in type keeps its name.
 */
export function createTypeNames(own: readonly string[], added: readonly string[]): TypeNames {
	const names = [...new Set([...own, ...added])];
	// The manifest lists the built-in types, but not those of plugins.
	const isAboutTypes = (values: readonly string[]) => values.length > 0 && values.includes(own[0] ?? '');
	return {
		names,
		has: (name) => names.includes(name),
		isOwn: (name) => own.includes(name),
		options: (values) => (isAboutTypes(values) ? [...new Set([...values, ...names])] : [...values]),
	};
}

/**
 * @param own the built-in definitions
 * @param pluginTypes the types of plugins, from `collectPluginTypes`
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
