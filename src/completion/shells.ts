import {visible} from '../lib/output/sanitize.js';
import {readBashLine} from './command-line.js';
import type {Candidate, Offer} from './completions.js';

/** What a shell's adapter asks, and how it is answered: a line that says `words` or `files`, then a line for each word. */
interface Question {
	/** The words after `kling`; the last one is being typed. */
	words: readonly string[];
	/** Files are wanted, whatever the command. */
	isRedirection?: boolean;
	line: (candidate: Candidate) => string;
	/** Whether a word can be what is being typed; a shell that compares itself gets them all. */
	fits?: (candidate: Candidate) => boolean;
	/** What a shell must write in another way. */
	spelling?: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

const described = ({value, description}: Candidate) =>
	description ? `${value}\t${short(description)}` : value;

/** The question of an adapter, from what it was called with. */
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
	// Its words come in the environment: the ways in which it hands quotes and empty words to programs differ.
	powershell(_, {KLING_COMPLETE_WORDS: text = ''}) {
		const words = text.split('\n').map((word) => word.replace(/\r$/, ''));
		const current = (words.at(-1) ?? '').toLowerCase();
		return {
			words,
			line: described,
			// A bare comma makes two words there.
			fits: ({value}) => value.toLowerCase().startsWith(current) && !value.includes(','),
			// A bare `@last` is an expression there.
			spelling: {'@last': 'last'},
		};
	},
};

/** One that a shell would read as anything but a word is not offered: nothing is ever quoted or run. */
const isPlain = ({value}: Candidate) => /^[\w@-][\w@:./+=,-]*$/.test(value);

/** The answer to a question. */
export function answer(offered: Offer, {line, fits = () => true, spelling = {}}: Question): string {
	if (offered.kind === 'files') return 'files\n';
	const lines = offered.candidates
		.map((candidate) => ({...candidate, value: spelling[candidate.value] ?? candidate.value}))
		.filter((candidate) => isPlain(candidate) && fits(candidate))
		.map(line);
	return ['words', ...lines, ''].join('\n');
}

const longest = 60;

/** A description on one short line, without what could move the cursor. */
function short(text: string): string {
	const letters = [...visible(text).trim()];
	return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : letters.join('');
}
