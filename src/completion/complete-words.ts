import {type Catalogue, type Command, type Flag, topicDescription} from './command-index.js';
import {type Candidate, type Completions, wordsOf} from './completions.js';
import {findFlag, type Scan, scan, startsWith} from './parse-line.js';
import {argumentValues, flagValues, type LocalData} from './values.js';

/**
 * What could replace the last of these words.
 * @param words after `kling`. The last one is being typed, and empty if it has not been started.
 */
export async function offer(
	words: readonly string[],
	catalogue: Catalogue,
	local: LocalData,
): Promise<Completions> {
	const current = words.at(-1) ?? '';
	const seen = scan(words.slice(0, -1), catalogue);
	if (seen.path[0] === 'help') return wordsOf(helpOffer([...seen.path.slice(1), ...seen.args], catalogue));
	const {command, pending} = seen;
	if (pending && command) return flagValues(pending, command, local, current);
	if (!seen.afterDashes && current.startsWith('-')) return flagCompletions(current, seen, local);

	if (command && takesCommands(command) && !seen.afterDashes) {
		return wordsOf(subcommands(seen.args, catalogue));
	}
	const next = seen.args.length === 0 && !seen.afterDashes ? subcommands(seen.path, catalogue) : [];
	if (command === undefined) return wordsOf(next);
	const values = await argumentValues(command, seen, catalogue, local);
	if (values.kind === 'files') return values;
	const all = [...next, ...values.candidates];
	// When there is no word to offer, flags are offered.
	return wordsOf(all.length > 0 || current !== '' || seen.afterDashes ? all : flagNames('', seen));
}

/** Commands whose arguments are the names of commands. */
const takesCommands = ({isOwn, path: [first = '', ...more]}: Command) =>
	isOwn && more.length === 0 && ['commands', 'schema'].includes(first);

async function flagCompletions(current: string, seen: Scan, local: LocalData): Promise<Completions> {
	const at = current.indexOf('=');
	const flag = at > 0 && findFlag(current.slice(0, at), seen.command?.flags ?? []);
	if (!flag || !seen.command) return wordsOf(flagNames(current, seen));
	const values = await flagValues(flag, seen.command, local, current.slice(at + 1));
	if (values.kind === 'files') return values;
	const start = current.slice(0, at + 1);
	return wordsOf(values.candidates.map(({value, ...rest}) => ({value: start + value, ...rest})));
}

const help: Candidate = {value: '--help', description: 'show what it does and takes'};
const version: Candidate = {value: '--version', description: 'show the version'};

/** Flags by their long names. A short flag that has been typed is already complete. */
function flagNames(current: string, {command, path, given}: Scan): Candidate[] {
	if (command === undefined) return path.length === 0 ? [help, version] : [help];
	const possible = command.flags.filter((flag) => !flag.hidden && isPossible(flag, given));
	const short = possible.filter(({char}) => char !== undefined && current === `-${char}`);
	if (short.length > 0) return short.map(({description}) => ({value: current, description}));
	const long = possible.flatMap(({name, allowNo, description}) => [
		{value: `--${name}`, description},
		...(allowNo ? [{value: `--no-${name}`, description: `not: ${description}`}] : []),
	]);
	const asksForHelp = possible.some(({name}) => name === 'help') ? [] : [help];
	return [...long.sort((a, b) => (a.value < b.value ? -1 : 1)), ...asksForHelp];
}

const isPossible = ({name, multiple, exclusive}: Flag, given: ReadonlyMap<string, string>) =>
	(multiple || !given.has(name)) && !exclusive.some((other) => given.has(other));

/**
 * Topics that do not belong to a command. Their names are listed here so that their texts need not be loaded.
 */
const helpTopics: readonly Candidate[] = [
	{value: 'environment', description: 'variables, and where files are'},
	{value: 'exit-codes', description: 'exit statuses and error codes'},
	{value: 'output', description: 'what is printed where, and in which form'},
];

function helpOffer(words: readonly string[], catalogue: Catalogue): Candidate[] {
	return [...subcommands(words, catalogue), ...(words.length === 0 ? helpTopics : [])];
}

/** The words that can come next, from commands and topics that are shown in help. */
function subcommands(path: readonly string[], {commands, topics}: Catalogue): Candidate[] {
	const shown = commands.filter(
		(command) => !command.hidden && command.path.length > path.length && startsWith(command.path, path),
	);
	const next = new Map<string, string>();
	for (const command of shown) {
		const word = command.path[path.length] ?? '';
		const known = topicDescription(topics, [...path, word]) ?? descriptionOf(command, path.length + 1);
		next.set(word, known ?? next.get(word) ?? '');
	}
	return [...next].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, description]) => ({value, description}));
}

const descriptionOf = (command: Command, length: number) =>
	command.path.length === length ? command.description : undefined;
