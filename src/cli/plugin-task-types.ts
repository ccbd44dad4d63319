import type {Command, Interfaces} from '@oclif/core';
import {definitions, taskTypeNames} from '../lib/task-types/index.js';
import {collectPluginTypes} from '../lib/task-types/plugin-types.js';
import {createTypeRegistry, type TypeRegistry} from '../lib/task-types/registry.js';

/** The task types of the program and its plugins. */
interface LoadedTypes {
	types: TypeRegistry;
	/** What is wrong with plugins' descriptions, for people. */
	flaws: string[];
}

type DescribedPlugin = Pick<Interfaces.Plugin, 'name' | 'pjson'>;

// The program's own types are in the bundle; those of plugins come unchecked from their package.json.
const describedTypes = ({pjson}: DescribedPlugin) =>
	(pjson as {kling?: {taskTypes?: unknown} | null}).kling?.taskTypes;

/** Whether any plugin describes task types. */
export const hasPluginTypes = (plugins: Iterable<DescribedPlugin>): boolean =>
	[...plugins].some((plugin) => describedTypes(plugin) !== undefined);

/**
 * Reads the task types that plugins describe in their package.json. No plugin code is loaded, so a type costs
 * nothing until it is used.
 */
export function loadTypes(plugins: Iterable<DescribedPlugin>): LoadedTypes {
	const described = [...plugins].map((plugin) => ({name: plugin.name, taskTypes: describedTypes(plugin)}));
	const {types, flaws} = collectPluginTypes(described, taskTypeNames);
	return {types: createTypeRegistry(definitions, types), flaws};
}

/** Adds the types of plugins to the values of `--type`; other flags are unchanged. */
export function withPluginTypes<
	F extends Readonly<Record<string, Interfaces.Flag<unknown> | Command.Flag.Cached>>,
>(flags: F, types: TypeRegistry): F {
	const {type} = flags;
	if (type?.type !== 'option' || !type.options) return flags;
	return {...flags, type: {...type, options: types.options(type.options)}};
}

/** A parser input that includes the types of plugins in `--type`. */
export function inputWithTypes<
	F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
	B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
	A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
>(input: Interfaces.Input<F, B, A>, types: TypeRegistry): Interfaces.Input<F, B, A> {
	const {flags, baseFlags, args} = input;
	// A copy of a class contains only what it does not inherit.
	return {
		...input,
		...(baseFlags && {baseFlags}),
		...(args && {args}),
		...(flags && {flags: withPluginTypes(flags, types)}),
	};
}
