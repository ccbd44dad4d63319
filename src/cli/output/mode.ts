import {type Interfaces, Parser} from '@oclif/core';
import {profilePrefersHuman} from '../../lib/config/human-preference.js';

/** The output that a command line asks for. */
export interface OutputMode {
	/** Text for people instead of JSON. */
	human: boolean;
	/** JSON was explicitly requested. */
	json: boolean;
	/** Selected text and numbers without quotes. */
	raw: boolean;
	/** No progress or notes on stderr. */
	quiet: boolean;
	/** A line on stderr about each request. */
	debug: boolean;
	/** Rows as CSV on stdout; errors go to stderr. */
	csv: boolean;
	/** Everything that is known. */
	verbose: boolean;
}

/** What affects the output mode besides the flags. */
export interface OutputEnvironment {
	env: Readonly<Record<string, string | undefined>>;
	/** Whether stdout is a terminal. Saved preferences for text apply only there. */
	isTerminal: boolean;
	/** The folder of the profiles, if known. */
	configFolder?: string | undefined;
}

/** The flags that decide how errors look while the command is not yet known. */
export const outputFlags = Object.fromEntries(
	Object.entries({
		human: undefined,
		json: undefined,
		raw: undefined,
		quiet: 'q',
		verbose: 'v',
		debug: undefined,
	}).map(([name, char]) => [name, {name, char, type: 'boolean', allowNo: false}]),
) as unknown as Interfaces.FlagInput;

/**
 * Determines the output mode from a command line. oclif's own parser reads the words with every check
 * disabled. The mode is thus known before the command line is found to be wrong, and values, `--` and short
 * flags follow the same rules.
 * @param flags those of the command; `outputFlags` if the command is unknown
 */
export async function outputMode(
	argv: readonly string[],
	flags: Interfaces.FlagInput,
	{env, isTerminal, configFolder}: OutputEnvironment,
): Promise<OutputMode> {
	const given =
		(await flagsIn(argv, withoutChecks(flags))) ??
		// A flag without its value stops oclif's parser; then only the boolean flags are read.
		(await flagsIn(argv, withoutChecks(booleansOf(flags)))) ??
		{};
	const preferred = () =>
		env.KLING_HUMAN
			? env.KLING_HUMAN === '1'
			: configFolder !== undefined && profilePrefersHuman(configFolder, textOf(given.profile), env);
	return {
		human: !given.json && (given.human === true || (isTerminal && preferred())),
		json: given.json === true,
		raw: given.raw === true && given.query !== undefined,
		quiet: given.quiet === true,
		debug: given.debug === true || env.KLING_DEBUG === '1',
		csv: given.csv === true,
		verbose: given.verbose === true,
	};
}

const textOf = (value: unknown): string | undefined =>
	Array.isArray(value) ? textOf(value.at(-1)) : typeof value === 'string' ? value : undefined;

async function flagsIn(
	argv: readonly string[],
	flags: Interfaces.FlagInput,
): Promise<Record<string, unknown> | undefined> {
	try {
		return (await Parser.parse([...argv], {flags, args: {}, strict: false})).flags;
	} catch (error) {
		// Unknown flags cause an error, but the others have been read.
		return (error as {parse?: {output?: {flags?: Record<string, unknown>}}}).parse?.output?.flags;
	}
}

/** The same flags, but accepting any value any number of times. */
const withoutChecks = (flags: Interfaces.FlagInput): Interfaces.FlagInput =>
	Object.fromEntries(
		Object.entries(flags).map(([name, {type, char, aliases, charAliases, ...flag}]) => {
			const names = {name, type, char, aliases, charAliases};
			if (type === 'boolean') {
				const {allowNo} = flag as {allowNo: boolean};
				return [name, {...names, allowNo, parse: async (value: boolean) => value}];
			}
			return [name, {...names, multiple: true, multipleNonGreedy: true, parse: async (text: string) => text}];
		}),
	) as Interfaces.FlagInput;

const booleansOf = (flags: Interfaces.FlagInput): Interfaces.FlagInput =>
	Object.fromEntries(Object.entries(flags).filter(([, {type}]) => type === 'boolean'));
