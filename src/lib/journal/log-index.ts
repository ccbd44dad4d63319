import {mkdirSync} from 'node:fs';
import {flushData} from '../fs/flush.js';
import {type KeyedLine, type KeysOf, keyedLines, openTail} from './log-tail.js';
import {buildSegment, guardOf, hashOf, lookUp, mergeSegments} from './segment.js';
import {
	bytesOf,
	closeSegment,
	openSegments,
	removeOthers,
	type Segment,
	saveSegment,
} from './segment-files.js';

/** Bytes at the end of a log that are not covered by a segment. Every process reads them. */
const tailBytes = 262_144;
/** Bytes of a log that one new segment covers. */
const segmentBytes = 8 * tailBytes;

/** Finds the lines of a log by key. */
export interface LogIndex {
	/** Updates the index with what was added to the log, up to its present end. */
	refresh(end: number): void;
	/** Offsets of the lines that a key may match, in log order. */
	find(key: string): number[];
	/** Writes what is only in memory to the disk when that is worthwhile. Failures are harmless. */
	save(): void;
	/** Loads the whole index into memory, for callers that ask about every line. */
	load(): void;
	close(): void;
}

/**
 * The index of a log. The older part of the log is covered by segments, files that never change and are named
 * after the part they cover; the end is kept in memory. Segments are derived from the log alone, so
 * processes that write the same segment do not conflict, and a lost or damaged one is rebuilt.
 * @param log descriptor
 * @param size bytes in the log
 * @param folder of the segments
 */
export function openIndex(
	{log, size}: {log: number; size: number},
	folder: string,
	keysOf: KeysOf,
): LogIndex {
	const segments: Segment[] = openSegments({log, size}, folder);
	/** The offset up to which lines are in a segment. */
	let indexed = segments.at(-1)?.end ?? 0;
	let tail = openTail(log, indexed, keysOf);

	const cover = (end: number, lines: readonly KeyedLine[]) => {
		const range = {start: indexed, end};
		const postings = lines.map(({key, offset}) => ({hash: hashOf(key), offset}));
		segments.push({...range, source: buildSegment(range, guardOf(log, range), postings)});
		indexed = end;
		tail = openTail(log, end, keysOf);
	};

	return {
		refresh(end) {
			while (end - indexed > segmentBytes) {
				const start = indexed;
				const {lines, end: stop} = keyedLines(log, {start, end: start + segmentBytes}, keysOf);
				// A block without a line break contains no complete line.
				cover(stop === start ? start + segmentBytes : stop, lines);
			}
			tail.read(end);
		},
		find(key) {
			const old = segments.length === 0 ? [] : lookUpIn(segments, hashOf(key));
			return [...new Set(old.concat(tail.find(key)))];
		},
		save() {
			const isInMemory = segments.some(({file}) => file === undefined);
			if (tail.end - indexed <= tailBytes && !isInMemory) return;
			if (tail.end > indexed) cover(tail.end, tail.lines());
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
				const bytes = bytesOf(segment);
				closeSegment(segment);
				segment.source = bytes;
			}
		},
		close() {
			for (const segment of segments) closeSegment(segment);
			segments.length = 0;
		},
	};
}

const lookUpIn = (segments: readonly Segment[], hash: number) =>
	segments.flatMap(({source}) => lookUp(source, hash));

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
		for (const old of [earlier, later]) closeSegment(old);
	}
}
