import {KlingError} from '../errors/kling-error.js';

/** Deepest nesting accepted in a response. */
const maxDepth = 64;

/** Longer whole numbers are ids, which a double cannot hold exactly. */
const maxSafeDigits = 15;

/** Describes a response in error messages. */
export interface ReplyOrigin {
	status: number;
	contentType: string | undefined;
}

/**
 * Parses the text of a response. A whole number of 16 digits or more becomes a string, so that it is not
 * rounded.
 * @throws KlingError `response_error` when it is not JSON or is nested deeper than 64
 */
export function parseJson(text: string, origin: ReplyOrigin): unknown {
	const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
	const {tooDeep, longNumbers} = scan(json);
	if (tooDeep) throw unusable(`is nested deeper than ${maxDepth}`, text, origin);
	try {
		return JSON.parse(quoted(json, longNumbers));
	} catch (cause) {
		throw unusable(json.trim() === '' ? 'is empty' : 'is not JSON', text, origin, cause);
	}
}

/**
 * JSON text of a request body in which a bigint becomes a plain number. Kling's ids such as element_id are
 * numbers that a double cannot hold. (JSON.rawJSON does this from Node 22.)
 */
export function stringifyJson(body: object): string {
	// A random mark cannot occur in a user's text, so only what was inserted here is replaced.
	const mark = crypto.randomUUID();
	let marked = false;
	const text = JSON.stringify(body, (_, value: unknown) => {
		if (typeof value !== 'bigint') return value;
		marked = true;
		return `${mark}${value}`;
	});
	return marked ? text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1') : text;
}

/** The error for an unusable response. It names the status, the content type and the start of the text. */
export function unusable(
	what: string,
	text: string,
	{status, contentType}: ReplyOrigin,
	cause?: unknown,
): KlingError {
	const excerpt = text.slice(0, 200).trim();
	const start = excerpt === '' ? '' : `, beginning: ${excerpt}`;
	return new KlingError(
		'response_error',
		`The response (HTTP ${status}, ${(contentType ?? 'no content type').slice(0, 100)}) ${what}${start}`,
		{cause},
	);
}

interface Scan {
	tooDeep: boolean;
	/** Start and end of each number that would be rounded. */
	longNumbers: [from: number, to: number][];
}

/** Scans a text once, without recursion, so that a hostile response exhausts neither stack nor time. */
function scan(json: string): Scan {
	const longNumbers: Scan['longNumbers'] = [];
	let depth = 0;
	for (let i = 0; i < json.length; i++) {
		const char = json[i] ?? '';
		if (char === '"') i = endOfString(json, i);
		else if (char === '{' || char === '[') {
			if (++depth > maxDepth) return {tooDeep: true, longNumbers};
		} else if (char === '}' || char === ']') depth--;
		else if (startsNumber(char)) {
			const end = endOfNumber(json, i);
			if (isLongInteger(json, i, end)) longNumbers.push([i, end]);
			i = end - 1;
		}
	}
	return {tooDeep: false, longNumbers};
}

/** The index of the closing quote, or the end of a truncated text. */
function endOfString(json: string, start: number): number {
	let i = start + 1;
	while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
	return i;
}

const isDigit = (char = '') => char >= '0' && char <= '9';
const startsNumber = (char: string) => char === '-' || isDigit(char);

function endOfNumber(json: string, start: number): number {
	let i = start + 1;
	while (i < json.length && '0123456789.eE+-'.includes(json[i] ?? ' ')) i++;
	return i;
}

function isLongInteger(json: string, from: number, to: number): boolean {
	const first = json[from] === '-' ? from + 1 : from;
	// A number with a leading 0 is not valid JSON. The parser refuses it.
	if (to - first <= maxSafeDigits || json[first] === '0') return false;
	// A loop, because a regular expression would overflow the stack on millions of digits.
	for (let i = first; i < to; i++) if (!isDigit(json[i])) return false;
	return true;
}

function quoted(json: string, places: Scan['longNumbers']): string {
	let result = '';
	let last = 0;
	for (const [from, to] of places) {
		result += `${json.slice(last, from)}"${json.slice(from, to)}"`;
		last = to;
	}
	return result + json.slice(last);
}
