import type {Interfaces} from '@oclif/core';
import {errorCodes} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {numberIn, speaksOfExit} from '../help/error-topics.js';
import {helpTopicNames} from '../help/topics.js';
import {nearest} from './suggest.js';

type Program = Pick<Interfaces.Config, 'bin' | 'commands' | 'topicSeparator'>;

const namesOf = ({commands, topicSeparator}: Program) =>
	commands.filter(({hidden}) => !hidden).map(({id}) => id.replaceAll(':', topicSeparator));

/** The words that list commands when they are typed alone. */
const topicsOf = (names: readonly string[]) => [
	...new Set(names.flatMap((name) => name.split(' ').slice(0, -1))),
];

/** The commands whose last word it is, of `video` first: the topic was forgotten. */
function byLastWord(word: string, names: readonly string[]): string[] {
	const found = names.filter((name) => name.endsWith(` ${word}`));
	return found.sort((a, b) => Number(b.startsWith('video ')) - Number(a.startsWith('video ')));
}

/** The commands that were probably meant, the likeliest first; none when none is near. */
function meant(typed: readonly string[], names: readonly string[]): string[] {
	const words = typed.map((word) => word.toLowerCase());
	const [first = ''] = words;
	const all = [...names, ...topicsOf(names)];
	const near = (count: number) =>
		[nearest(words.slice(0, count).join(' '), all)].filter((name) => name !== undefined);
	const last = nearest(
		first,
		names.map((name) => name.split(' ').at(-1) ?? ''),
	);
	const guesses = [near(3), near(2), byLastWord(first, names), near(1), byLastWord(last ?? '', names)];
	return guesses.find(({length}) => length > 0) ?? [];
}

const isNumber = (word: string) => /^\d+$/.test(word);

/** What `kling help` takes for words about an exit status or an error; undefined when they are about none. */
export function asksAbout(program: Program, words: readonly string[]): string | undefined {
	const number = numberIn(words);
	// Of a number that is none, the error tells.
	if (speaksOfExit(words)) return number ?? (words.some(isNumber) ? undefined : 'exit-codes');
	// A number behind the words of a command is a value of it.
	const [first = ''] = words;
	return topicsOf(namesOf(program)).includes(first) ? undefined : number;
}

/** Asks whether one of these was meant; undefined when there is none. */
function didYouMean(program: string, guesses: readonly string[]): string | undefined {
	const lines = guesses.map((guess) => `\`${program} ${guess}\``);
	if (lines.length === 0) return undefined;
	return `Did you mean ${lines.join(' or ')}? \`kling help\` lists all commands.`;
}

/**
 * The error for words that are no command. It suggests, and never runs the guess: it could be a command that costs money.
 * @param words all that was typed after the program, flags too
 */
export function unknownCommand(program: Program, words: readonly string[]): KlingError {
	const {bin} = program;
	const names = namesOf(program);
	const typed = words.filter((word) => !word.startsWith('-'));
	const guesses = meant(typed, names);
	const [first = ''] = words;
	if (first.startsWith('-')) {
		const [flag] = first.split('=');
		const hint = `Flags come after the command: \`${bin} ${guesses[0] ?? 'COMMAND'} ${flag}\`. \`${bin} help\` lists all commands.`;
		return new KlingError('unknown_command', `There is no command before ${flag}`, {hint});
	}
	// oclif takes words after a command without arguments for the name of another.
	const known = [3, 2, 1].find((count) => names.includes(typed.slice(0, count).join(' ')));
	const name = typed.slice(0, known).join(' ');
	const isTopic = names.some((other) => other.startsWith(`${name} `));
	if (known !== undefined && typed.length > known && !isTopic) {
		const command = `${bin} ${name}`;
		return new KlingError('invalid_argument', `Unexpected argument: ${typed[known]}`, {
			hint: `\`${command}\` takes no arguments; see ${command} --help`,
		});
	}
	// Words about a number say more than a command that looks like one of them.
	const asked = speaksOfExit(typed) && (numberIn(typed) !== undefined || guesses.length === 0);
	const hint = asked
		? `What it means: ${bin} help ${numberIn(typed) ?? 'exit-codes'}`
		: didYouMean(bin, guesses);
	return new KlingError('unknown_command', `Unknown command: ${bin} ${typed.join(' ')}`, {hint});
}

/** The error for words that there is no help for: no command, no topic, no exit status and no code of an error. */
export function unknownHelp(program: Program, words: readonly string[]): KlingError {
	const {bin} = program;
	const name = words.join(' ');
	const number = words.find(isNumber);
	if (number !== undefined && (words.length === 1 || speaksOfExit(words))) {
		return new KlingError('unknown_command', `${bin} has no exit status ${number}`, {
			hint: `See those that it has: ${bin} help exit-codes`,
		});
	}
	const commands = meant(words, namesOf(program));
	const other = nearest(name.toLowerCase(), [...helpTopicNames, ...errorCodes]);
	const guesses = commands.length > 0 || other === undefined ? commands : [other];
	return new KlingError('unknown_command', `Unknown command: ${bin} ${name}`, {
		hint: didYouMean(`${bin} help`, guesses),
	});
}
