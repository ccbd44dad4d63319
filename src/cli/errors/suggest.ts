import {distance} from 'fastest-levenshtein';

/** How much may differ: a third of a name. */
const allowed = (name: string) => Math.max(1, Math.floor(name.length / 3));

/** The typed word with each two neighbours swapped: that is one slip of the fingers, and two edits to the distance. */
const swaps = (typed: string) =>
	Array.from({length: Math.max(0, typed.length - 1)}, (_, index) => {
		const pair = typed.slice(index, index + 2);
		return typed.slice(0, index) + [...pair].reverse().join('') + typed.slice(index + 2);
	});

/** The name that was probably meant, or undefined when none is near: at most a third of it may differ. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
	// A prompt may be among what was typed: it is not compared with all.
	const near = names.filter((name) => Math.abs(name.length - typed.length) <= allowed(name));
	const swapped = near.length > 0 ? swaps(typed) : [];
	const edits = (name: string) =>
		Math.min(distance(typed, name), ...swapped.map((word) => distance(word, name) + 1));
	const [best] = near
		.map((name) => ({name, count: edits(name)}))
		.filter(({name, count}) => count <= allowed(name))
		.sort((a, b) => a.count - b.count);
	return best?.name;
}
