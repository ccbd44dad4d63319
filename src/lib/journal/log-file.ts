import {chmodSync, closeSync, constants, fstatSync, openSync, readSync, type Stats, writeSync} from 'node:fs';
import path from 'node:path';
import {systemCode} from '../fs/file-errors.js';
import {flushData} from '../fs/flush.js';
import {makeFolder} from '../fs/make-folder.js';

const onlyOwner = 0o600;
const block = 65_536;
/** Longest line that is read, in bytes. A longer line was not written by this program. */
const maxLineLength = 1_000_000;
export const lineBreak = 0x0a;
/** Bytes that most lines fit into. */
export const usualLine = 2048;

/** A line of a log, and its byte offset. */
export interface LogLine {
	offset: number;
	text: string;
}

/**
 * Opens a log for reading.
 * @returns a descriptor
 * @throws the file system's error, such as ENOENT; Error when the path is not a file
 */
export function openLog(file: string): number {
	return requireFile(file, constants.O_RDONLY).descriptor;
}

/**
 * Appends a line to a log. Safe with several processes, because single writes to the end of a file do not
 * interleave.
 * @param header the first line of a new log
 * @param isUrgent whether to flush it to the disk before returning
 * @throws the file system's error
 */
export function appendToLog(
	file: string,
	text: string,
	{header, isUrgent}: {header: string; isUrgent: boolean},
): void {
	const {descriptor: log, stats} = openToAppend(file);
	try {
		makePrivate(file, stats);
		// The leading line break ends a line that a crash cut short.
		const bytes = Buffer.from(`${stats.size === 0 ? header : ''}\n${text}\n`);
		const written = writeSync(log, bytes);
		if (written < bytes.length) throw new Error(`${file}: the disk took only a part of a line`);
		if (isUrgent) flushData(log);
	} finally {
		closeSync(log);
	}
}

/** Opens a log, and makes it and its folder if it does not exist. */
function openToAppend(file: string): OpenFile {
	const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
	try {
		return requireFile(file, flags);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') throw error;
		makeFolder(path.dirname(file), 0o700);
		return requireFile(file, flags);
	}
}

/**
 * Restricts a file that was created or copied by other means to its owner. Some file systems have no
 * permissions.
 */
function makePrivate(file: string, {mode}: Stats): void {
	if ((mode & 0o077) === 0) return;
	try {
		chmodSync(file, onlyOwner);
	} catch {}
}

interface OpenFile {
	descriptor: number;
	stats: Stats;
}

function requireFile(file: string, flags: number): OpenFile {
	const isNoFile = () => new Error(`${file} is not a regular file`);
	let descriptor: number;
	try {
		// Without NONBLOCK, opening a pipe would block. Windows does not have the flag.
		descriptor = openSync(file, flags | (constants.O_NONBLOCK ?? 0), onlyOwner);
	} catch (error) {
		throw systemCode(error) === 'ENXIO' ? isNoFile() : error;
	}
	const stats = fstatSync(descriptor);
	if (stats.isFile()) return {descriptor, stats};
	closeSync(descriptor);
	throw isNoFile();
}

/**
 * Reads up to `length` bytes at an offset.
 * @param bytes memory of this length to read into
 */
export function readAt(
	file: number,
	offset: number,
	length: number,
	bytes: Buffer = Buffer.allocUnsafe(length),
): Buffer {
	let done = 0;
	while (done < length) {
		const read = readSync(file, bytes, done, length - done, offset + done);
		if (read === 0) break;
		done += read;
	}
	return bytes.subarray(0, done);
}

/**
 * The line at a byte offset; '' when it is not valid.
 * @param memory to read into, if the line fits
 */
export function lineAt(file: number, offset: number, memory = Buffer.allocUnsafe(usualLine)): string {
	for (let {length} = memory; ; length *= 8) {
		const bytes = readAt(file, offset, length, length === memory.length ? memory : undefined);
		const end = bytes.indexOf(lineBreak);
		if (end !== -1) return bytes.toString('utf8', 0, end);
		if (bytes.length < length || length > maxLineLength) return '';
	}
}

/**
 * The lines of a part of a log, oldest first. The last one may still be being written.
 * @param onEnd called with the offset after each line break
 */
export function* linesForward(
	file: number,
	start: number,
	end: number,
	onEnd: (offset: number) => void = () => {},
): Generator<LogLine, void, undefined> {
	let rest: Buffer = Buffer.alloc(0);
	let isTooLong = false;
	for (let at = start; at < end; ) {
		const bytes = readAt(file, at, Math.min(block, end - at));
		if (bytes.length === 0) return;
		let from = at - rest.length;
		at += bytes.length;
		rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
		for (let stop = rest.indexOf(lineBreak); stop !== -1; stop = rest.indexOf(lineBreak)) {
			if (stop > 0 && !isTooLong) yield {offset: from, text: rest.toString('utf8', 0, stop)};
			isTooLong = false;
			rest = rest.subarray(stop + 1);
			from += stop + 1;
			onEnd(from);
		}
		if (rest.length > maxLineLength) {
			isTooLong = true;
			rest = Buffer.alloc(0);
		}
	}
	if (rest.length > 0 && !isTooLong) yield {offset: end - rest.length, text: rest.toString()};
}

/**
 * The texts of the lines of a log, back to a byte offset, many at a time: oldest first, but the latest part
 * first. Some may be empty.
 */
export function* textsBackward(file: number, end: number, start = 0): Generator<string[], void, undefined> {
	let rest: Buffer = Buffer.alloc(0);
	for (let at = end; at > start; ) {
		const from = Math.max(start, at - block);
		const bytes = readAt(file, from, at - from);
		at = from;
		rest = rest.length === 0 ? bytes : Buffer.concat([bytes, rest]);
		// The first line may have begun in an earlier part.
		const first = at === 0 ? 0 : rest.indexOf(lineBreak) + 1;
		if (at > 0 && first === 0) continue;
		yield rest.toString('utf8', first).split('\n');
		rest = rest.subarray(0, first);
	}
}

/** The lines of a log, newest first, back to a byte offset. */
export function* linesBackward(file: number, end: number, start = 0): Generator<LogLine, void, undefined> {
	let rest: Buffer = Buffer.alloc(0);
	let at = end;
	while (at > start) {
		const from = Math.max(start, at - block);
		const bytes = readAt(file, from, at - from);
		at = from;
		rest = rest.length === 0 ? bytes : Buffer.concat([bytes, rest]);
		for (let stop = rest.lastIndexOf(lineBreak); stop !== -1; stop = rest.lastIndexOf(lineBreak)) {
			const length = rest.length - stop - 1;
			if (length > 0 && length < maxLineLength) {
				yield {offset: at + stop + 1, text: rest.toString('utf8', stop + 1)};
			}
			rest = rest.subarray(0, stop);
		}
		// This many bytes without a line break are not a line. The bytes before them may contain some.
		if (rest.length > maxLineLength) rest = Buffer.alloc(0);
	}
	if (start === 0 && rest.length > 0 && rest.length < maxLineLength) yield {offset: 0, text: rest.toString()};
}
