import {type Interfaces, Parser} from '@oclif/core';
import {profilePrefersHuman} from '../../lib/config/human-preference.js';

/** How a command line asks for its output. */
export interface OutputMode {
	/** Text for people instead of JSON. */
	human: boolean;
	/** JSON was asked for by name. */
	json: boolean;
	/** Texts and numbers that a query selects, without quotes. */
	raw: boolean;
	/** No progress and no notes on stderr. */
	quiet: boolean;
	/** A line on stderr about each request. */
	debug: boolean;
	/** Rows as CSV on stdout; errors then go to stderr. */
	csv: boolean;
	/** All that is known. */
	verbose: boolean;
}

/** What decides beside the flags. */
export interface Surroundings {
	env: Readonly<Record<string, string | undefined>>;
	/** Whether stdout is a terminal: the standing preferences for text count there only. */
	isTerminal: boolean;
	/** Where the profiles are, as far as it is known. */
	configFolder?: string | undefined;
}

/** The flags that decide how errors look before it is known which command is meant. */
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
 * How to print what a command line leads to. oclif's own parser reads the words, with every check left out: so it is known before the
 * command line is found to be wrong, by the same rules about values, `--` and short flags.
 * @param flags those of the command; of words that are no command, `outputFlags`
 */
export async function outputMode(
	argv: readonly string[],
	flags: Interfaces.FlagInput,
	{env, isTerminal, configFolder}: Surroundings,
): Promise<OutputMode> {
	const given =
		(await flagsIn(argv, withoutChecks(flags))) ??
		// A flag without its value keeps oclif from reading on: then those that take none are all that is read.
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
		// Flags that the command does not know; the others were read.
		return (error as {parse?: {output?: {flags?: Record<string, unknown>}}}).parse?.output?.flags;
	}
}

/** The same names, which take any value any number of times. */
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
