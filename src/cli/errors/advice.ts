import {KlingError} from '../../lib/errors/kling-error.js';
import {flagsFor, isFilm, isPicture} from './guess-flags.js';
import {alternativeTo, flagStyle, sameMeaning} from './other-tools-flags.js';
import {namesSecret, secretOnLine} from './secrets-on-line.js';
import {nearest} from './suggest.js';
import {
	beforeDashes,
	flagNamed,
	hasFlag,
	type KnownCommand,
	promptWords,
	quote,
	type Token,
	type TypedLine,
	withoutTypographicQuotes,
	withPlainDashes,
} from './typed-line.js';

/** Words for yes and no, which a boolean flag does not take. */
const truth = /^(true|false|on|off|yes|no|1|0)$/i;

const usage = (code: 'invalid_flag' | 'invalid_argument', message: string, hint: string) =>
	new KlingError(code, message, {hint});

const lineOf = ({bin, command}: TypedLine, ...words: string[]) => [bin, command.name, ...words].join(' ');

/**
 * Refuses what oclif accepts but is certainly a mistake, because it could become a prompt that is paid for.
 * @param tokens the words as oclif parsed them
 * @throws KlingError that says what to type
 */
export function checkTokens(tokens: readonly Token[], line: TypedLine): void {
	checkEncoding(line);
	checkPicture(tokens, line);
	for (const [at, token] of tokens.entries()) {
		if (token.type !== 'arg') continue;
		checkDashes(token.input, line);
		checkQuotes(token.input, line);
		checkTimeOfWait(tokens[at - 1], token.input, line);
		checkBooleanValue(tokens[at - 1], token.input, line);
	}
}

/**
 * Refuses the names of what every object has, such as `--toString`: oclif finds them among the flags of any command.
 * @throws KlingError `invalid_flag`
 */
export function checkFlagNames(line: TypedLine): void {
	const word = beforeDashes(line.argv).find((one) => {
		const [, name] = /^--(\w+)/.exec(one) ?? [];
		return name !== undefined && name in Object.prototype && !hasFlag(line.command, name);
	});
	if (word !== undefined) throw unknownFlag(word, line);
}

/** Node puts U+FFFD where a word is not valid UTF-8, so the original text is lost. */
function checkEncoding({argv}: TypedLine): void {
	const word = argv.find((one) => one.includes('\uFFFD'));
	if (word === undefined) return;
	throw usage(
		'invalid_argument',
		`${quote(word)} is not valid UTF-8 text: it contains U+FFFD, which stands for bytes that could not be read`,
		'Type it in a UTF-8 terminal (LANG=C.UTF-8), or save it as UTF-8 and give the file with --prompt-file.',
	);
}

/** A picture where the prompt belongs was meant for a flag. */
function checkPicture(tokens: readonly Token[], {command}: TypedLine): void {
	const word = tokens.find(({type}) => type === 'arg')?.input ?? '';
	if (command.args[0] !== 'prompt' || !isPicture(word) || /\s/.test(word)) return;
	const flag = ['image', 'first-frame'].find((name) => hasFlag(command, name));
	if (flag === undefined) return;
	throw new KlingError('invalid_prompt', `The prompt '${word}' is the name of a file, not a description`, {
		hint: `Give the picture with a flag: --${flag} ${/^[\w./:-]+$/.test(word) ? word : quote(word)}`,
	});
}

function checkDashes(word: string, line: TypedLine): void {
	const plain = withPlainDashes(word);
	if (plain !== undefined && flagNamed(line.command, plain)) {
		throw usage(
			'invalid_flag',
			`${word} begins with a typographic dash, so it is not a flag`,
			`Type plain hyphens: ${plain}`,
		);
	}
	// Such a word can only be an argument after `--`.
	if (/^--?[a-z][\w-]*(=|$)/i.test(word) && flagNamed(line.command, word) && line.argv.includes('--')) {
		throw usage(
			'invalid_flag',
			`${word} comes after --, so it is not a flag`,
			`Flags go before --: ${lineOf(line, word, '-- …')}`,
		);
	}
}

function checkQuotes(word: string, line: TypedLine): void {
	const inside = withoutTypographicQuotes(word);
	if (inside === undefined || !line.command.args.includes('prompt')) return;
	const first = word[0] ?? '';
	// A prompt may start with a quotation and continue after it.
	if (!/["'\u2018-\u201F\u00BB\u300D\uFF02]$/.test(word) && /\s/.test(word)) return;
	throw usage(
		'invalid_argument',
		`${first} is a typographic quotation mark, which no shell treats as a quote`,
		`Put the prompt in straight quotes: ${lineOf(line, quote(promptWords(line) || inside))}`,
	);
}

/** A duration after --wait was meant as its limit. */
function checkTimeOfWait(before: Token | undefined, word: string, line: TypedLine): void {
	if (before?.type !== 'flag' || before.flag !== 'wait' || !/^\d+(\.\d+)?(ms|s|m|h)$/.test(word)) return;
	if (!hasFlag(line.command, 'timeout')) return;
	throw usage(
		'invalid_flag',
		'--wait takes no value',
		`To wait no longer than that: --wait --timeout ${word}`,
	);
}

function checkBooleanValue(before: Token | undefined, word: string, line: TypedLine): void {
	if (before?.type !== 'flag') return;
	const flag = line.command.flags.find(({name}) => name === before.flag);
	if (flag === undefined || flag.takesValue) return;
	const own = beforeDashes(line.argv);
	const isAttached = own.includes(`${before.input}=${word}`);
	// After `--`, any word is an argument.
	const isNext = own.some((one, at) => one.startsWith('-') && own[at + 1] === word);
	if (!isAttached && !(isNext && truth.test(word))) return;
	const isNo = /^(false|off|no|0)$/i.test(word);
	throw usage(
		'invalid_flag',
		`--${flag.name} takes no value`,
		isNo ? `Leave it out.` : `Type it alone: --${flag.name}`,
	);
}

const bodyHint =
	'Give the fields one by one with -F KEY=VALUE, or the whole body as a file: --input FILE, or --input - for stdin.';

/** The error for words that do not fit a command's arguments. */
export function surplusWords(
	words: readonly string[],
	line: TypedLine,
	tokens: readonly Token[],
): KlingError {
	checkTokens(tokens, line);
	const {command} = line;
	const [word = ''] = words;
	const all = tokens.flatMap(({type, input}) => (type === 'arg' ? [input] : []));
	const message = `Unexpected argument: ${word}`;
	const flag = flagsFor(word).find((name) => hasFlag(command, name));
	const isText = !isPicture(word) && !isFilm(word);
	// A prompt of several words whose quotes the shell has partly removed.
	if (command.args.includes('prompt') && isText && all.some((one) => !/\s/.test(one))) {
		return usage(
			'invalid_argument',
			`${message}: a prompt of several words needs quotes`,
			`Put the prompt in straight quotes: ${lineOf(line, quote(promptWords(line)))}`,
		);
	}
	if (flag === 'input') return usage('invalid_argument', message, bodyHint);
	if (flag !== undefined) {
		const text = ['prompt', 'say', 'sound'].includes(flag) ? words.join(' ') : word;
		const value = /^[\w./:@?&=%-]+$/.test(text) ? text : quote(text);
		const {char} = command.flags.find(({name}) => name === flag) ?? {};
		const typed = flag === 'output' && char ? `-${char}` : `--${flag}`;
		return usage('invalid_argument', message, `If it is the value of ${typed}, type ${typed} ${value}`);
	}
	return usage('invalid_argument', message, `See what it takes: ${lineOf(line, '--help')}`);
}

/** The error for a flag that a command does not have. */
export function unknownFlag(word: string, line: TypedLine): KlingError {
	const text = textWithDash(line);
	if (text !== undefined) {
		return usage(
			'invalid_argument',
			`${quote(text)} begins with a dash, so it was taken for a flag`,
			`Flags first, then -- and the text: ${lineOf(line, '--', quote(text))}`,
		);
	}
	const [typed = word] = word.split('=');
	if (namesSecret(typed)) return secretOnLine(line);
	const message = `Unknown flag ${typed}`;
	const hint = hintForFlag(typed, line);
	return new KlingError('invalid_flag', message, hint === undefined ? {} : {hint});
}

/**
 * The error for an invalid argument. The cause may be an unknown flag before it, whose value it was meant to
 * be.
 * @param error what is wrong with the argument
 */
export function causeOfArgumentError(error: KlingError, isStrict: boolean, line: TypedLine): KlingError {
	const words = beforeDashes(line.argv);
	const unknown = words.find(
		(word) => /^--[a-z][\w-]*(=|$)/i.test(word) && flagNamed(line.command, word) === undefined,
	);
	const isArgument = /_(task_id|video_id)$|^invalid_argument$/.test(error.code);
	return unknown !== undefined && isStrict && isArgument ? unknownFlag(unknown, line) : error;
}

function hintForFlag(typed: string, {command, others, bin}: TypedLine): string | undefined {
	const names = command.flags.map(({name}) => name);
	const plain = withPlainDashes(typed) ?? typed;
	const meant = sameMeaning(plain, names);
	if (meant[0] === 'input' && command.name === 'api') {
		return bodyHint;
	}
	if (meant.length > 0)
		return `Did you mean ${meant
			.slice(0, 2)
			.map((name) => `--${name}`)
			.join(' or ')}?`;
	const off = names.find((name) => `--no-${name}` === plain);
	if (off !== undefined) return `--${off} is off unless it is given: leave ${plain} out.`;
	const instead = alternativeTo(plain);
	if (instead !== undefined) return instead;
	const near = nearest(
		`--${flagStyle(plain)}`,
		names.map((name) => `--${name}`),
	);
	const owners = others.filter((other) => hasFlag(other, flagStyle(plain)) && sameTopic(other, command));
	const guess = near !== undefined && plain.startsWith('--') ? `Did you mean ${near}?` : undefined;
	// --ref-image means --image where that is the only picture.
	const end = names.find((name) => plain.endsWith(`-${name}`));
	if (owners.length === 0) return guess ?? (end === undefined ? undefined : `Did you mean --${end}?`);
	const named = owners.slice(0, 3).map(({name}) => `${bin} ${name}`);
	return `${plain} is a flag of ${named.join(', ')}; ${bin} ${command.name} has no such flag.`;
}

const sameTopic = ({name: a}: KnownCommand, {name: b}: KnownCommand) => a.split(' ')[0] === b.split(' ')[0];

/** A word with spaces that starts with a dash is text, not a flag. */
function textWithDash({argv}: TypedLine): string | undefined {
	return beforeDashes(argv).find((word) => /^-\S*\s/.test(word) && !/^--[a-z][\w-]*=/i.test(word));
}
