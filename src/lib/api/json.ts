import {KlingError} from '../errors/kling-error.js';

/** Replies deeper than this are refused. */
const maxDepth = 64;

/** What a reply was, for error messages. */
export interface ReplyOrigin {
	status: number;
	contentType: string | undefined;
}

/**
 * Parses the text of a reply.
 * @throws KlingError `response_error` when it is not JSON or nested deeper than 64
 */
export function parseJson(text: string, origin: ReplyOrigin): unknown {
	const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
	if (exceedsDepth(json, maxDepth)) throw unusable(`is nested deeper than ${maxDepth}`, text, origin);
	try {
		return JSON.parse(json);
	} catch (cause) {
		throw unusable(json.trim() === '' ? 'is empty' : 'is not JSON', text, origin, cause);
	}
}

/**
 * JSON text of a request body in which a bigint is a plain number: ids such as element_id are numbers of Kling
 * that a double cannot hold. (JSON.rawJSON does this from Node 22 on.)
 */
export function stringifyJson(body: object): string {
	// No text of a user can hold it, so only what was put here is replaced.
	const mark = crypto.randomUUID();
	let marked = false;
	const text = JSON.stringify(body, (_, value: unknown) => {
		if (typeof value !== 'bigint') return value;
		marked = true;
		return `${mark}${value}`;
	});
	return marked ? text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1') : text;
}

/** The error for a reply that cannot be used: names status, content type and the beginning of the text. */
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
		`The reply (HTTP ${status}, ${contentType ?? 'no content type'}) ${what}${start}`,
		{cause},
	);
}

/** Scans without recursion, so that a hostile reply costs no stack. */
function exceedsDepth(json: string, limit: number): boolean {
	let depth = 0;
	let inString = false;
	for (let i = 0; i < json.length; i++) {
		const char = json[i];
		if (inString) {
			if (char === '\\') i++;
			else if (char === '"') inString = false;
		} else if (char === '"') inString = true;
		else if (char === '{' || char === '[') {
			if (++depth > limit) return true;
		} else if (char === '}' || char === ']') depth--;
	}
	return false;
}
