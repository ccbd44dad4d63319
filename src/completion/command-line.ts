/** A word of a command line that is being typed in bash. */
interface Typed {
	/** Without quotes. */
	word: string;
	/** Whether it started with a quote. */
	quoted: boolean;
}

export interface CommandLine {
	/** The words after the program, without redirections. The last one is being typed. */
	words: string[];
	/** Whether the last word is the target of a redirection. */
	isRedirection: boolean;
	/** The part of the last word that bash does not replace. */
	kept: string;
}

/** Blanks, operators, and words with their quotes. An open quote extends its word to the end. */
const parts = /\s+|\d*[<>]+[&|]?|(?:'[^']*(?:'|$)|"(?:\\[\s\S]|[^"\\])*(?:"|$)|\\(?:[\s\S]|$)|[^\s<>'"\\])+/g;
const pieces = /'([^']*)(?:'|$)|"((?:\\[\s\S]|[^"\\])*)(?:"|$)|\\([\s\S]|$)|([^'"\\]+)/g;

/**
 * Parses a line up to the cursor, as bash passes it to a completion function. Nothing is expanded.
 * @param breaks COMP_WORDBREAKS: bash replaces a word only after the last of these characters
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

/** bash replaces `@` together with what follows, but keeps the other word-breaking characters. */
function keptBy(word: string, breaks: string): string {
	for (let at = word.length - 1; at >= 0; at -= 1) {
		const char = word[at] ?? '';
		if (breaks.includes(char)) return word.slice(0, char === '@' ? at : at + 1);
	}
	return '';
}
