import {existsSync} from 'node:fs';
import path from 'node:path';
import {logName} from './account-folder.js';
import {hasKey, keyOf, type Line, parseLine} from './entry.js';
import {hasEnded} from './has-ended.js';
import {followLog, newestLine, type OpenLog, savedLines} from './indexed-log.js';
import {appendToLog, lineAt, linesBackward, linesForward} from './log-file.js';
import {isSubmission} from './merge-lines.js';
import {migrateJournal} from './migrate-journal.js';
import {headerOf, type Owner, pruneSandboxes} from './prune-sandboxes.js';

/** The lines of one account on disk. */
export interface LogStore {
	/** Appends a line. If it cannot be written, it is kept in memory and the error is thrown. */
	append(line: Line, isUrgent: boolean): void;
	/**
	 * Checks the log for changes once, for all reads in `work`, which must not write.
	 * @returns undefined when there are no lines at all
	 */
	atOnce<T>(work: () => T): T | undefined;
	/** All lines of an external id, oldest first. */
	find(id: string): Line[];
	/** The external id that the newest line with a key has. */
	idOf(key: string): string | undefined;
	/**
	 * The lines of one external id at a time, the latest submission first.
	 * @param maxBytes how much of the log to read at most
	 */
	newestFirst(maxBytes?: number): Generator<Line[], void, undefined>;
	/** The external ids whose tasks no line reports as ended, in log order. */
	unended(): string[];
}

export interface StoreOptions {
	/** Folder of the account. */
	folder: string;
	/** The folder where older versions kept the journal of all accounts. */
	oldFolder: string;
	owner: Owner;
	onTrouble: (error: unknown) => void;
}

/** After this many bytes read backwards, loading the whole index pays off. */
const farBack = 4_000_000;

/** Opens the lines of an account. Nothing is read or written until it is needed. */
export function openStore(options: StoreOptions): LogStore {
	const {folder, onTrouble} = options;
	const file = path.join(folder, logName);
	const header = headerOf(options.owner);
	/** Lines that could not be written to the disk. */
	const unsaved: Line[] = [];
	let isCarriedOver = false;
	const carryOverOnce = () => {
		if (isCarriedOver) return;
		isCarriedOver = true;
		migrateJournal({...options, header, file, onUnsaved: (line) => unsaved.push(line)});
	};
	const openLatest = followLog(file, path.join(folder, 'index'));
	/** The log as it is now; undefined when there is none. */
	const current = () => {
		if (held) return held.log;
		carryOverOnce();
		return openLatest();
	};
	let held: {log: OpenLog | undefined} | undefined;
	const reading = <T>(read: () => T, otherwise: T): T => {
		try {
			return read();
		} catch (error) {
			onTrouble(error);
			return otherwise;
		}
	};
	const saved = (id: string) => reading<Line[]>(() => savedLines(current(), keyOf.externalId(id)), []);
	const find = (id: string) => [...saved(id), ...unsaved.filter((line) => line.id === id)];
	const idOf = (key: string) =>
		unsaved.findLast((line) => hasKey(line, key))?.id ??
		reading(() => newestLine(current(), key)?.id, undefined);

	return {
		find,
		idOf,
		atOnce(work) {
			const log = reading(current, undefined);
			if (log === undefined && unsaved.length === 0) return undefined;
			held = {log};
			try {
				return work();
			} finally {
				held = undefined;
			}
		},
		append(line, isUrgent) {
			try {
				carryOverOnce();
				if (options.owner.isSandbox && !existsSync(file)) {
					pruneSandboxes(path.dirname(folder), logName, Date.now());
				}
				appendToLog(file, JSON.stringify(line), {header, isUrgent});
			} catch (error) {
				unsaved.push(line);
				throw error;
			}
			reading(() => current()?.index.save(), undefined);
		},
		unended() {
			const log = reading(current, undefined);
			const texts = log === undefined ? [] : linesForward(log.descriptor, 0, log.end);
			return [...withoutEnd(texts), ...unsaved.map(({id}) => id)];
		},
		*newestFirst(maxBytes = Number.POSITIVE_INFINITY) {
			const log = reading(current, undefined);
			const done = new Set<string>();
			for (const {id} of unsaved.toReversed()) {
				if (!done.has(id)) yield find(id);
				done.add(id);
			}
			if (log === undefined) return;
			for (const lines of linesOfLog(log, maxBytes)) {
				if (!done.has(lines[0]?.id ?? '')) yield lines;
			}
		},
	};
}

/** Matches every line that reports an end. Others may match as well, through their request. */
const mayTellEnd = /"status":"(succeed|failed)"/;
/** The start of this program's lines. Parsing every line would take far longer. */
const ownBeginning = /^\{"id":"([\w.-]{1,256})"/;

/** Reads each line once, and parses only those that may report an end. */
function withoutEnd(lines: Iterable<{text: string}>): Set<string> {
	const ended = new Set<string>();
	const open = new Set<string>();
	for (const {text} of lines) {
		const line = mayTellEnd.test(text) ? parseLine(text) : undefined;
		const id = line?.id ?? ownBeginning.exec(text)?.[1] ?? parseLine(text)?.id;
		if (id === undefined) continue;
		if (hasEnded(line?.entry.status)) {
			ended.add(id);
			open.delete(id);
		} else if (!ended.has(id)) open.add(id);
	}
	return open;
}

/** What was seen of an id while reading the log backwards. */
interface Seen {
	lines: Map<number, Line>;
	/** Offsets of its lines according to the index. */
	offsets: readonly number[];
}

/**
 * The lines grouped by id, in the order of each id's latest submission. An id without a submission line is
 * placed by its first line.
 */
function* linesOfLog(
	{descriptor, index, end}: OpenLog,
	maxBytes: number,
): Generator<Line[], void, undefined> {
	const stop = Math.max(0, end - maxBytes);
	const done = new Set<string>();
	const pending = new Map<string, Seen>();
	let isLoaded = false;
	for (const {offset, text} of linesBackward(descriptor, end, stop)) {
		const line = parseLine(text);
		if (line === undefined || done.has(line.id)) continue;
		if (!isLoaded && end - offset > farBack) {
			index.load();
			isLoaded = true;
		}
		const seen = pending.get(line.id) ?? {
			lines: new Map(),
			offsets: index.find(keyOf.externalId(line.id)),
		};
		pending.set(line.id, seen);
		seen.lines.set(offset, line);
		const isFirst = seen.offsets[0] === undefined || seen.offsets[0] >= offset;
		if (!isSubmission(line) && !isFirst) continue;
		pending.delete(line.id);
		done.add(line.id);
		yield withMissing(descriptor, line.id, seen);
	}
	if (stop === 0) for (const [id, seen] of pending) yield withMissing(descriptor, id, seen);
}

/** The lines that were seen and those before the submission, oldest first. */
function withMissing(descriptor: number, id: string, {lines, offsets}: Seen): Line[] {
	for (const offset of offsets) {
		const line = lines.has(offset) ? undefined : parseLine(lineAt(descriptor, offset));
		if (line?.id === id) lines.set(offset, line);
	}
	return [...lines].sort(([a], [b]) => a - b).map(([, line]) => line);
}
