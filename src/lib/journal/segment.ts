import {hash as digestOf} from 'node:crypto';
import {readAt} from './log-file.js';

/*
 * A segment maps keys to the lines of one part of a log. It is written once and never changed. It is derived
 * entirely from the log, so it can be lost or built twice without harm. Layout: a header; for each value of
 * the first hash byte, how many records begin with a byte up to it; then the sorted records, each with 6
 * bytes of the key's hash and 6 bytes of offset.
 */

const magic = 'KJS1';
const guardBytes = 16;
const headBytes = magic.length + 6 + 6 + guardBytes;
const fanout = 256;
const firstRecord = headBytes + fanout * 4;
const recordBytes = 12;
const perLead = 2 ** 40;

/** A byte range of a log; the end is exclusive. */
export interface Range {
	start: number;
	end: number;
}

/** A key's hash, and the offset of a line that it matches. */
export interface Posting {
	hash: number;
	offset: number;
}

/** A segment in a file, of which only the beginning is in memory. */
export interface FileSource {
	descriptor: number;
	beginning: Buffer;
}

/** The bytes of a segment, in memory or in a file. */
export type Source = Buffer | FileSource;

export const openSource = (descriptor: number): FileSource => ({
	descriptor,
	beginning: readAt(descriptor, 0, firstRecord),
});

/**
 * 48 bits: among a million keys, two collide in about one of 600 journals, and then the line itself decides.
 */
export const hashOf = (key: string): number => digestOf('sha1', key, 'buffer').readUIntBE(0, 6);

/**
 * Bytes that show that a segment belongs to a log: the log's first ones, and those before the end of the
 * segment.
 */
export function guardOf(log: number, {end}: Range): Buffer {
	const from = Math.max(0, end - 256);
	const both = Buffer.concat([readAt(log, 0, Math.min(64, end)), readAt(log, from, end - from)]);
	return digestOf('sha1', both, 'buffer').subarray(0, guardBytes);
}

/** The bytes of a segment. */
export function buildSegment(range: Range, guard: Buffer, postings: readonly Posting[]): Buffer {
	const sorted = postings.toSorted((a, b) => a.hash - b.hash || a.offset - b.offset);
	const bytes = emptySegment(range, guard, sorted.length);
	const counts = new Uint32Array(fanout);
	for (const [index, {hash, offset}] of sorted.entries()) {
		putRecord(bytes, index, hash, offset);
		const lead = Math.floor(hash / perLead);
		counts[lead] = (counts[lead] ?? 0) + 1;
	}
	return putCounts(bytes, counts);
}

/**
 * The bytes of one segment for two adjacent parts of a log.
 * @param guard of the later part
 */
export function mergeSegments(earlier: Buffer, later: Buffer): Buffer {
	const range = {start: rangeOf(earlier).start, end: rangeOf(later).end};
	const guard = later.subarray(headBytes - guardBytes, headBytes);
	const counts = [recordsOf(earlier), recordsOf(later)] as const;
	const bytes = emptySegment(range, guard, counts[0] + counts[1]);
	for (let a = 0, b = 0, at = firstRecord; a < counts[0] || b < counts[1]; at += recordBytes) {
		const isEarlier = b >= counts[1] || (a < counts[0] && hashAt(earlier, a) <= hashAt(later, b));
		const from = firstRecord + (isEarlier ? a++ : b++) * recordBytes;
		(isEarlier ? earlier : later).copy(bytes, at, from, from + recordBytes);
	}
	const sums = Uint32Array.from({length: fanout}, (_, lead) => upTo(earlier, lead) + upTo(later, lead));
	for (const [lead, sum] of sums.entries()) bytes.writeUInt32BE(sum, headBytes + lead * 4);
	return bytes;
}

/** Whether a source holds a complete segment for a part of a log. */
export function isSegment(source: Source, size: number, range: Range, log: number): boolean {
	if (size < firstRecord) return false;
	const head = bytesOf(source, 0, firstRecord);
	const {start, end} = rangeOf(head);
	return (
		head.toString('latin1', 0, magic.length) === magic &&
		start === range.start &&
		end === range.end &&
		size === firstRecord + upTo(head, fanout - 1) * recordBytes &&
		head.subarray(headBytes - guardBytes, headBytes).equals(guardOf(log, range))
	);
}

/** Records on either side of where a hash is expected that are read with it. */
const aside = 64;

/**
 * Offsets of the lines that a key may match, in log order. Hashes are spread evenly, so only the records around
 * the place where this one is expected are read; all with the same first byte only when it is not among those.
 */
export function lookUp(source: Source, hash: number): number[] {
	const lead = Math.floor(hash / perLead);
	const counts = bytesOf(source, headBytes + Math.max(0, lead - 1) * 4, 8);
	const first = lead === 0 ? 0 : counts.readUInt32BE(0);
	const end = counts.readUInt32BE(lead === 0 ? 0 : 4);
	const expected = first + Math.floor(((hash % perLead) / perLead) * (end - first));
	const [from, to] = [Math.max(first, expected - aside), Math.min(end, expected + aside)];
	const near = recordsBetween(source, from, to);
	const startsBefore = from === first || near.readUIntBE(0, 6) < hash;
	const endsAfter = to === end || near.readUIntBE(near.length - recordBytes, 6) > hash;
	return offsetsIn(startsBefore && endsAfter ? near : recordsBetween(source, first, end), hash);
}

const recordsBetween = (source: Source, from: number, to: number) =>
	bytesOf(source, firstRecord + from * recordBytes, (to - from) * recordBytes);

function offsetsIn(records: Buffer, hash: number): number[] {
	let low = 0;
	for (let high = records.length / recordBytes; low < high; ) {
		const middle = (low + high) >>> 1;
		if (records.readUIntBE(middle * recordBytes, 6) < hash) low = middle + 1;
		else high = middle;
	}
	const found: number[] = [];
	for (
		let at = low * recordBytes;
		at < records.length && records.readUIntBE(at, 6) === hash;
		at += recordBytes
	) {
		found.push(records.readUIntBE(at + 6, 6));
	}
	return found;
}

function bytesOf(source: Source, offset: number, length: number): Buffer {
	const end = offset + length;
	if (Buffer.isBuffer(source)) return source.subarray(offset, end);
	return end <= firstRecord
		? source.beginning.subarray(offset, end)
		: readAt(source.descriptor, offset, length);
}

function emptySegment({start, end}: Range, guard: Buffer, records: number): Buffer {
	const bytes = Buffer.alloc(firstRecord + records * recordBytes);
	bytes.write(magic, 'latin1');
	bytes.writeUIntBE(start, magic.length, 6);
	bytes.writeUIntBE(end, magic.length + 6, 6);
	guard.copy(bytes, headBytes - guardBytes);
	return bytes;
}

function putRecord(bytes: Buffer, index: number, hash: number, offset: number): void {
	const at = firstRecord + index * recordBytes;
	bytes.writeUIntBE(hash, at, 6);
	bytes.writeUIntBE(offset, at + 6, 6);
}

function putCounts(bytes: Buffer, counts: Uint32Array): Buffer {
	let sum = 0;
	for (const [lead, count] of counts.entries()) {
		sum += count;
		bytes.writeUInt32BE(sum, headBytes + lead * 4);
	}
	return bytes;
}

const rangeOf = (head: Buffer): Range => ({
	start: head.readUIntBE(magic.length, 6),
	end: head.readUIntBE(magic.length + 6, 6),
});
const upTo = (head: Buffer, lead: number) => head.readUInt32BE(headBytes + lead * 4);
const recordsOf = (bytes: Buffer) => upTo(bytes, fanout - 1);
const hashAt = (bytes: Buffer, index: number) => bytes.readUIntBE(firstRecord + index * recordBytes, 6);
