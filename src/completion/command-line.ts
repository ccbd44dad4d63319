/** A word of a command line that is being typed in bash. */
interface Typed {
	/** Without quotes. */
	word: string;
	/** Whether it began with a quote. */
	quoted: boolean;
}

export interface CommandLine {
	/** The words after the program, redirections left out; the last one is being typed. */
	words: string[];
	/** Whether the last word is where output goes or input comes from. */
	isRedirection: boolean;
	/** What stands before the place from which bash replaces the last word. */
	kept: string;
}

/** Blanks, operators and words with their quotes; what a quote that is still open holds belongs to its word. */
const parts = /\s+|\d*[<>]+[&|]?|(?:'[^']*(?:'|$)|"(?:\\[\s\S]|[^"\\])*(?:"|$)|\\(?:[\s\S]|$)|[^\s<>'"\\])+/g;
const pieces = /'([^']*)(?:'|$)|"((?:\\[\s\S]|[^"\\])*)(?:"|$)|\\([\s\S]|$)|([^'"\\]+)/g;

/**
 * Reads a line up to the cursor, as bash gives it to a function that completes. Nothing is expanded.
 * @param breaks COMP_WORDBREAKS: bash replaces a word from the last of these on
 */
export function readBashLine(line: string, breaks: string): CommandLine {
	const found = [...line.matchAll(parts)].map(([text]) => text);
	if (found.length === 0 || isBlank(found.at(-1) ?? '')) found.push('');
	const typed: Typed[] = [];
	let redirects = false;
	let isRedirection = false;
	for (const text of found) {
		if (isBlank(text)) continue;
		if (/^\d*[<>]/.test(text)) redirects = true;
		else {
			isRedirection = redirects;
			if (!redirects) typed.push(readWord(text));
			redirects = false;
		}
	}
	// `NAME=value kling …`
	while (/^\w+=/.test(typed[0]?.word ?? '') && typed.length > 1) typed.shift();
	const last = typed.at(-1);
	return {
		words: typed.slice(1).map(({word}) => word),
		isRedirection: isRedirection || redirects,
		kept: last && !last.quoted ? keptBy(last.word, breaks) : '',
	};
}

const isBlank = (text: string) => /^\s+$/.test(text);

function readWord(text: string): Typed {
	const word = [...text.matchAll(pieces)]
		.map(
			([, single, double, escaped, plain]) =>
				single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '',
		)
		.join('');
	return {word, quoted: /^['"]/.test(text)};
}

/** bash replaces `@` together with what follows it, and keeps the other characters that break words. */
function keptBy(word: string, breaks: string): string {
	for (let at = word.length - 1; at >= 0; at -= 1) {
		const char = word[at] ?? '';
		if (breaks.includes(char)) return word.slice(0, char === '@' ? at : at + 1);
	}
	return '';
}
