import type {Command, Interfaces} from '@oclif/core';
import {addTaskTypes, withAddedTypes} from '../lib/task-types/registry.js';

/** Plugins whose types are known already: oclif parses a command line more than once for some commands. */
const seen = new WeakSet<object>();

/**
 * Adds the types of task that plugins describe in their package.json, and lets `--type` have them. It is the
 * description that is read, no code: a type costs nothing until a task of it is asked for.
 * @param flags of the command: the values of its `--type` are added to, if they are types of task
 * @returns what is wrong with the descriptions, for people
 */
export function addPluginTypes(
	plugins: Iterable<Interfaces.Plugin>,
	flags: Readonly<Record<string, Interfaces.Flag<unknown> | Command.Flag.Cached>> | undefined,
): string[] {
	const flaws = [...plugins].flatMap((plugin) => {
		// The program's own description is in the bundle; others come as they stand in the file.
		const {kling} = plugin.pjson as {kling?: {taskTypes?: unknown} | null};
		if (!kling || seen.has(plugin)) return [];
		seen.add(plugin);
		return addTaskTypes(kling.taskTypes).map((flaw) => `plugin ${plugin.name}: ${flaw}`);
	});
	const type = flags?.type;
	if (type?.type === 'option' && type.options) type.options = withAddedTypes(type.options);
	return flaws;
}
