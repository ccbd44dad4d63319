import {closest, distance} from 'fastest-levenshtein';

/** The name that was probably meant, or undefined when none is near: at most a third of it may differ. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
	if (names.length === 0) return undefined;
	const candidate = closest(typed, names);
	return distance(typed, candidate) <= Math.max(1, Math.floor(candidate.length / 3)) ? candidate : undefined;
}
