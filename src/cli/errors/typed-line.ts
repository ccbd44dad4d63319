import type {Interfaces} from '@oclif/core';

/** A word or flag that oclif's parser found, in the order of the command line. */
export type Token = Interfaces.ParserOutput['raw'][number];

/** What helps to guess which command the user meant. */
export interface KnownCommand {
	/** As it is typed: `video create`. */
	name: string;
	args: readonly string[];
	/** Long names and short ones. */
	flags: readonly {name: string; char?: string | undefined; takesValue: boolean}[];
}

/** What was typed, and what could have been. */
export interface TypedLine {
	bin: string;
	command: KnownCommand;
	/** The other commands of the program. */
	others: readonly KnownCommand[];
	/** The words after the command. */
	argv: readonly string[];
}

type Described = Pick<Interfaces.Config['commands'][number], 'id' | 'args' | 'flags'>;

const knownCommand = ({id, args, flags}: Described, separator: string): KnownCommand => ({
	name: id.replaceAll(':', separator),
	args: Object.keys(args ?? {}),
	flags: Object.entries(flags ?? {}).map(([name, {char, type}]) => ({
		name,
		char,
		takesValue: type === 'option',
	})),
});

/** What was typed after a command of ours. */
export function typedLine(
	{bin, commands, topicSeparator}: Pick<Interfaces.Config, 'bin' | 'commands' | 'topicSeparator'>,
	command: Described,
	argv: readonly string[],
): TypedLine {
	return {
		bin,
		argv,
		command: knownCommand(command, topicSeparator),
		// Wanted for an error only: the flags of all commands are many.
		get others() {
			const others = commands.filter(({id, hidden}) => id !== command.id && !hidden);
			return others.map((other) => knownCommand(other, topicSeparator));
		},
	};
}

/** The words before `--`, which may be flags. */
export const beforeDashes = (argv: readonly string[]): readonly string[] =>
	argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** Marks that word processors and telephones make of two dashes. */
const typographicDashes = /^[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]+-*|^-+[\u2010-\u2015\u2212]+/;

/** A word that begins with a typographic dash, with the dashes that a keyboard has; undefined for others. */
export function withPlainDashes(word: string): string | undefined {
	if (!typographicDashes.test(word)) return undefined;
	const rest = word.replace(typographicDashes, '');
	if (!/^[a-z][\w-]*(=.*)?$/is.test(rest)) return undefined;
	return /^[a-z](=|$)/i.test(rest) ? `-${rest}` : `--${rest}`;
}

const typographicQuotes = '\u201C\u201D\u201E\u201F\u00AB\u00BB\u2018\u2019\u201A\u201B\u300C\u300D\uFF02';

/** A text without typographic quotes around it; undefined where it has none at its beginning. */
export function withoutTypographicQuotes(text: string): string | undefined {
	const [, inside] =
		new RegExp(`^[${typographicQuotes}]([^]*?)[${typographicQuotes}]?$`, 'u').exec(text) ?? [];
	return inside;
}

/** A text in straight quotes, as any shell takes it. */
export const quote = (text: string): string =>
	/["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;

/** Whether a command has a flag. */
export const hasFlag = ({flags}: KnownCommand, name: string): boolean =>
	flags.some((flag) => flag.name === name || flag.char === name);

/** The flag that a word such as `--wait`, `-w` or `--no-wait=x` names, as far as the command has it. */
export function flagNamed({flags}: KnownCommand, word: string): KnownCommand['flags'][number] | undefined {
	const [, dashes, name] = /^(--?)([a-z][\w-]*)/i.exec(word) ?? [];
	if (name === undefined) return undefined;
	if (dashes === '-') return flags.find(({char}) => char === name.slice(0, 1));
	return flags.find((flag) => flag.name === name || `no-${flag.name}` === name);
}
