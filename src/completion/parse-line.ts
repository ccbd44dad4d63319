import type {Catalogue, Command, Flag} from './command-index.js';

/** What the words before the one to complete mean. */
export interface Scan {
	/** The words that name a command or a topic. */
	path: readonly string[];
	command: Command | undefined;
	/** The last given value of each flag, by name; empty for boolean flags. */
	given: ReadonlyMap<string, string>;
	/** The flag whose value comes next. */
	pending: Flag | undefined;
	args: readonly string[];
	/** After `--`, no word is a flag. */
	afterDashes: boolean;
}

/** Parses words like oclif: flags before, between and after arguments, with and without values. */
export function scan(words: readonly string[], {commands}: Catalogue): Scan {
	const {path, command} = commandOf(words, commands);
	const given = new Map<string, string>();
	const args: string[] = [];
	let pending: Flag | undefined;
	let afterDashes = false;
	for (const word of words.slice(path.length)) {
		if (pending) {
			given.set(pending.name, word);
			pending = undefined;
		} else if (afterDashes || !word.startsWith('-') || word === '-') args.push(word);
		else if (word === '--') afterDashes = true;
		else pending = readFlags(word, command?.flags ?? [], given);
	}
	return {path, command, given, pending, args, afterDashes};
}

/** The longest run of words that names a command, or the start of one. */
function commandOf(words: readonly string[], commands: readonly Command[]) {
	let path: string[] = [];
	let command: Command | undefined;
	for (const word of words) {
		const longer = [...path, word];
		if (!commands.some((candidate) => startsWith(candidate.path, longer))) break;
		path = longer;
		command = commands.find(
			(candidate) => candidate.path.length === path.length && startsWith(candidate.path, path),
		);
	}
	return {path, command};
}

export const startsWith = (path: readonly string[], start: readonly string[]) =>
	start.every((word, index) => path[index] === word);

/** The flag that a word names: `--name`, `-c`, or another spelling. */
export function findFlag(word: string, flags: readonly Flag[]): Flag | undefined {
	return flags.find(
		({name, char, allowNo, aliases}) =>
			word === `--${name}` ||
			(char !== undefined && word === `-${char}`) ||
			(allowNo && word === `--no-${name}`) ||
			aliases.includes(word),
	);
}

/** @returns the flag whose value is the next word */
function readFlags(word: string, flags: readonly Flag[], given: Map<string, string>): Flag | undefined {
	if (word.startsWith('--')) {
		const [name = '', ...value] = word.split('=');
		const flag = findFlag(name, flags);
		if (flag?.takesValue && value.length === 0) return flag;
		if (flag) given.set(flag.name, value.join('='));
		return undefined;
	}
	// `-vt create`, `-tcreate`, `-t=create`
	for (let index = 1; index < word.length; index += 1) {
		const flag = findFlag(`-${word[index]}`, flags);
		if (flag === undefined) return undefined;
		const rest = word.slice(index + 1).replace(/^=/, '');
		if (flag.takesValue && rest === '') return flag;
		given.set(flag.name, flag.takesValue ? rest : '');
		if (flag.takesValue) return undefined;
	}
	return undefined;
}
