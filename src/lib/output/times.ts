const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const twoDigits = (number: number) => String(number).padStart(2, '0');

/**
 * How long ago something was, in a few characters: `now`, `40 s ago`, `3 h ago`. After 30 days, when Kling
 * deletes results, the date. Clocks differ, so a time in the future counts as now.
 * @param time Unix milliseconds
 * @param now Unix milliseconds
 */
export function timeAgo(time: number, now: number): string {
	const age = now - time;
	if (age < 1000) return 'now';
	if (age < 30 * day) return `${timeSpan(age)} ago`;
	return localTime(time).slice(0, 10);
}

/** A duration in milliseconds, in a few characters: `40 s`, `12 min`, `3 h`, `5 d`. */
export function timeSpan(ms: number): string {
	if (ms < minute) return `${Math.floor(ms / 1000)} s`;
	if (ms < hour) return `${Math.floor(ms / minute)} min`;
	return ms < 2 * day ? `${Math.floor(ms / hour)} h` : `${Math.floor(ms / day)} d`;
}

/** Local time: `2026-11-23 21:54`. Intl is not used, because its first call takes 15 ms. */
export function localTime(time: number): string {
	const at = new Date(time);
	if (Number.isNaN(at.getTime())) return String(time);
	const date = [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join('-');
	return `${date} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

/** The full time in UTC, to the second: `2026-11-23T21:54:48Z`. */
export function utcTime(time: number): string {
	const at = new Date(time);
	return Number.isNaN(at.getTime()) ? String(time) : at.toISOString().replace(/\.\d+Z$/, 'Z');
}
