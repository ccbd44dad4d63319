import {closeSync, type Stats, statSync} from 'node:fs';
import {hasKey, keysOf, type Line, parseLine} from './entry.js';
import {lineAt, openLog, usualLine} from './log-file.js';
import {type LogIndex, openIndex} from './log-index.js';

/** A log that is open for reading. */
export interface OpenLog {
	descriptor: number;
	/** What `stat` reported about the file when it was opened. */
	stats: Stats;
	index: LogIndex;
	/** The offset up to which it is indexed. */
	end: number;
	/** The line that a key matches at an offset; undefined for another line that the index confuses with it. */
	lineWith(key: string, offset: number): Line | undefined;
}

const keysIn = (text: string) => {
	const line = parseLine(text);
	return line === undefined ? [] : keysOf(line);
};

/** All lines that a key matches, oldest first. */
export function savedLines(log: OpenLog | undefined, key: string): Line[] {
	if (log === undefined) return [];
	return log.index.find(key).flatMap((offset) => log.lineWith(key, offset) ?? []);
}

/** The newest line that a key matches. */
export function newestLine(log: OpenLog | undefined, key: string): Line | undefined {
	if (log === undefined) return undefined;
	for (const offset of log.index.find(key).reverse()) {
		const line = log.lineWith(key, offset);
		if (line) return line;
	}
	return undefined;
}

/**
 * @returns the log at the time of each call, opened and indexed up to its end; undefined when there is none
 */
export function followLog(file: string, indexFolder: string): () => OpenLog | undefined {
	let open: OpenLog | undefined;
	return () => {
		const stats = statSync(file, {throwIfNoEntry: false});
		// The file may have been removed, replaced or emptied.
		if (open !== undefined && (stats === undefined || !isSameLog(open, stats))) {
			open.index.close();
			closeSync(open.descriptor);
			open = undefined;
		}
		if (stats === undefined) return undefined;
		open ??= openWith(file, stats, indexFolder);
		open.end = stats.size;
		open.index.refresh(open.end);
		return open;
	};
}

function openWith(file: string, stats: Stats, indexFolder: string): OpenLog {
	const descriptor = openLog(file);
	const memory = Buffer.allocUnsafe(usualLine);
	return {
		descriptor,
		stats,
		index: openIndex({log: descriptor, size: stats.size}, indexFolder, keysIn),
		end: 0,
		lineWith(key, offset) {
			const line = parseLine(lineAt(descriptor, offset, memory));
			return line && hasKey(line, key) ? line : undefined;
		},
	};
}

/** Whether a path still leads to the same file, which has lost nothing. */
const isSameLog = ({stats: {ino, dev, birthtimeMs}, end}: OpenLog, now: Stats) =>
	ino === now.ino && dev === now.dev && birthtimeMs === now.birthtimeMs && end <= now.size;
