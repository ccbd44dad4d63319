import type {Command, Interfaces} from '@oclif/core';
import {type Capability, statusesOf} from '../../lib/errors/exit-statuses.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {TypeRegistry} from '../../lib/task-types/registry.js';
import type {
	CommandListDocument,
	DescribedArg,
	DescribedCommand,
	DescribedFlag,
} from '../document-types/describe.js';
import {factsOf} from '../flags/facts.js';
import {globalFlags} from '../flags/global.js';
import {withPluginTypes} from '../plugin-task-types.js';
import {capabilitiesOf} from './capabilities.js';

type Program = Pick<Interfaces.Config, 'bin' | 'commands' | 'version'>;

/** What the code of a flag says beyond the manifest. */
type Facts = Readonly<Record<string, {parse?: unknown}>>;

interface OutputEnvironment {
	/** Schema files by the command whose documents they describe. */
	schemas: ReadonlyMap<string, string>;
	/** The task types, including those of plugins, for the values of --type. */
	types: TypeRegistry;
}

const nameOf = ({id}: {id: string}) => id.replaceAll(':', ' ');

/**
 * Describes commands for programs, from the commands' own declarations.
 * @param prefix first words of the commands; empty for all
 */
export async function describeCommands(
	{bin, commands, version}: Program,
	prefix: string,
	surroundings: OutputEnvironment,
): Promise<CommandListDocument> {
	const isWanted = (name: string) => prefix === '' || name === prefix || name.startsWith(`${prefix} `);
	const wanted = commands
		.filter((command) => !command.hidden && isWanted(nameOf(command)))
		.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
	const described = await Promise.all(
		wanted.map(async (command) => describe(command, await codeOf(command), bin, surroundings)),
	);
	return {
		success: true,
		version,
		global_flags: flagsOf(globalFlags as unknown as Command.Loadable['flags'], globalFlags),
		commands: described,
		count: described.length,
	};
}

/**
 * Facts that are only in a command's code, not in the manifest: types of values, and what a plugin's command
 * inherits.
 */
interface Code {
	facts: Facts;
	/** Undefined for a command that is not based on KlingCommand. */
	capabilities: readonly Capability[] | undefined;
}

/** Every command based on KlingCommand has this flag. */
const isBuiltOnOurs = ({flags}: Command.Loadable) => 'request-timeout' in flags;

async function codeOf(command: Command.Loadable): Promise<Code> {
	const declared = capabilitiesOf(command);
	if (!isBuiltOnOurs(command)) return {facts: {}, capabilities: declared};
	try {
		const loaded = await command.load();
		const {capabilities} = loaded as unknown as {capabilities?: readonly Capability[]};
		return {
			facts: {...loaded.baseFlags, ...loaded.flags} as Facts,
			capabilities: declared ?? capabilities,
		};
	} catch {
		// A plugin whose code does not load is described by its manifest alone.
		return {facts: {}, capabilities: declared};
	}
}

function describe(
	command: Command.Loadable,
	{facts, capabilities}: Code,
	bin: string,
	{schemas, types}: OutputEnvironment,
): DescribedCommand {
	const name = nameOf(command);
	const own = Object.fromEntries(
		Object.entries(withPluginTypes(command.flags, types)).filter(([flag]) => !(flag in globalFlags)),
	);
	return definedOnly({
		name,
		summary: (command.summary ?? command.description ?? '').split('\n')[0] ?? '',
		plugin: command.pluginType === 'core' ? undefined : command.pluginName,
		args: Object.values(command.args).map(argOf),
		takes_words: command.strict === false || undefined,
		flags: flagsOf(own, facts),
		exit_statuses: capabilities && statusesOf(capabilities).map(({status}) => status),
		costs_money: capabilities?.includes('paying'),
		schema: schemas.has(name) ? `${bin} schema ${name}` : undefined,
	});
}

const argOf = ({name, description, required, multiple, options}: Command.Arg.Cached): DescribedArg =>
	definedOnly({
		name,
		description,
		required: required || undefined,
		multiple: (multiple as boolean | undefined) || undefined,
		choices: options,
	});

const flagsOf = (flags: Command.Loadable['flags'], facts: Facts): DescribedFlag[] =>
	Object.entries(flags)
		.filter(([, flag]) => !flag.hidden)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, flag]) => flagOf(name, flag, facts[name] ?? {}));

/** Properties of flags that take a value. */
interface OptionFacts {
	options?: string[];
	multiple?: boolean;
	helpValue?: string;
	default?: string | number | boolean;
}

function flagOf(name: string, flag: Command.Flag.Cached, code: {parse?: unknown}): DescribedFlag {
	const {type, minimum, maximum, maxLength} = (factsOf(code).schema ?? {}) as {
		type?: 'string' | 'integer' | 'number';
		minimum?: number;
		maximum?: number;
		maxLength?: number;
	};
	const isBoolean = flag.type === 'boolean';
	const {options, multiple, helpValue, default: usual} = flag as OptionFacts;
	return definedOnly({
		name,
		char: flag.char,
		type: isBoolean ? ('boolean' as const) : (type ?? 'string'),
		value: helpValue,
		description: flag.description ?? flag.summary,
		default: usual,
		choices: options,
		minimum,
		maximum,
		max_length: maxLength,
		required: flag.required || undefined,
		multiple: multiple || undefined,
		negatable: (isBoolean && flag.allowNo) || undefined,
		needs: flag.dependsOn,
		excludes: flag.exclusive,
	});
}
