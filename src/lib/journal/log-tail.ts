import {keyText} from './entry.js';
import {lineBreak, linesForward, readAt} from './log-file.js';
import type {Range} from './segment.js';

/** The keys of a line. */
export type KeysOf = (text: string) => readonly string[];

/** A key, and the offset of a line that it matches. */
export interface KeyedLine {
	key: string;
	offset: number;
}

/** After this many searches through the text, it pays to index it. */
const fewSearches = 64;

/** The end of a log, which no segment covers. */
export interface LogTail {
	/** The offset up to which lines are known. */
	readonly end: number;
	/** Takes in what was added to the log, up to an offset. */
	read(end: number): void;
	/** Offsets of the lines that a key may match, in log order. A line that was unfinished at first may be named twice. */
	find(key: string): number[];
	lines(): KeyedLine[];
}

/**
 * Reads the lines of a part of a log.
 * @returns their keys, and the offset after the last line break
 */
export function keyedLines(log: number, part: Range, keysOf: KeysOf): {lines: KeyedLine[]; end: number} {
	const lines: KeyedLine[] = [];
	let end = part.start;
	for (const {offset, text} of linesForward(log, part.start, part.end, (at) => {
		end = at;
	})) {
		for (const key of keysOf(text)) lines.push({key, offset});
	}
	return {lines, end};
}

/**
 * Opens the end of a log. Most commands ask about few tasks, and parsing all lines would take as long as Node takes
 * to start. So what is there at first is searched as text, until there have been many searches.
 * @param start offset of the first line
 */
export function openTail(log: number, start: number, keysOf: KeysOf): LogTail {
	let unindexed: Buffer | undefined;
	let searches = 0;
	const indexed = new Map<string, number[]>();
	let seen = start;
	/** The offset up to which it was read, which may be in the middle of a line. */
	let readTo = start;

	const index = (end: number) => {
		const {lines, end: stop} = keyedLines(log, {start: seen, end}, keysOf);
		for (const {key, offset} of lines) {
			const known = indexed.get(key);
			if (known === undefined) indexed.set(key, [offset]);
			// An unfinished line is read again later.
			else if (known.at(-1) !== offset) known.push(offset);
		}
		seen = stop;
	};
	const indexAll = () => {
		if (unindexed === undefined) return;
		unindexed = undefined;
		indexed.clear();
		seen = start;
		index(readTo);
	};

	return {
		get end() {
			return seen;
		},
		read(end) {
			if (end <= seen) return;
			readTo = end;
			if (seen > start) return index(end);
			const text = readAt(log, start, end - start);
			if (isUnusual(text)) return index(end);
			unindexed = text;
			seen = start + text.lastIndexOf(lineBreak) + 1;
		},
		find(key) {
			searches += 1;
			if (searches > fewSearches) indexAll();
			const old = unindexed === undefined ? [] : linesWith(unindexed, keyText(key));
			return old.map((at) => start + at).concat(indexed.get(key) ?? []);
		},
		lines() {
			indexAll();
			return [...indexed].flatMap(([key, offsets]) => offsets.map((offset) => ({key, offset})));
		},
	};
}

/** Whether ids may be written in another way than this program writes them. */
const isUnusual = (text: Buffer) => text.includes('\\u') || text.includes('\\/');

/** Where the lines begin that contain a text. */
function linesWith(bytes: Buffer, text: string): number[] {
	const found: number[] = [];
	for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at)) {
		found.push(bytes.lastIndexOf(lineBreak, at) + 1);
		const end = bytes.indexOf(lineBreak, at);
		if (end === -1) break;
		at = end;
	}
	return found;
}
