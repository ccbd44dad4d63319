/** The fields that a reference can take from another shot's result. */
export const resultFields = ['video_id', 'video_url', 'image_url', 'task_id', 'file', 'last_frame'] as const;

export type ResultField = (typeof resultFields)[number];

/** A result of another shot, such as `{s1.video_id}`, or `{s1/2.file}` for its second take. */
export interface Reference {
	shot: string;
	/** If left out: the same take if both shots have as many, otherwise the first. */
	take?: number;
	/** May be a field that does not exist. */
	field: string;
}

/** A piece of a template. */
export type Part = string | {variable: string} | {reference: Reference};

/** A placeholder in double braces is text: `{{name}}` becomes {name}. */
const pieces = /\{\{(?<text>[^{}\n]{1,120})\}\}|\{(?<word>[^{}\n]{1,120})\}/gu;

const variable = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
const reference =
	/^(?<shot>[\p{L}\p{N}_][\p{L}\p{N}_. -]*?)(?:\/(?<take>\d{1,4}))?\.(?<field>[a-z][a-z_]*)$/u;

/** The parts of a template. Braces that contain neither a name nor a reference are text, as in JSON. */
export function parseTemplate(text: string): Part[] {
	const parts: Part[] = [];
	let at = 0;
	const add = (piece: string) => {
		const last = parts.at(-1);
		if (piece === '') return;
		if (typeof last === 'string') parts[parts.length - 1] = last + piece;
		else parts.push(piece);
	};
	for (const match of text.matchAll(pieces)) {
		add(text.slice(at, match.index));
		at = match.index + match[0].length;
		const [whole] = match;
		const {text: escaped, word = ''} = match.groups ?? {};
		const part = placeholder(escaped ?? word);
		if (part === undefined) add(whole);
		else if (escaped === undefined) parts.push(part);
		else add(whole.slice(1, -1));
	}
	add(text.slice(at));
	return parts;
}

function placeholder(inner: string): Exclude<Part, string> | undefined {
	const word = inner.trim();
	if (variable.test(word)) return {variable: word};
	const {shot, take, field} = reference.exec(word)?.groups ?? {};
	if (shot === undefined || field === undefined) return undefined;
	return {reference: {shot: shot.trim(), field, ...(take !== undefined && {take: Number(take)})}};
}

/** The variables of a template. */
export const variablesIn = (parts: readonly Part[]): string[] =>
	parts.flatMap((part) => (typeof part === 'object' && 'variable' in part ? [part.variable] : []));

/** A reference in its written form. */
export const referenceText = ({shot, take, field}: Reference): string =>
	`{${shot}${take === undefined ? '' : `/${take}`}.${field}}`;

/** A template with its placeholders filled in. Values that were filled in are not searched for placeholders. */
export function fillTemplate(
	parts: readonly Part[],
	fill: {variable: (name: string) => string; reference: (reference: Reference) => string},
): string {
	return parts
		.map((part) => {
			if (typeof part === 'string') return part;
			return 'variable' in part ? fill.variable(part.variable) : fill.reference(part.reference);
		})
		.join('');
}

/** A template that yields exactly this text. */
export const escapeTemplate = (text: string): string =>
	text.replaceAll(/\{([^{}\n]{1,120})\}/gu, (whole, word: string) =>
		placeholder(word) ? `{${whole}}` : whole,
	);
