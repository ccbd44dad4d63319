import {
	closeSync,
	fstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {flushData} from '../fs/flush.js';
import {linesForward, readAt} from './log-file.js';
import {
	buildSegment,
	guardOf,
	isSegment,
	lookUp,
	mergeSegments,
	type Posting,
	type Range,
	type Source,
} from './segment.js';

/** Bytes at the end of a log that no segment has: they are read by every process. */
const tailBytes = 262_144;
/** Bytes of a log that one new segment is made of. */
const segmentBytes = 8 * tailBytes;
/** A segment up to this size is kept in memory: to read it again costs more. */
const smallSegment = 262_144;
/** Milliseconds after which a file that is still being written was left by a process that died. */
const abandonedMs = 3_600_000;

interface Segment extends Range {
	source: Source;
	/** Left out where no file holds it. */
	file?: string;
}

/** The hashes of the keys of a line. */
export type HashesOf = (text: string) => readonly number[];

/** Where the lines of a log are that a key finds. */
export interface LogIndex {
	/** Makes the index know of what was added to the log up to its present end. */
	refresh(end: number): void;
	/** Where the lines begin that a hash may find, in the order of the log. */
	find(hash: number): number[];
	/** Writes what is only in memory to the disk, when it is worth it; failures are harmless. */
	save(): void;
	/** Loads all of it into memory, for callers that ask about every line. */
	load(): void;
	close(): void;
}

/**
 * The index of a log: segments of the older part, which never change, in files that are named after the part, and the
 * end in memory. Segments follow from the log alone, so two processes that write them do not disturb each other, and
 * what is lost or damaged is made again.
 * @param log descriptor
 * @param folder of the segments
 */
export function openIndex(log: number, folder: string, hashesOf: HashesOf): LogIndex {
	const segments: Segment[] = openSegments(log, folder);
	let tail = new Map<number, number[]>();
	/** The byte up to which lines are in a segment, and up to which they are known. */
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
				// Without a line break in all of it there is no line in it.
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
				// A line without an end is read again.
				else if (known.at(-1) !== offset) known.push(offset);
			}
			seen = stop;
		},
		find(hash) {
			const old = segments.flatMap(({source}) => lookUp(source, hash));
			return [...new Set([...old, ...(tail.get(hash) ?? [])])];
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
				// What the index says of the log must be on the disk before the index is.
				flushData(log);
				mkdirSync(folder, {recursive: true, mode: 0o700});
				mergeNeighbours(segments);
				for (const segment of segments) saveSegment(segment, folder);
				removeOthers(segments, folder);
			} catch {
				// Without room or permission the log itself is read, which takes longer.
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

/** Merges the last segments while the one before is not much larger, so that there are few, and each line moves seldom. */
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

const bytesOf = ({source}: Segment): Buffer =>
	typeof source === 'number' ? readAt(source, 0, fstatSync(source).size) : source;

const nameOf = ({start, end}: Range) => `${start}-${end}.idx`;
const named = /^(\d+)-(\d+)\.idx$/;

function saveSegment(segment: Segment, folder: string): void {
	const {source, file} = segment;
	if (file !== undefined || typeof source === 'number') return;
	const target = path.join(folder, nameOf(segment));
	const fresh = `${target}.${process.pid}.new`;
	try {
		const descriptor = openSync(fresh, 'w', 0o600);
		try {
			writeFileSync(descriptor, source);
			flushData(descriptor);
		} finally {
			closeSync(descriptor);
		}
		renameSync(fresh, target);
	} catch (error) {
		rmSync(fresh, {force: true});
		throw error;
	}
	segment.file = target;
}

/** Removes segments that others hold the lines of. */
function removeOthers(segments: readonly Segment[], folder: string): void {
	for (const name of readdirSync(folder)) {
		const [, start, end] = named.exec(name) ?? [];
		const file = path.join(folder, name);
		const isHeld = segments.some(
			(other) => other.start <= Number(start) && other.end >= Number(end) && other.file !== file,
		);
		if (isHeld || isAbandoned(file)) rmSync(file, {force: true});
	}
}

function isAbandoned(file: string): boolean {
	if (!file.endsWith('.new')) return false;
	try {
		const descriptor = openSync(file, 'r');
		const {mtimeMs} = fstatSync(descriptor);
		closeSync(descriptor);
		return Math.abs(Date.now() - mtimeMs) > abandonedMs;
	} catch {
		return false;
	}
}

/** The fewest segments that follow each other from the beginning of the log; those that do not fit it are passed over. */
function openSegments(log: number, folder: string): Segment[] {
	let names: string[];
	try {
		names = readdirSync(folder);
	} catch {
		return [];
	}
	const ranges = names
		.map((name) => named.exec(name))
		.flatMap((found) => (found ? [{start: Number(found[1]), end: Number(found[2])}] : []))
		.sort((a, b) => b.end - a.end);
	const size = fstatSync(log).size;
	const found: Segment[] = [];
	for (let at = 0; ; ) {
		let next: Segment | undefined;
		for (const range of ranges) {
			if (range.start === at && range.end > at && range.end <= size) next ??= openSegment(log, folder, range);
		}
		if (next === undefined) return found;
		found.push(next);
		at = next.end;
	}
}

function openSegment(log: number, folder: string, range: Range): Segment | undefined {
	const file = path.join(folder, nameOf(range));
	let descriptor: number;
	try {
		descriptor = openSync(file, 'r');
	} catch {
		// Another process has just merged it: the log itself is read.
		return undefined;
	}
	try {
		const {size} = fstatSync(descriptor);
		if (isSegment(descriptor, size, range, log)) {
			if (size > smallSegment) return {...range, source: descriptor, file};
			const bytes = readAt(descriptor, 0, size);
			closeSync(descriptor);
			return {...range, source: bytes, file};
		}
	} catch {}
	closeSync(descriptor);
	return undefined;
}
