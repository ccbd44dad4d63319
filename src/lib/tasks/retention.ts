/**
 * Milliseconds for which the results of a task are certainly there: 30 days, less one for time zones and clocks.
 * Source: docs/kling-api.md §12.
 */
const keptMs = 29 * 24 * 3_600_000;

/**
 * Whether Kling may have deleted a task's results, or the task itself. Only then may anything advise to pay for it again.
 * @param since Unix milliseconds; undefined, when it is unknown, is not taken to be that long ago
 */
export const mayBeDeleted = (since: number | undefined, now: number): boolean =>
	since !== undefined && now - since >= keptMs;
