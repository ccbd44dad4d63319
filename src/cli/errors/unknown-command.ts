import type {Interfaces} from '@oclif/core';
import {errorCodes} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {tableOf} from '../../lib/system/table-of.js';
import {isAboutExitStatus, statusOrCodeIn} from '../help/error-topics.js';
import {helpTopicNames} from '../help/topics.js';
import {looksLikeKey, namesSecret, secretOnLine} from './secrets-on-line.js';
import {nearest} from './suggest.js';
import {withPlainDashes} from './typed-line.js';

type Program = Pick<Interfaces.Config, 'bin' | 'commands' | 'topicSeparator'>;

const namesOf = ({commands, topicSeparator}: Program) =>
	commands.filter(({hidden}) => !hidden).map(({id}) => id.replaceAll(':', topicSeparator));

/** Topics, which list their commands when typed alone. */
const topicsOf = (names: readonly string[]) => [
	...new Set(names.flatMap((name) => name.split(' ').slice(0, -1))),
];

/** The commands with this last word, those of `video` first, for when the topic was forgotten. */
function byLastWord(word: string, names: readonly string[]): string[] {
	const found = names.filter((name) => name.endsWith(` ${word}`));
	return found.sort((a, b) => Number(b.startsWith('video ')) - Number(a.startsWith('video ')));
}

/** The commands that were probably meant, most likely first; empty when none is close. */
function likelyCommands(typed: readonly string[], names: readonly string[]): string[] {
	const words = typed.map((word) => word.toLowerCase());
	const [first = ''] = words;
	const all = [...names, ...topicsOf(names)];
	// After a correct topic, the next word must be close on its own.
	const isNear = (name: string, count: number) =>
		count < 2 || nearest(words[count - 1] ?? '', [name.split(' ')[count - 1] ?? '']) !== undefined;
	const near = (count: number) =>
		[nearest(words.slice(0, count).join(' '), all)].filter(
			(name) => name !== undefined && isNear(name, count),
		) as string[];
	const last = nearest(
		first,
		names.map((name) => name.split(' ').at(-1) ?? ''),
	);
	const guesses = [near(3), near(2), byLastWord(first, names), near(1), byLastWord(last ?? '', names)];
	return guesses.find(({length}) => length > 0) ?? [];
}

/** Other names for this program's commands, by the last word. */
const otherNames = tableOf<string>({
	...each('whoami me user current', 'auth status'),
	...each('signin sign-in authenticate setup init configure', 'auth login'),
	...each('signout sign-out', 'auth logout'),
	...each('make generate gen new submit text-to-video t2v txt2video', 'video create'),
	...each('animate image-to-video i2v img2video', 'video image2video'),
	...each('sound audio foley sfx', 'video add-sound'),
	...each('get show info view describe check inspect', 'video status'),
	...each('ls all tasks', 'video list'),
	...each('fetch save pull dl', 'video download'),
	...each('poll watch follow', 'video wait'),
	...each('credits credit units money quota usage', 'account balance'),
	...each('costs pricing', 'account costs'),
	...each('txt2img t2i text-to-image text2image picture', 'image create'),
	...each('completion completions complete', 'autocomplete'),
	...each('env config settings', 'help environment'),
});

/** Other names for a command of the same topic, with the last words that it may have here. */
const sameTopic = tableOf<readonly string[]>({
	...each('remove rm del delete', ['delete', 'logout']),
	...each('add new make generate gen', ['create', 'login']),
	...each('get show info view describe', ['show', 'status']),
	...each('use select', ['switch']),
	...each('ls all', ['list']),
});

function each<T>(words: string, value: T): Record<string, T> {
	return Object.fromEntries(words.split(' ').map((word) => [word, value]));
}

/** Actions that Kling's API does not offer for tasks. */
const impossible = /^(delete|remove|rm|del|cancel|stop|abort|kill|terminate|pause)$/;

/** The topics whose commands make tasks. */
const tasksOf = /^(video|image|audio)$/;

/** What to type when the words name something that is not a command. */
function hintByMeaning(bin: string, typed: readonly string[], names: readonly string[]): string | undefined {
	const words = typed.map((word) => word.toLowerCase());
	const [topic] = words;
	const isTopic = words.length > 1 && names.some((name) => name.startsWith(`${topic} `));
	const word = words[isTopic ? 1 : 0] ?? '';
	if (isTopic && /\.(csv|tsv|jsonl|ndjson|ya?ml)$/.test(word) && names.includes(`${topic} run`)) {
		const list = typed[1];
		return `To check and price it: \`${bin} ${topic} plan ${list}\`. To make it: \`${bin} ${topic} run ${list}\``;
	}
	const near = isTopic && sameTopic[word]?.find((last) => names.includes(`${topic} ${last}`));
	if (near) return `Did you mean \`${bin} ${topic} ${near}\`? \`${bin} help\` lists all commands.`;
	if (/^(models?|model-list)$/.test(word)) return `Which model does what: \`${bin} models\``;
	if (/^(prices?|pricing|cost)$/.test(word) && !names.some((name) => name.split(' ')[0] === word)) {
		return `What things cost: \`${bin} account prices\`. What a video would cost: \`${bin} video create "…" --dry-run\`. What was bought: \`${bin} account costs\``;
	}
	if (impossible.test(word) && (isTopic ? tasksOf.test(topic ?? '') : true)) {
		return `Kling cannot delete or cancel a task; it deletes results after 30 days. See how it is doing: \`${bin} video status TASK_ID\``;
	}
	const command = otherNames[word];
	return command === undefined
		? undefined
		: `Did you mean \`${bin} ${command}\`? \`${bin} help\` lists all commands.`;
}

/** Whether a first word asks for the version. */
const asksForVersion = (word: string) =>
	/^-{1,2}(v|V|ver|vers|version)$/.test(word) || nearest(word, ['--version']) !== undefined;

const isNumber = (word: string) => /^\d+$/.test(word);

/**
 * The word about an exit status or an error that `kling help` would accept; undefined when the words are not
 * about one.
 */
export function helpWordFor(program: Program, words: readonly string[]): string | undefined {
	const number = statusOrCodeIn(words);
	// If the number is not an exit status, the error says so.
	if (isAboutExitStatus(words)) return number ?? (words.some(isNumber) ? undefined : 'exit-codes');
	// A number after the words of a command is one of its values.
	const [first = ''] = words;
	return topicsOf(namesOf(program)).includes(first) ? undefined : number;
}

const commandsOf = (program: string, topic: string) => `See its commands: \`${program} ${topic} --help\``;

/** The question whether one of these was meant; undefined when there are none. */
function didYouMean(program: string, guesses: readonly string[]): string | undefined {
	const lines = guesses.map((guess) => `\`${program} ${guess}\``);
	if (lines.length === 0) return undefined;
	return `Did you mean ${lines.join(' or ')}? \`kling help\` lists all commands.`;
}

/**
 * The error for an unknown command. It only suggests a guess and never runs it, because that command could
 * cost money.
 * @param words everything typed after the program, including flags
 */
export function unknownCommand(program: Program, words: readonly string[]): KlingError {
	const {bin} = program;
	const names = namesOf(program);
	// What follows a flag may be its value, and a secret.
	const firstFlag = words.findIndex((word) => word.startsWith('-'));
	const typed = words
		.slice(0, firstFlag < 1 ? words.length : firstFlag)
		.filter((word) => !word.startsWith('-'));
	const guesses = likelyCommands(typed, names);
	const [first = ''] = words;
	if (first.startsWith('-')) {
		const [flag = first] = first.split('=');
		if (asksForVersion(flag)) {
			return new KlingError('unknown_command', `${flag} has no command before it`, {
				hint: `The version: \`${bin} --version\`. Flags such as -v come after a command.`,
			});
		}
		if (namesSecret(flag)) return secretOnLine(program);
		const hint = `Flags come after the command: \`${bin} ${guesses[0] ?? 'COMMAND'} ${flag}\`. \`${bin} help\` lists all commands.`;
		return new KlingError('unknown_command', `${flag} has no command before it`, {hint});
	}
	// oclif takes words after a command without arguments for the name of another command.
	const known = [3, 2, 1].find((count) => names.includes(typed.slice(0, count).join(' ')));
	const name = typed.slice(0, known).join(' ');
	const isTopic = names.some((other) => other.startsWith(`${name} `));
	if (known !== undefined && typed.length > known && !isTopic) {
		return unexpected(program, name, typed[known] ?? '');
	}
	// Words about a number are more telling than a command with a similar name.
	const asked =
		isAboutExitStatus(typed) &&
		(statusOrCodeIn(typed) !== undefined || typed.some(isNumber) || guesses.length === 0);
	if (first === 'version') {
		return new KlingError('unknown_command', `Unknown command: ${bin} version`, {
			hint: `The version: \`${bin} --version\``,
		});
	}
	const hint = asked
		? `What it means: ${bin} help ${statusOrCodeIn(typed) ?? 'exit-codes'}`
		: (hintByMeaning(bin, typed, names) ??
			(isTopic || guesses[0] === typed[0] ? commandsOf(bin, typed[0] ?? '') : didYouMean(bin, guesses)));
	const shown = typed.map((word) => (looksLikeKey(word) ? '…' : word)).join(' ');
	return new KlingError('unknown_command', `Unknown command: ${bin} ${shown}`, {hint});
}

/** The error for a word after a command that takes none. After commands about keys, the word may be a key. */
function unexpected(program: Program, name: string, word: string): KlingError {
	const command = `${program.bin} ${name}`;
	if (looksLikeKey(word)) return secretOnLine(program);
	const plain = withPlainDashes(word);
	if (plain !== undefined) {
		return new KlingError('invalid_flag', `${word} begins with a typographic dash, so it is not a flag`, {
			hint: `Type plain hyphens: ${plain}`,
		});
	}
	const flags = program.commands.find(({id}) => id.replaceAll(':', program.topicSeparator) === name)?.flags;
	const hint =
		flags !== undefined && Object.hasOwn(flags, 'name')
			? `If it is the name, type --name ${word}`
			: `\`${command}\` takes no arguments; see ${command} --help`;
	if (!name.startsWith('auth '))
		return new KlingError('invalid_argument', `Unexpected argument: ${word}`, {hint});
	return new KlingError('invalid_argument', `\`${command}\` takes no arguments, and one was given`, {
		hint: `${program.bin} auth login asks for keys; never type them on the command line. --profile NAME names a profile.`,
	});
}

/** The error for a help request that matches no command, topic, exit status or error code. */
export function unknownHelp(program: Program, words: readonly string[]): KlingError {
	const {bin} = program;
	const name = words.join(' ');
	const number = words.find(isNumber);
	if (number !== undefined && (words.length === 1 || isAboutExitStatus(words))) {
		return new KlingError('unknown_command', `${bin} has no exit status ${number}`, {
			hint: `See all of them: ${bin} help exit-codes`,
		});
	}
	const byMeaning = hintByMeaning(bin, words, namesOf(program));
	if (byMeaning !== undefined)
		return new KlingError('unknown_command', `There is no help about ${name}`, {hint: byMeaning});
	const commands = likelyCommands(words, namesOf(program));
	const other = nearest(name.toLowerCase(), [...helpTopicNames, ...errorCodes]);
	const guesses = commands.length > 0 || other === undefined ? commands : [other];
	return new KlingError('unknown_command', `Unknown command: ${bin} ${name}`, {
		hint: didYouMean(`${bin} help`, guesses),
	});
}
