/**
 * Characters that can move the cursor, colour the screen or reorder text: C0, DEL, C1, the bidirectional
 * controls and the two Unicode line separators.
 */
const controls = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

const unicodeEscape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** External text on one line. Controls are shown as `\uXXXX`; line breaks and tabs become spaces. */
export function visible(text: string): string {
	return text.replaceAll(/[\r\n\t]+/g, ' ').replaceAll(controls, unicodeEscape);
}

/**
 * Formats a document as JSON.
 * @param indent 2 for people, 0 for one compact line
 * @returns JSON in which every control is escaped; JSON.stringify leaves DEL, C1 and bidi as they are
 */
export function toJson(document: unknown, indent: 0 | 2 = 2): string {
	const json = JSON.stringify(document, null, indent);
	// Any line break left is indentation, because those within strings are already escaped.
	return json.replaceAll(controls, (char) => (char === '\n' ? char : unicodeEscape(char)));
}

/** All controls except line breaks and tabs. */
const movingControls =
	/(?![\n\t])[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/**
 * Text and numbers as they are, for scripts, with one line per list item. Controls that could move the cursor
 * are shown as `\uXXXX`. Line breaks within list items become spaces.
 * @returns the lines; undefined for other values, such as objects and null
 */
export function rawLines(value: unknown): string[] | undefined {
	if (typeof value === 'string') return [value.replaceAll(movingControls, unicodeEscape)];
	if (typeof value === 'number') return [String(value)];
	const isPlain = (one: unknown) => typeof one === 'string' || typeof one === 'number';
	return Array.isArray(value) && value.every(isPlain) ? value.map((one) => visible(String(one))) : undefined;
}
