const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const twoDigits = (number: number) => String(number).padStart(2, '0');

/**
 * How long ago something was, in a few characters: `now`, `40 s ago`, `3 h ago`; after 30 days, when Kling
 * deletes results, the date. Clocks differ: the future is now.
 * @param time Unix milliseconds
 * @param now Unix milliseconds
 */
export function timeAgo(time: number, now: number): string {
	const age = now - time;
	if (age < 1000) return 'now';
	if (age < minute) return `${Math.floor(age / 1000)} s ago`;
	if (age < hour) return `${Math.floor(age / minute)} min ago`;
	if (age < 2 * day) return `${Math.floor(age / hour)} h ago`;
	if (age < 30 * day) return `${Math.floor(age / day)} d ago`;
	return localTime(time).slice(0, 10);
}

/** The time by the clock on the wall: `2026-11-23 21:54`. Not by Intl, whose first use takes 15 ms. */
export function localTime(time: number): string {
	const at = new Date(time);
	if (Number.isNaN(at.getTime())) return String(time);
	const date = [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join('-');
	return `${date} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

/** The time in full, to the second, in UTC: `2026-11-23T21:54:48Z`. */
export function utcTime(time: number): string {
	const at = new Date(time);
	return Number.isNaN(at.getTime()) ? String(time) : at.toISOString().replace(/\.\d+Z$/, 'Z');
}
