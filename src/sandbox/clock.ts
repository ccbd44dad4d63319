/**
 * Sandbox time: until the start it runs like real time, and after that `speed` times as fast. Times of day stay real (a token
 * or a `created_at` would be nonsense otherwise); only durations are sped up.
 */
export interface Clock {
	/** Real time, Unix ms. */
	now(): number;
	/** The real time, Unix ms, at which the given sandbox time (ms) has passed since `from` (real, Unix ms). */
	after(from: number, sandboxMs: number): number;
}

/** `now`: real Unix ms, passed in so that tests need not wait. */
export function makeClock(now: () => number, speed: number): Clock {
	const start = now();
	return {
		now,
		after(from, sandboxMs) {
			const beforeStart = Math.min(Math.max(0, start - from), sandboxMs);
			return Math.round(from + beforeStart + (sandboxMs - beforeStart) / speed);
		},
	};
}

/** Results are purged after this time (docs/kling-api.md §12). */
export const lifetimeMs = 30 * 24 * 3_600_000;
