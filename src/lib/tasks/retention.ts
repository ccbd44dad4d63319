/**
 * Milliseconds for which a task's results certainly exist: 30 days, less one for time zones and clock errors.
 * Source: docs/kling-api.md §12.
 */
const keptMs = 29 * 24 * 3_600_000;

/**
 * Whether Kling may have deleted a task's results, or the task itself. Only then may a hint suggest paying
 * for it again.
 * @param since Unix milliseconds. Undefined means unknown and gives false.
 */
export const mayBeDeleted = (since: number | undefined, now: number): boolean =>
	since !== undefined && now - since >= keptMs;
