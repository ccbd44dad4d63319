import {
	amount,
	areTexts,
	clock,
	end,
	fileCount,
	idOrName,
	link,
	links,
	messageOf,
	money,
	percentBar,
	seconds,
	size,
	state,
	text,
	time,
	unit,
	word,
} from './cells.js';
import {visible} from './sanitize.js';
import type {Cell, View} from './view.js';

/** How the values of a document key are shown to people. */
interface Field {
	label?: string;
	/** @param short true in tables and lines, where space is limited */
	show?: (value: unknown, view: View, short: boolean) => Cell;
	/** Text that a narrow table may cut. */
	isProse?: boolean;
	/** Cells that a narrow table may cut it to, if fewer than for other prose are enough. */
	minWidth?: number;
	/**
	 * Position of the column in lists. A narrow table drops the highest first, and never a column without
	 * one.
	 */
	spare?: number;
	/** Position of the column when it differs from `spare`. */
	place?: number;
	/** The point in that order at which a cell switches to its brief form. */
	shortens?: number;
	/** Shown only where links can be clicked, or with --verbose. */
	isLink?: boolean;
	/** What stands for null: a decision, not a gap. */
	absent?: string;
	/** Sentences, each on a line of its own. */
	isLines?: boolean;
}

const fields: Readonly<Record<string, Field>> = {
	status: {show: state},
	warnings: {isLines: true},
	// Of the shots of a batch.
	state: {show: state},
	take: {spare: 0.5, absent: 'none'},
	code: {spare: 7, place: 4.9},
	exists: {},
	by_tag: {label: 'tags'},
	clock_ahead_ms: {label: 'clock', show: clock, spare: 7},
	// Names of packs and profiles: a shortened one could be mistaken for another.
	name: {},
	either_id: {label: 'id', show: idOrName, shortens: 5.5},
	left_share: {label: 'left', show: percentBar, spare: 1, shortens: 3.5},
	expires_at: {label: 'expires', show: end, spare: 2, shortens: 4.5},
	remaining: {show: amount, spare: 3},
	spent: {show: amount, spare: 7},
	reserved: {show: amount, spare: 7},
	total: {show: amount, spare: 4},
	pack_id: {label: 'pack id', spare: 13},
	error: {show: messageOf, isProse: true},
	created_at: {label: 'created', show: time, spare: 1, shortens: 5.5},
	submitted_at: {label: 'submitted', show: time, spare: 1, shortens: 5.5},
	duration: {show: unit('s'), spare: 2},
	task_id: {spare: 3},
	video_url: {label: 'video', show: link, spare: 4, isLink: true},
	prompt: {isProse: true, spare: 5},
	message: {isProse: true, spare: 2.5, place: 5},
	type: {show: word, spare: 6},
	file: {spare: 6},
	files: {show: fileCount, spare: 6},
	bytes: {label: 'size', show: size, spare: 7},
	resolution: {spare: 7},
	video_id: {spare: 8},
	units: {show: amount, spare: 9},
	estimated_units: {label: 'estimated', show: amount, spare: 7},
	billed_units: {label: 'billed', show: amount, spare: 7},
	difference: {show: amount, spare: 7},
	image_units: {show: amount, spare: 9},
	estimated_image_units: {label: 'estimated image units', show: amount, spare: 7},
	usd: {label: 'USD', show: money, spare: 9.1},
	per: {spare: 6.5, place: 9},
	command: {isProse: true, minWidth: 16, spare: 7},
	detail: {isProse: true, minWidth: 16, spare: 2.1, place: 7},
	model: {isProse: true, minWidth: 16, spare: 2.05, place: 7},
	money: {show: money, spare: 7},
	expected_seconds: {label: 'expected time', show: seconds},
	updated_at: {label: 'updated', show: time, spare: 10},
	external_task_id: {label: 'external id', spare: 11},
	watermark_url: {label: 'watermarked', show: link, spare: 12, isLink: true},
	audio_mp3_url: {label: 'mp3', show: link, spare: 12, isLink: true},
	audio_wav_url: {label: 'wav', show: link, spare: 12, isLink: true},
};

/**
 * The field for a key that is not in the table, such as a plugin's. The key's name shows whether it holds a
 * time, an id or a list of links.
 */
function fieldOf(key: string): Field {
	if (Object.hasOwn(fields, key)) return fields[key] ?? {};
	if (key.endsWith('_at')) return {label: label(key.slice(0, -3)), show: time, spare: 7};
	if (key.endsWith('_urls')) {
		return {label: `${label(key.slice(0, -5))} links`, show: links, spare: 4, isLink: true};
	}
	return {isProse: !/(^|_)id$/.test(key), spare: 7};
}

const label = (key: string) => visible(key.replaceAll('_', ' '));

/** The label of a key. */
export const labelOf = (key: string): string => fieldOf(key).label ?? label(key);

/** Dropped before all other columns, because a URL that cannot be clicked is longer than a line. */
const addressSpare = 20;

/** How a narrow table treats a column. */
export function columnOf(key: string, view: View) {
	const {isProse = false, isLink = false, spare = 0, place = spare, shortens = 0, minWidth} = fieldOf(key);
	const isAddress = isLink && !view.links;
	const order = isAddress ? {spare: addressSpare, place: addressSpare} : {spare, place};
	return {isProse, isAddress, ...order, shortens, minWidth};
}

/**
 * When tasks of several types are listed: the position of `type` in the order of dropping, unless a prompt
 * describes each task.
 */
export const typeDropOrder = 1.5;

/** The same for the amounts of a price list or a ledger, which are what it is read for. */
export const amountDropOrders: Readonly<Record<string, number>> = {
	units: 1.5,
	billed_units: 1.5,
	usd: 1.6,
	money: 1.6,
};

/** The same for the pack, where only image units are marked with it: without it they look like video units. */
export const packDropOrder = 1.7;

/** The keys of a list: first the one that names its rows, then the most important ones. */
export function byImportance([name, ...others]: readonly string[], view: View): string[] {
	const sorted = others.sort((a, b) => columnOf(a, view).place - columnOf(b, view).place);
	return name === undefined ? [] : [name, ...sorted];
}

const arePlain = (value: unknown): value is (string | number)[] =>
	Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');

/** Formats a value for people. Lists of words get commas; other lists and objects become JSON. */
export function cellOf(key: string, value: unknown, view: View, short: boolean): Cell {
	const {show, absent = ''} = fieldOf(key);
	if (value === null) return {text: absent};
	if (value === undefined) return {text: ''};
	if (show) return show(value, view, short);
	if (typeof value === 'boolean') return {text: value ? 'yes' : 'no'};
	if (arePlain(value)) return text(value.join(', '));
	return text(typeof value === 'object' ? JSON.stringify(value) : value);
}

/** The texts of a list that get a line each: sentences, and URLs where they cannot be clicked. */
export function linesOf(key: string, value: unknown, view: View): string[] | undefined {
	const {isLines = false, isLink = false} = fieldOf(key);
	return (isLines || (isLink && !view.links)) && areTexts(value) ? value : undefined;
}

/** Whether a view shows a key at all. A URL that cannot be clicked is long and of little use. */
export const isShown = (key: string, view: View): boolean =>
	!fieldOf(key).isLink || view.links || view.verbose;
