import {KlingError} from '../errors/kling-error.js';
import type {Tag} from './budget-file.js';

/** Most tags per submission. Each takes a few bytes in every line of the journal. */
const maxTags = 16;

/**
 * Parses a tag such as `client=acme`.
 * @throws KlingError `invalid_tag`
 */
export function parseTag(text: string): Tag {
	const [, key, value] = /^([\p{L}\p{N}_.][\p{L}\p{N}_.-]{0,63})=([^\p{Cc}]{1,128})$/u.exec(text) ?? [];
	if (key !== undefined && value !== undefined) return {key, value};
	throw new KlingError('invalid_tag', `'${text.slice(0, 100)}' is not a tag`);
}

/**
 * Parses tags into an object. Of tags with the same key, the last one is used.
 * @throws KlingError `invalid_tag`
 */
export function parseTags(texts: readonly string[]): Record<string, string> {
	const tags = Object.fromEntries(texts.map(parseTag).map(({key, value}) => [key, value]));
	if (Object.keys(tags).length <= maxTags) return tags;
	throw new KlingError('invalid_tag', `There are more than ${maxTags} tags`);
}
