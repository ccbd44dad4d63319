/** How long the pauses between attempts are, in milliseconds. */
export interface Backoff {
	/** Upper bound of the first pause; each later one doubles it. */
	firstMs: number;
	/** No pause is longer. */
	longestMs?: number;
}

/**
 * A random pause before the next attempt, between 0 and a bound that doubles each time ("full jitter"), so that many
 * processes that failed together do not come back together.
 * @param attempt from 0
 * @param random gives numbers from 0 up to 1
 * @returns milliseconds
 */
export function fullJitter(
	{firstMs, longestMs = Number.POSITIVE_INFINITY}: Backoff,
	attempt: number,
	random: () => number,
): number {
	return Math.min(longestMs, firstMs * 2 ** attempt) * random();
}
