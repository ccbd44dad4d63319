import {visible} from './sanitize.js';
import {localTime, timeAgo, utcTime} from './times.js';
import type {Cell, Colour, View} from './view.js';

/** How people see the values of a key of documents. */
interface Field {
	label?: string;
	/** @param short whether it stands in a table or a line, where room is scarce */
	show?: (value: unknown, view: View, short: boolean) => Cell;
	/** Text that a narrow table may cut. */
	isProse?: boolean;
	/** The columns of lists stand in this order, and a narrow table leaves out the last first; never one without. */
	spare?: number;
	/** The place in that order at which a cell that has a brief form takes it. */
	shortens?: number;
	/** Seen where it can be clicked, or where everything was asked for. */
	isLink?: boolean;
}

const stateColours: Readonly<Record<string, Colour>> = {
	succeed: 'green',
	submitted: 'cyan',
	processing: 'cyan',
	failed: 'red',
	refused: 'red',
	unknown: 'yellow',
	ok: 'green',
	failure: 'red',
	online: 'green',
	toBeOnline: 'cyan',
	expired: 'red',
	runOut: 'red',
};

const text = (value: unknown): Cell => ({text: visible(String(value ?? ''))});

/** Names that Kling gives to packs, in words of people. Source: docs/kling-api.md §8. */
const packWords: Readonly<Record<string, string>> = {
	runOut: 'used up',
	toBeOnline: 'not yet on',
	decreasing_total: 'one-time',
	constant_period: 'refilled',
};

const word = (value: unknown): Cell =>
	text(Object.hasOwn(packWords, String(value)) ? packWords[String(value)] : value);

const state = (value: unknown): Cell => ({
	...word(value),
	colour: Object.hasOwn(stateColours, String(value)) ? stateColours[String(value)] : 'yellow',
});

/** A date, and without its time where room is scarce. */
const date = (full: string): Cell => ({text: full, brief: full.slice(0, 'yyyy-mm-dd'.length)});

function time(value: unknown, {now}: View, short: boolean): Cell {
	if (typeof value !== 'number') return text(value);
	if (now === undefined) return date(utcTime(value));
	const ago = timeAgo(value, now);
	if (short) return {text: ago};
	const full = localTime(value);
	return {text: full.startsWith(ago) ? full : `${full} (${ago})`};
}

/** A time that may be yet to come. */
const end = (value: unknown, view: View, short: boolean): Cell =>
	typeof value === 'number' && view.now !== undefined && value > view.now
		? date(localTime(value))
		: time(value, view, short);

/** Kling's own ids have so many digits. */
const idCells = 18;

/** An id of Kling's, or a name that we gave, of which the beginning tells enough. */
function idOrName(value: unknown): Cell {
	const cell = text(value);
	const letters = [...cell.text];
	return letters.length > idCells ? {...cell, brief: `${letters.slice(0, idCells - 1).join('')}…`} : cell;
}

const unit = (name: string) => (value: unknown) => ({text: visible(`${value} ${name}`)});

function size(value: unknown): Cell {
	const bytes = Number(value);
	if (bytes < 1e6) return {text: bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(0)} kB`};
	return {text: bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`};
}

const barCells = 10;

/** A share from 0 to 1 as a bar, and as a number for who hears it. */
function share(value: unknown): Cell {
	const part = Number(value);
	const filled = Math.round(part * barCells);
	const percent = `${Math.round(part * 100)} %`;
	return {text: `${'#'.repeat(filled)}${'-'.repeat(barCells - filled)} ${percent}`, brief: percent};
}

/** An address that may be clicked: parsed, it has no controls in it and no letters beyond ASCII. */
function safeLink(value: unknown): string | undefined {
	const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
	return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : undefined;
}

/** A list that has no room: on a line of many. */
const number = (value: unknown, _: View, short: boolean): Cell =>
	short && Array.isArray(value) ? {text: `${value.length} files`} : text(JSON.stringify(value));

/** A word to click, or the address where nothing can be clicked. */
function link(value: unknown, view: View): Cell {
	const address = safeLink(value);
	return view.links && address !== undefined ? {text: 'open', link: address} : text(value);
}

/** Numbers to click, or the addresses where nothing can be clicked. */
function links(value: unknown, view: View): Cell {
	if (!Array.isArray(value)) return link(value, view);
	const addresses = value.map(safeLink).filter((address) => address !== undefined);
	if (!view.links || addresses.length < value.length) return text(value.join(' '));
	return {text: addresses.map((_, index) => index + 1).join(' '), links: addresses};
}

function messageOf(value: unknown): Cell {
	const isObject = typeof value === 'object' && value !== null && 'message' in value;
	return {...text(isObject ? value.message : value), colour: 'red'};
}

const fields: Readonly<Record<string, Field>> = {
	status: {show: state},
	exists: {},
	// Of what is bought and of profiles: a name that is cut may be that of another.
	name: {},
	either_id: {label: 'id', show: idOrName, shortens: 5.5},
	left: {show: share, spare: 1, shortens: 3.5},
	expires_at: {label: 'expires', show: end, spare: 2, shortens: 4.5},
	remaining: {spare: 3},
	total: {spare: 4},
	pack_id: {label: 'pack id', spare: 13},
	error: {show: messageOf, isProse: true},
	created_at: {label: 'created', show: time, spare: 1, shortens: 5.5},
	submitted_at: {label: 'submitted', show: time, spare: 1, shortens: 5.5},
	duration: {show: unit('s'), spare: 2},
	task_id: {spare: 3},
	video_url: {label: 'video', show: link, spare: 4, isLink: true},
	prompt: {isProse: true, spare: 5},
	message: {isProse: true, spare: 5},
	type: {show: word, spare: 6},
	file: {spare: 6},
	files: {show: number, spare: 6},
	bytes: {label: 'size', show: size, spare: 7},
	resolution: {spare: 7},
	video_id: {spare: 8},
	units: {spare: 9},
	updated_at: {label: 'updated', show: time, spare: 10},
	external_task_id: {label: 'external id', spare: 11},
	watermark_url: {label: 'watermarked', show: link, spare: 12, isLink: true},
	audio_mp3_url: {label: 'mp3', show: link, spare: 12, isLink: true},
	audio_wav_url: {label: 'wav', show: link, spare: 12, isLink: true},
};

/** Of keys that are not in the table, such as a plugin's: the name says what are times, ids and lists of links. */
function fieldOf(key: string): Field {
	if (Object.hasOwn(fields, key)) return fields[key] ?? {};
	if (key.endsWith('_at')) return {label: label(key.slice(0, -3)), show: time, spare: 7};
	if (key.endsWith('_urls')) {
		return {label: `${label(key.slice(0, -5))} links`, show: links, spare: 4, isLink: true};
	}
	return {isProse: !/(^|_)id$/.test(key), spare: 7};
}

const label = (key: string) => visible(key.replaceAll('_', ' '));

/** What a key is called. */
export const labelOf = (key: string): string => fieldOf(key).label ?? label(key);

/** Higher than of all other keys: an address that cannot be clicked is longer than a line. */
const addressSpare = 20;

/** How a narrow table treats a column. */
export function columnOf(key: string, view: View) {
	const {isProse = false, isLink = false, spare = 0, shortens = 0} = fieldOf(key);
	const isAddress = isLink && !view.links;
	return {isProse, isAddress, spare: isAddress ? addressSpare : spare, shortens};
}

/** The keys of a list with the one that names its rows first, and then those that matter most. */
export function byImportance([name, ...others]: readonly string[], view: View): string[] {
	const sorted = others.sort((a, b) => columnOf(a, view).spare - columnOf(b, view).spare);
	return name === undefined ? [] : [name, ...sorted];
}

/** A value as people see it; lists and objects within values as JSON. */
export function cellOf(key: string, value: unknown, view: View, short: boolean): Cell {
	if (value === undefined || value === null) return {text: ''};
	const {show} = fieldOf(key);
	if (show) return show(value, view, short);
	if (typeof value === 'boolean') return {text: value ? 'yes' : 'no'};
	return text(typeof value === 'object' ? JSON.stringify(value) : value);
}

/** The addresses of a list of links where nothing can be clicked: each is longer than a line. */
export function addressesOf(key: string, value: unknown, view: View): string[] | undefined {
	return fieldOf(key).isLink && !view.links && Array.isArray(value) ? value.map(String) : undefined;
}

/** Whether a view shows a key at all: an address that cannot be clicked is long and of little use. */
export const isShown = (key: string, view: View): boolean =>
	!fieldOf(key).isLink || view.links || view.verbose;
