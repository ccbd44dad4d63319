/* Frame rates as fractions: 23.976 is 24000/1001, and editors need it exactly. */

/** Rates of film and television; other rates are rounded to whole numbers. */
const broadcast = [
	[24000, 1001],
	[30000, 1001],
	[60000, 1001],
	[48000, 1001],
];

/**
 * A rate as a fraction.
 * @param {number} fps frames a second
 * @returns {{num: number, den: number}}
 */
export function rateOf(fps) {
	const whole = Math.round(fps);
	if (Math.abs(fps - whole) < 0.002) return {num: whole, den: 1};
	const [num, den] = broadcast.find(([top, bottom]) => Math.abs(fps - top / bottom) < 0.005) ?? [
		Math.round(fps * 1000),
		1000,
	];
	return {num, den};
}

export const sameRate = (one, other) => one.num * other.den === other.num * one.den;

export const perSecond = ({num, den}) => num / den;

/** A rate as people read it: `24`, `23.976`. */
export const rateName = (rate) => String(Number(perSecond(rate).toFixed(3)));

/** Frames at one rate as frames at another, to the nearest. */
export const convert = (frames, from, to) => Math.round((frames * from.den * to.num) / (from.num * to.den));

/** Frames as timecode, which counts whole rates without dropping frames: `01:00:05:12`. */
export function timecode(frames, rate) {
	const base = Math.round(perSecond(rate));
	const parts = [
		Math.floor(frames / base / 3600),
		Math.floor(frames / base / 60) % 60,
		Math.floor(frames / base) % 60,
		frames % base,
	];
	return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
