import {visible} from './sanitize.js';
import {localTime, timeAgo, timeSpan, utcTime} from './times.js';
import type {Cell, Colour, View} from './view.js';

/* How values are formatted. `short` is true in tables and lines, where space is limited. */

const stateColours: Readonly<Record<string, Colour>> = {
	succeed: 'green',
	succeeded: 'green',
	done: 'green',
	new: 'cyan',
	running: 'cyan',
	submitted: 'cyan',
	processing: 'cyan',
	failed: 'red',
	refused: 'red',
	unknown: 'yellow',
	ok: 'green',
	failure: 'red',
	skipped: 'cyan',
	online: 'green',
	toBeOnline: 'cyan',
	expired: 'red',
	runOut: 'red',
};

export const text = (value: unknown): Cell => ({text: visible(String(value ?? ''))});

/** Readable names for Kling's packs. Source: docs/kling-api.md §8. */
const packWords: Readonly<Record<string, string>> = {
	runOut: 'used up',
	toBeOnline: 'not yet on',
	decreasing_total: 'one-time',
	constant_period: 'refilled',
};

export const word = (value: unknown): Cell =>
	text(Object.hasOwn(packWords, String(value)) ? packWords[String(value)] : value);

export const state = (value: unknown): Cell => ({
	...word(value),
	colour: Object.hasOwn(stateColours, String(value)) ? stateColours[String(value)] : 'yellow',
});

/** A date, without its time when short. */
const date = (full: string): Cell => ({text: full, brief: full.slice(0, 'yyyy-mm-dd'.length)});

export function time(value: unknown, {now}: View, short: boolean): Cell {
	if (typeof value !== 'number') return text(value);
	if (now === undefined) return date(utcTime(value));
	const ago = timeAgo(value, now);
	if (short) return {text: ago};
	const full = localTime(value);
	return {text: full.startsWith(ago) ? full : `${full} (${ago})`};
}

/** A time that may be in the future. */
export const end = (value: unknown, view: View, short: boolean): Cell =>
	typeof value === 'number' && view.now !== undefined && value > view.now
		? date(localTime(value))
		: time(value, view, short);

/** Length of Kling's own ids. */
const idCells = 18;

/** One of Kling's ids, or a name given on this machine. A narrow table shows only the start of a name. */
export function idOrName(value: unknown, _: View, short: boolean): Cell {
	const cell = text(value);
	const letters = [...cell.text];
	return short && letters.length > idCells
		? {...cell, brief: `${letters.slice(0, idCells - 1).join('')}…`}
		: cell;
}

/** How far this machine's clock is off. */
export function clock(value: unknown): Cell {
	if (typeof value !== 'number') return text(value);
	if (value === 0) return {text: "agrees with Kling's"};
	return {text: `${timeSpan(Math.abs(value))} ${value < 0 ? 'behind' : 'ahead'}`};
}

/** A longer number is an id, not an amount. */
const maxAmountLength = 15;

/** A number with thousands separators: 12,345.5. */
export function amount(value: unknown): Cell {
	const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(String(value)) ?? [];
	if (whole === '' || whole.length > maxAmountLength) return text(value);
	const groups: string[] = [];
	for (let end = whole.length; end > 0; end -= 3) groups.unshift(whole.slice(Math.max(0, end - 3), end));
	return {text: `${sign}${groups.join(',')}${rest}`};
}

/** Money, with two decimal places; less than 1 with up to four, because a second of video costs 0.042. */
export function money(value: unknown): Cell {
	const number = Number(value);
	if (!Number.isFinite(number) || value === '') return text(value);
	const places = Math.abs(number) < 1 ? 4 : 2;
	return amount(number.toFixed(places).replace(/(\.\d\d)(\d*?)0+$/, '$1$2'));
}

/** A number of seconds in readable form. */
export const seconds = (value: unknown): Cell =>
	typeof value === 'number' ? {text: timeSpan(value * 1000)} : text(value);

export const unit = (name: string) => (value: unknown) => ({text: visible(`${value} ${name}`)});

export function size(value: unknown): Cell {
	const bytes = Number(value);
	if (bytes < 1e6) return {text: bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(0)} kB`};
	return {text: bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`};
}

const barCells = 10;

/** A share from 0 to 1 as a bar, or as a number for screen readers. */
export function percentBar(value: unknown): Cell {
	const part = Number(value);
	const filled = Math.round(part * barCells);
	const percent = `${Math.round(part * 100)} %`;
	return {text: `${'#'.repeat(filled)}${'-'.repeat(barCells - filled)} ${percent}`, brief: percent};
}

/** The number of files, for lines without room for their list. */
export const fileCount = (value: unknown, _: View, short: boolean): Cell =>
	short && Array.isArray(value) ? {text: `${value.length} files`} : text(JSON.stringify(value));

/** A URL that is safe to click: parsed, it contains no control characters and only ASCII. */
function safeLink(value: unknown): string | undefined {
	const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
	return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : undefined;
}

/** A word to click, or the URL where links cannot be clicked. */
export function link(value: unknown, view: View): Cell {
	const address = safeLink(value);
	return view.links && address !== undefined ? {text: 'open', link: address} : text(value);
}

export const areTexts = (value: unknown): value is string[] =>
	Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Numbers to click, or the URLs where links cannot be clicked. */
export function links(value: unknown, view: View): Cell {
	if (!areTexts(value)) return typeof value === 'string' ? link(value, view) : text(JSON.stringify(value));
	const addresses = value.map(safeLink).filter((address) => address !== undefined);
	if (!view.links || addresses.length < value.length) return text(value.join(' '));
	return {text: addresses.map((_, index) => index + 1).join(' '), links: addresses};
}

export function messageOf(value: unknown): Cell {
	const isObject = typeof value === 'object' && value !== null && 'message' in value;
	return {...text(isObject ? value.message : value), colour: 'red'};
}
