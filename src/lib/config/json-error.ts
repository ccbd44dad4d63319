/** A place in a text, both counted from 1. */
interface Place {
	line: number;
	column: number;
}

const string = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const space = /[ \t\r\n]*/y;

/**
 * Where a text stops being JSON. Node tells this of some errors only, and of others shows the text around it, which
 * may be a secret.
 */
export function placeOfJsonError(text: string): Place {
	const before = text.slice(0, firstError(text)).split('\n');
	return {line: before.length, column: (before.at(-1)?.length ?? 0) + 1};
}

/** What may come next: a value, the name of a member, a colon, or what follows a value. */
type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'separator';

function firstError(text: string): number {
	const open: ('{' | '[')[] = [];
	let expected: Expected = 'value';
	let at = 0;
	const take = (pattern: RegExp): boolean => {
		pattern.lastIndex = at;
		const length = pattern.exec(text)?.[0].length ?? 0;
		at += length;
		return length > 0;
	};
	for (;;) {
		take(space);
		const char = text[at];
		if (char === undefined || (expected === 'separator' && open.length === 0)) return at;
		const inside = open.at(-1);
		const closes: boolean = char === (inside === '{' ? '}' : ']') && inside !== undefined;
		if (closes && (expected === 'separator' || expected.endsWith('end'))) {
			open.pop();
			expected = 'separator';
			at++;
		} else if (expected === 'separator') {
			if (char !== ',') return at;
			expected = inside === '{' ? 'name' : 'value';
			at++;
		} else if (expected === 'colon') {
			if (char !== ':') return at;
			expected = 'value';
			at++;
		} else if (expected.startsWith('name')) {
			if (!take(string)) return at;
			expected = 'colon';
		} else if (char === '{' || char === '[') {
			open.push(char);
			expected = char === '{' ? 'name or end' : 'value or end';
			at++;
		} else {
			if (!take(string) && !take(scalar)) return at;
			expected = 'separator';
		}
	}
}
