import {visible} from '../lib/output/sanitize.js';
import {readBashLine} from './command-line.js';
import type {Candidate, Completions} from './completions.js';

/** A request from a shell's adapter. The reply is a line with `words` or `files`, then one line per word. */
interface Question {
	/** The words after `kling`. The last one is being typed. */
	words: readonly string[];
	/** Files are wanted, whatever the command. */
	isRedirection?: boolean;
	line: (candidate: Candidate) => string;
	/** Whether a word matches what is being typed. A shell that filters by itself gets all words. */
	fits?: (candidate: Candidate) => boolean;
	/** Words that a shell must write differently. */
	spelling?: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

const described = ({value, description}: Candidate) =>
	description ? `${value}\t${short(description)}` : value;

/** Parses the arguments of each shell's adapter. */
export const questions: Readonly<Record<Shell, (args: readonly string[], env: Environment) => Question>> = {
	bash([line = '', breaks = '']) {
		const {words, isRedirection, kept} = readBashLine(line, breaks);
		const current = words.at(-1) ?? '';
		return {
			words,
			isRedirection,
			line: ({value}) => value.slice(kept.length),
			fits: ({value}) => value.startsWith(current),
		};
	},
	zsh: ([, ...words]) => ({words, line: described}),
	fish: ([, ...words]) => ({words, line: described}),
	// Its words come in the environment, because its versions pass quotes and empty words to programs
	// differently.
	powershell(_, {KLING_COMPLETE_WORDS: text = ''}) {
		const words = text.split('\n').map((word) => word.replace(/\r$/, ''));
		const current = (words.at(-1) ?? '').toLowerCase();
		return {
			words,
			line: described,
			// In PowerShell, an unquoted comma makes two words.
			fits: ({value}) => value.toLowerCase().startsWith(current) && !value.includes(','),
			// In PowerShell, an unquoted `@last` is an expression.
			spelling: {'@last': 'last'},
		};
	},
};

/**
 * Whether a shell reads a value as a plain word. Others are not offered, so nothing is ever quoted or
 * executed.
 */
const isPlain = ({value}: Candidate) => /^[\w@-][\w@:./+=,-]*$/.test(value);

/** Formats the reply to a request. */
export function answer(offered: Completions, {line, fits = () => true, spelling = {}}: Question): string {
	if (offered.kind === 'files') return 'files\n';
	const lines = offered.candidates
		.map((candidate) => ({...candidate, value: spelling[candidate.value] ?? candidate.value}))
		.filter((candidate) => isPlain(candidate) && fits(candidate))
		.map(line);
	return ['words', ...lines, ''].join('\n');
}

const longest = 60;

/** A description on one short line, without control characters. */
function short(text: string): string {
	const letters = [...visible(text).trim()];
	return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : letters.join('');
}
