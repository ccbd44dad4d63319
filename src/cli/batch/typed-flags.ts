import type {Interfaces} from '@oclif/core';

/** A word of a command line, as oclif's parser reports it. */
export type Token = Interfaces.ParserOutput['raw'][number];

/** Flags that say how to print, not what to do; and those that every hint adds by itself. */
const unrepeated = new Set([
	'human',
	'json',
	'query',
	'raw',
	'quiet',
	'debug',
	'profile',
	'region',
	'api',
	'unit-price',
	'image-unit-price',
]);

/**
 * The flags that were typed, as words of a command line that does the same again.
 * @param flags the flags of the command
 * @param left names of flags to leave out
 */
export function typedFlags(
	tokens: readonly Token[],
	flags: Interfaces.FlagInput,
	left: readonly string[] = [],
): string[] {
	return tokens.flatMap((token) => {
		if (token.type !== 'flag' || unrepeated.has(token.flag) || left.includes(token.flag)) return [];
		if (flags[token.flag]?.type === 'boolean') return [`--${token.flag}`];
		// The parser would take a value with a dash for another flag.
		return token.input.startsWith('-')
			? [`--${token.flag}=${token.input}`]
			: [`--${token.flag}`, token.input];
	});
}
