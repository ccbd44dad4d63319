import type {Interfaces} from '@oclif/core';

/** A word or flag found by oclif's parser, in command-line order. */
export type Token = Interfaces.ParserOutput['raw'][number];

/** What is needed to guess which command the user meant. */
export interface KnownCommand {
	/** As typed: `video create`. */
	name: string;
	args: readonly string[];
	/** Long and short names. */
	flags: readonly {name: string; char?: string | undefined; takesValue: boolean}[];
}

/** The typed command line, and the commands that could have been meant. */
export interface TypedLine {
	bin: string;
	command: KnownCommand;
	/** The program's other commands. */
	others: readonly KnownCommand[];
	/** The words after the command. */
	argv: readonly string[];
}

type CommandDefinition = Pick<Interfaces.Config['commands'][number], 'id' | 'args' | 'flags'>;

const knownCommand = ({id, args, flags}: CommandDefinition, separator: string): KnownCommand => ({
	name: id.replaceAll(':', separator),
	args: Object.keys(args ?? {}),
	flags: Object.entries(flags ?? {}).map(([name, {char, type}]) => ({
		name,
		char,
		takesValue: type === 'option',
	})),
});

/** The words typed after one of this program's commands. */
export function typedLine(
	{bin, commands, topicSeparator}: Pick<Interfaces.Config, 'bin' | 'commands' | 'topicSeparator'>,
	command: CommandDefinition,
	argv: readonly string[],
): TypedLine {
	return {
		bin,
		argv,
		command: knownCommand(command, topicSeparator),
		// Computed only for errors, because the flags of all commands are many.
		get others() {
			const others = commands.filter(({id, hidden}) => id !== command.id && !hidden);
			return others.map((other) => knownCommand(other, topicSeparator));
		},
	};
}

/** The words before `--`, which may be flags. */
export const beforeDashes = (argv: readonly string[]): readonly string[] =>
	argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** Characters that word processors and phones substitute for two dashes. */
const typographicDashes = /^[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]+-*|^-+[\u2010-\u2015\u2212]+/;

/** Replaces a typographic dash at the start of a word with plain dashes; undefined for other words. */
export function withPlainDashes(word: string): string | undefined {
	if (!typographicDashes.test(word)) return undefined;
	const rest = word.replace(typographicDashes, '');
	if (!/^[a-z][\w-]*(=.*)?$/is.test(rest)) return undefined;
	return /^[a-z](=|$)/i.test(rest) ? `-${rest}` : `--${rest}`;
}

const typographicQuotes = '\u201C\u201D\u201E\u201F\u00AB\u00BB\u2018\u2019\u201A\u201B\u300C\u300D\uFF02';

/** Removes typographic quotes around a text; undefined when it does not start with one. */
export function withoutTypographicQuotes(text: string): string | undefined {
	const [, inside] =
		new RegExp(`^[${typographicQuotes}]([^]*?)[${typographicQuotes}]?$`, 'u').exec(text) ?? [];
	return inside;
}

/** Quotes a text for any shell. */
export const quote = (text: string): string =>
	/["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;

/** Whether a command has a flag. */
export const hasFlag = ({flags}: KnownCommand, name: string): boolean =>
	flags.some((flag) => flag.name === name || flag.char === name);

/** The flag named by a word such as `--wait`, `-w` or `--no-wait=x`, if the command has it. */
export function flagNamed({flags}: KnownCommand, word: string): KnownCommand['flags'][number] | undefined {
	const [, dashes, name] = /^(--?)([a-z][\w-]*)/i.exec(word) ?? [];
	if (name === undefined) return undefined;
	if (dashes === '-') return flags.find(({char}) => char === name.slice(0, 1));
	return flags.find((flag) => flag.name === name || `no-${flag.name}` === name);
}

/** The words of an unquoted prompt, without flags, their values, or typographic quotes. */
export function promptWords({argv, command}: TypedLine): string {
	const words: string[] = [];
	for (let at = 0; at < argv.length; at++) {
		const word = argv[at] ?? '';
		if (word.startsWith('-')) {
			const flag = flagNamed(command, word);
			if (flag?.takesValue && !word.includes('=') && (word.startsWith('--') || word.length === 2)) at++;
		} else words.push(word);
	}
	return words
		.join(' ')
		.replace(/^[\u2018-\u201F\u00AB\u300C"']+|[\u2018-\u201F\u00BB\u300D"']+$/gu, '')
		.trim();
}
