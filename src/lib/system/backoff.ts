/** The pauses between attempts, in milliseconds. */
export interface Backoff {
	/** Upper bound of the first pause. It doubles with each later one. */
	firstMs: number;
	/** Longest pause. */
	maxMs?: number;
}

/**
 * A random pause before the next attempt, between 0 and a bound that doubles each time ("full jitter"), so
 * that many processes that failed together do not return together.
 * @param attempt from 0
 * @param random gives numbers of at least 0 and below 1
 * @returns milliseconds
 */
export function fullJitter(
	{firstMs, maxMs = Number.POSITIVE_INFINITY}: Backoff,
	attempt: number,
	random: () => number,
): number {
	return Math.min(maxMs, firstMs * 2 ** attempt) * random();
}
