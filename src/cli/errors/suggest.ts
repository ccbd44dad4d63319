import {distance} from 'fastest-levenshtein';

/** The number of differences allowed: a third of the name's length. */
const allowed = (name: string) => Math.max(1, Math.floor(name.length / 3));

/**
 * The typed word with each pair of neighbouring letters swapped. A swap is one typing mistake, but counts as
 * two in the edit distance.
 */
const withSwappedLetters = (typed: string) =>
	Array.from({length: Math.max(0, typed.length - 1)}, (_, index) => {
		const pair = typed.slice(index, index + 2);
		return typed.slice(0, index) + [...pair].reverse().join('') + typed.slice(index + 2);
	});

/** The name that was probably meant; undefined when more than a third of it differs. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
	// The input may contain a whole prompt, so names of very different length are skipped.
	const near = names.filter((name) => Math.abs(name.length - typed.length) <= allowed(name));
	const swapped = near.length > 0 ? withSwappedLetters(typed) : [];
	const edits = (name: string) =>
		Math.min(distance(typed, name), ...swapped.map((word) => distance(word, name) + 1));
	const [best] = near
		.map((name) => ({name, count: edits(name)}))
		.filter(({name, count}) => count <= allowed(name))
		.sort((a, b) => a.count - b.count);
	return best?.name;
}
