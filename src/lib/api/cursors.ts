import {KlingError} from '../errors/kling-error.js';

/** Most pages of a list: half a million entries. */
const maxPages = 1000;

/**
 * Returns a function that checks each cursor before it is followed. A cursor that comes again would be followed for ever,
 * and its page counted each time.
 * @throws KlingError `response_error`
 */
export function createCursorCheck(): (cursor: string) => string {
	const seen = new Set<string>();
	const refused = (what: string, hint: string) => new KlingError('response_error', what, {hint});
	return (cursor) => {
		if (seen.has(cursor)) {
			throw refused(
				'Kling gives a page of the list again that it gave before, so the list cannot be read to its end',
				'Run the command again later.',
			);
		}
		if (seen.size === maxPages) {
			throw refused(`The list has more than ${maxPages} pages`, 'Ask for a shorter time: --since 7d');
		}
		seen.add(cursor);
		return cursor;
	};
}
