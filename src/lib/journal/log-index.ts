import {closeSync, mkdirSync} from 'node:fs';
import {flushData} from '../fs/flush.js';
import {linesForward} from './log-file.js';
import {buildSegment, guardOf, lookUp, mergeSegments, type Posting, type Range} from './segment.js';
import {bytesOf, openSegments, removeOthers, type Segment, saveSegment} from './segment-files.js';

/** Bytes at the end of a log that are not covered by a segment. Every process reads them. */
const tailBytes = 262_144;
/** Bytes of a log that one new segment covers. */
const segmentBytes = 8 * tailBytes;

/** Hashes the keys of a line. */
export type HashesOf = (text: string) => readonly number[];

/** Finds the lines of a log by key. */
export interface LogIndex {
	/** Updates the index with what was added to the log, up to its present end. */
	refresh(end: number): void;
	/** Offsets of the lines that a hash may match, in log order. */
	find(hash: number): number[];
	/** Writes what is only in memory to the disk when that is worthwhile. Failures are harmless. */
	save(): void;
	/** Loads the whole index into memory, for callers that ask about every line. */
	load(): void;
	close(): void;
}

/**
 * The index of a log. The older part of the log is covered by segments, files that never change and are named
 * after the part they cover; the end is indexed in memory. Segments are derived from the log alone, so
 * processes that write the same segment do not conflict, and a lost or damaged one is rebuilt.
 * @param log descriptor
 * @param folder of the segments
 */
export function openIndex(log: number, folder: string, hashesOf: HashesOf): LogIndex {
	const segments: Segment[] = openSegments(log, folder);
	let tail = new Map<number, number[]>();
	/** The offset up to which lines are in a segment, and the one up to which they are known. */
	let indexed = segments.at(-1)?.end ?? 0;
	let seen = indexed;

	const add = (part: Range) => {
		const postings: Posting[] = [];
		let end = part.start;
		for (const {offset, text} of linesForward(log, part.start, part.end, (at) => {
			end = at;
		})) {
			for (const hash of hashesOf(text)) postings.push({hash, offset});
		}
		return {postings, end};
	};

	return {
		refresh(end) {
			while (end - indexed > segmentBytes) {
				const start = indexed;
				const {postings, end: stop} = add({start, end: start + segmentBytes});
				// A block without a line break contains no complete line.
				const range = {start, end: stop === start ? start + segmentBytes : stop};
				segments.push({...range, source: buildSegment(range, guardOf(log, range), postings)});
				indexed = seen = range.end;
				tail = new Map();
			}
			if (end <= seen) return;
			const {postings, end: stop} = add({start: seen, end});
			for (const {hash, offset} of postings) {
				const known = tail.get(hash);
				if (known === undefined) tail.set(hash, [offset]);
				// An unfinished line is read again later.
				else if (known.at(-1) !== offset) known.push(offset);
			}
			seen = stop;
		},
		find(hash) {
			const old = segments.flatMap(({source}) => lookUp(source, hash));
			return [...new Set(old.concat(tail.get(hash) ?? []))];
		},
		save() {
			const isInMemory = segments.some(({file}) => file === undefined);
			if (seen - indexed <= tailBytes && !isInMemory) return;
			if (seen > indexed) {
				const postings = [...tail].flatMap(([hash, offsets]) => offsets.map((offset) => ({hash, offset})));
				const range = {start: indexed, end: seen};
				segments.push({...range, source: buildSegment(range, guardOf(log, range), postings)});
				tail = new Map();
				indexed = seen;
			}
			try {
				// The log must reach the disk before the index that describes it.
				flushData(log);
				mkdirSync(folder, {recursive: true, mode: 0o700});
				mergeNeighbours(segments);
				for (const segment of segments) saveSegment(segment, folder);
				removeOthers(segments, folder);
			} catch {
				// Without space or permission, the log itself is read, which takes longer.
			}
		},
		load() {
			for (const segment of segments) {
				if (typeof segment.source !== 'number') continue;
				const bytes = bytesOf(segment);
				closeSync(segment.source);
				segment.source = bytes;
			}
		},
		close() {
			for (const {source} of segments) if (typeof source === 'number') closeSync(source);
			segments.length = 0;
		},
	};
}

/**
 * Merges the last segments while the one before is not much larger. This keeps their number small while each
 * line is rewritten rarely.
 */
function mergeNeighbours(segments: Segment[]): void {
	for (;;) {
		const [earlier, later] = [segments.at(-2), segments.at(-1)];
		if (earlier === undefined || later === undefined) return;
		if (earlier.end - earlier.start > 2 * (later.end - later.start)) return;
		const source = mergeSegments(bytesOf(earlier), bytesOf(later));
		segments.splice(-2, 2, {start: earlier.start, end: later.end, source});
		for (const old of [earlier, later]) if (typeof old.source === 'number') closeSync(old.source);
	}
}
