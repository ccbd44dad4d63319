import {parseTag} from '../cost/tags.js';
import {KlingError} from '../errors/kling-error.js';
import type {Value} from './manifest.js';

/** What tasks are sorted by in reports: `client=acme`. */
export type Tags = Readonly<Record<string, string>>;

/** Tags in a cell: `client=acme, scene=3`, with commas, semicolons or line breaks between them. */
export function parseTags(value: Value | undefined): {tags: Tags; flaws: string[]} {
	const texts = typeof value === 'string' ? value.split(/[,;\n]/) : [...(value ?? [])];
	const tags: Record<string, string> = {};
	const flaws: string[] = [];
	for (const text of texts) {
		// People put spaces around the first sign.
		const at = text.indexOf('=');
		const word = at < 0 ? text.trim() : `${text.slice(0, at).trim()}=${text.slice(at + 1).trim()}`;
		if (word === '') continue;
		try {
			const tag = parseTag(word);
			tags[tag.key] = tag.value;
		} catch (error) {
			if (!(error instanceof KlingError)) throw error;
			flaws.push(`'${text.trim()}' is not a tag`);
		}
	}
	return {tags, flaws};
}
