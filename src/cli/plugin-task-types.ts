import type {Command, Interfaces} from '@oclif/core';
import {definitions, taskTypeNames} from '../lib/task-types/index.js';
import {collectPluginTypes} from '../lib/task-types/plugin-types.js';
import {createTypeRegistry, type TypeRegistry} from '../lib/task-types/registry.js';

/** The types of task of the program and its plugins. */
interface LoadedTypes {
	types: TypeRegistry;
	/** What is wrong with the descriptions of plugins, for people. */
	flaws: string[];
}

type DescribedPlugin = Pick<Interfaces.Plugin, 'name' | 'pjson'>;

// The program's own description is in the bundle; others come as they stand in the file.
const describedTypes = ({pjson}: DescribedPlugin) =>
	(pjson as {kling?: {taskTypes?: unknown} | null}).kling?.taskTypes;

/** Whether there is a plugin that describes types of task. */
export const hasPluginTypes = (plugins: Iterable<DescribedPlugin>): boolean =>
	[...plugins].some((plugin) => describedTypes(plugin) !== undefined);

/**
 * Reads the types of task that plugins describe in their package.json. It is the description that is read, no code: a
 * type costs nothing until a task of it is asked for.
 */
export function loadTypes(plugins: Iterable<DescribedPlugin>): LoadedTypes {
	const described = [...plugins].map((plugin) => ({name: plugin.name, taskTypes: describedTypes(plugin)}));
	const {types, flaws} = collectPluginTypes(described, taskTypeNames);
	return {types: createTypeRegistry(definitions, types), flaws};
}

/** Flags in which `--type` takes the types of plugins; the others stay as they are. */
export function withPluginTypes<
	F extends Readonly<Record<string, Interfaces.Flag<unknown> | Command.Flag.Cached>>,
>(flags: F, types: TypeRegistry): F {
	const {type} = flags;
	if (type?.type !== 'option' || !type.options) return flags;
	return {...flags, type: {...type, options: types.options(type.options)}};
}

/** What to parse, with the types of plugins as values of `--type`. */
export function inputWithTypes<
	F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
	B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
	A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
>(input: Interfaces.Input<F, B, A>, types: TypeRegistry): Interfaces.Input<F, B, A> {
	const {flags, baseFlags, args} = input;
	// Of a class, a copy holds only what it does not inherit.
	return {
		...input,
		...(baseFlags && {baseFlags}),
		...(args && {args}),
		...(flags && {flags: withPluginTypes(flags, types)}),
	};
}
