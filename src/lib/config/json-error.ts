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
	return placeAt(text, firstError(text));
}

function placeAt(text: string, at: number): Place {
	const before = text.slice(0, at).split('\n');
	return {line: before.length, column: (before.at(-1)?.length ?? 0) + 1};
}

/**
 * Where a value of a JSON text begins.
 * @param text that is JSON
 * @param path the names and indices that lead to the value; of names that come twice the last counts, as for JSON.parse
 */
export function placeOfJsonValue(text: string, path: readonly string[]): Place {
	// The name or index of the value that comes next, for each object or list that is open.
	const names: (string | number | undefined)[] = [];
	const isWanted = () => names.length === path.length && path.every((part, at) => part === String(names[at]));
	let found = 0;
	let name: string | undefined;
	for (const {0: token, index} of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
		const last = names.at(-1);
		if (token === ':') names[names.length - 1] = JSON.parse(name ?? '""');
		else if (token === ',') names[names.length - 1] = typeof last === 'number' ? last + 1 : undefined;
		else if (token === '}' || token === ']') names.pop();
		else {
			// Before its colon, a name looks like a value; the value itself follows, and counts.
			if (isWanted()) found = index;
			if (token === '{' || token === '[') names.push(token === '{' ? undefined : 0);
			else name = token;
		}
	}
	return placeAt(text, found);
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
