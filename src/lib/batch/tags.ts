import {parseTag} from '../cost/tags.js';
import {KlingError} from '../errors/kling-error.js';
import {tableOf} from '../system/table-of.js';
import type {Value} from './manifest.js';

/** Labels that reports group tasks by: `client=acme`. */
export type Tags = Readonly<Record<string, string>>;

/** The tags in a cell: `client=acme, scene=3`, separated by commas, semicolons or line breaks. */
export function parseTags(value: Value | undefined): {tags: Tags; flaws: string[]} {
	const texts = typeof value === 'string' ? value.split(/[,;\n]/) : [...(value ?? [])];
	const tags = tableOf<string>({});
	const flaws: string[] = [];
	for (const text of texts) {
		// People put spaces around the equals sign.
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
