import {closeSync, fstatSync, openSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {writeAtomically} from '../fs/write-atomic.js';
import {readAt} from './log-file.js';
import {isSegment, openSource, type Range, type Source} from './segment.js';

/** Segments up to this many bytes are kept in memory, because reading them again costs more. */
const smallSegment = 262_144;
/** Milliseconds after which an unfinished file is known to be left over from a process that died. */
const abandonedMs = 3_600_000;

/** A part of the index of a log, in memory or in a file. */
export interface Segment extends Range {
	source: Source;
	/** Undefined when it is only in memory. */
	file?: string;
}

/** All bytes of a segment. */
export const bytesOf = ({source}: Segment): Buffer =>
	Buffer.isBuffer(source) ? source : readAt(source.descriptor, 0, fstatSync(source.descriptor).size);

export function closeSegment({source}: Segment): void {
	if (!Buffer.isBuffer(source)) closeSync(source.descriptor);
}

const nameOf = ({start, end}: Range) => `${start}-${end}.idx`;
const named = /^(\d+)-(\d+)\.idx$/;

/** Writes a segment that is only in memory to the disk. */
export function saveSegment(segment: Segment, folder: string): void {
	const {source, file} = segment;
	if (file !== undefined || !Buffer.isBuffer(source)) return;
	const target = path.join(folder, nameOf(segment));
	writeAtomically(target, source, {sync: true, fresh: `${target}.${process.pid}.new`});
	segment.file = target;
}

/** Removes segments whose lines are covered by others. */
export function removeOthers(segments: readonly Segment[], folder: string): void {
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

/**
 * The fewest consecutive segments that cover the log from its beginning. Segments that do not match it are
 * ignored.
 */
export function openSegments({log, size}: {log: number; size: number}, folder: string): Segment[] {
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
		// Another process has just merged it, so the log itself is read.
		return undefined;
	}
	try {
		const {size} = fstatSync(descriptor);
		const source = size > smallSegment ? openSource(descriptor) : readAt(descriptor, 0, size);
		if (isSegment(source, size, range, log)) {
			if (Buffer.isBuffer(source)) closeSync(descriptor);
			return {...range, source, file};
		}
	} catch {}
	closeSync(descriptor);
	return undefined;
}
