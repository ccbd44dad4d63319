import type {Value} from './manifest.js';

/** What tasks are sorted by in reports: `client=acme`. */
export type Tags = Readonly<Record<string, string>>;

const rule = /^(?<key>[\p{L}\p{N}_.-]{1,64})\s*=\s*(?<value>[^\u0000-\u001F]{1,128})$/u;

/** Tags in a cell: `client=acme, scene=3`, with commas, semicolons or line breaks between them. */
export function parseTags(value: Value | undefined): {tags: Tags; flaws: string[]} {
	const texts = typeof value === 'string' ? value.split(/[,;\n]/) : [...(value ?? [])];
	const words = texts.map((text) => text.trim()).filter((text) => text !== '');
	const flaws = words.filter((word) => !rule.test(word)).map((word) => `'${word}' is not a tag`);
	const pairs = words.flatMap((word): [string, string][] => {
		const {key, value: text} = rule.exec(word)?.groups ?? {};
		return key === undefined || text === undefined ? [] : [[key, text.trim()]];
	});
	return {tags: Object.fromEntries(pairs), flaws};
}
