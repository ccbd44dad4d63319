import {randomUUID} from 'node:crypto';
import {
	closeSync,
	fstatSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import path from 'node:path';
import {flush} from '../fs/flush.js';
import {makeFolder} from '../fs/make-folder.js';
import {type Line, parseLine} from './entry.js';
import {appendToLog, linesForward, openLog} from './log-file.js';

/**
 * Journal files of older versions, oldest first. Each line names its account. Only the last file was appended
 * to.
 */
const oldFiles = ['tasks.0.ndjson', 'tasks.1.ndjson', 'tasks.ndjson'] as const;
/** Records how much of the old files has been carried over. */
const noteName = 'carried-over.json';

export interface JournalMigration {
	/** Folder of the account. */
	folder: string;
	oldFolder: string;
	owner: {baseUrl: string; fingerprint: string};
	/** First line of a log. */
	header: string;
	/** The log. */
	file: string;
	/** Called with each line when the folder cannot be written. */
	onUnsaved: (line: Line) => void;
	/** Called when the old files cannot be read. */
	onTrouble: (error: unknown) => void;
}

/**
 * Starts an account's log with its lines from the files of older versions. The folder appears whole or not at
 * all. The old files stay unchanged, because they hold other accounts too. Lines that a still-running older
 * version has added since are carried over later.
 */
export function migrateJournal(options: JournalMigration): void {
	const {folder, oldFolder} = options;
	const present = stateOf(oldFolder);
	// The old files never existed, or have not changed.
	if (present === undefined) return;
	const known = readNote(folder);
	if (known?.text === present.text) return;
	try {
		if (known === undefined && !isThere(folder)) makeFirstLog(options, present.text);
		else addLines(options, known, present);
	} catch {
		try {
			for (const {line} of oldLines(options)) options.onUnsaved(line);
		} catch (error) {
			options.onTrouble(error);
		}
	}
}

function makeFirstLog(options: JournalMigration, note: string): void {
	const {folder, header} = options;
	const fresh = `${folder}.${randomUUID()}.new`;
	makeFolder(path.dirname(folder), 0o700);
	mkdirSync(fresh, {mode: 0o700});
	try {
		const log = openSync(path.join(fresh, 'tasks.ndjson'), 'wx', 0o600);
		try {
			let block = `${header}\n`;
			const write = () => {
				const bytes = Buffer.from(block);
				for (let done = 0; done < bytes.length; ) done += writeSync(log, bytes, done);
				block = '';
			};
			for (const {line} of oldLines(options)) {
				block += `${JSON.stringify(line)}\n`;
				if (block.length > 1_000_000) write();
			}
			write();
			flush(log);
		} finally {
			closeSync(log);
		}
		writeFileSync(path.join(fresh, noteName), note, {mode: 0o600});
		renameSync(fresh, folder);
	} catch (error) {
		rmSync(fresh, {recursive: true, force: true});
		// Another process was faster.
		if (!isThere(path.join(folder, noteName))) throw error;
	}
}

/**
 * Adds the lines written since the last migration. Adding a line twice is harmless: merging ignores
 * duplicates.
 */
function addLines(options: JournalMigration, known: OldState | undefined, present: OldState): void {
	const isSameFile = known?.name === present.name && known.ino === present.ino && known.size <= present.size;
	for (const {line} of oldLines(options, isSameFile ? known?.size : undefined)) {
		appendToLog(options.file, JSON.stringify(line), {header: options.header, isUrgent: false});
	}
	makeFolder(options.folder, 0o700);
	writeFileSync(path.join(options.folder, noteName), present.text, {mode: 0o600});
}

/**
 * The account's lines in the old files.
 * @param from the byte offset in the newest file to start at. Default: all files are read.
 */
function* oldLines(
	{oldFolder, owner}: JournalMigration,
	from?: number,
): Generator<{line: Line}, void, undefined> {
	const names = from === undefined ? oldFiles : oldFiles.slice(-1);
	for (const name of names) {
		const file = path.join(oldFolder, name);
		if (!isThere(file)) continue;
		const log = openLog(file);
		try {
			for (const {text} of linesForward(log, from ?? 0, fstatSync(log).size)) {
				if (!text.includes(owner.fingerprint)) continue;
				const line = parseLine(text);
				const {base, key} = line === undefined ? {} : (JSON.parse(text) as {base?: unknown; key?: unknown});
				if (line && base === owner.baseUrl && key === owner.fingerprint) yield {line};
			}
		} finally {
			closeSync(log);
		}
	}
}

/** State of the newest old file, which shows whether the files have changed. */
interface OldState {
	name: string;
	ino: number;
	size: number;
	/** The state as text. */
	text: string;
}

function stateOf(folder: string): OldState | undefined {
	for (const name of oldFiles.toReversed()) {
		try {
			const stats = statSync(path.join(folder, name), {throwIfNoEntry: false});
			// The file is missing; try the next older one.
			if (stats === undefined) continue;
			const {ino, size} = stats;
			return {name, ino, size, text: `${JSON.stringify({name, ino, size})}\n`};
		} catch {
			// It cannot be reached.
		}
	}
	return undefined;
}

function readNote(folder: string): OldState | undefined {
	try {
		const text = readFileSync(path.join(folder, noteName), 'utf8');
		const {name, ino, size} = JSON.parse(text) as Partial<OldState>;
		const isNote = typeof name === 'string' && typeof ino === 'number' && typeof size === 'number';
		return isNote ? {name, ino, size, text} : undefined;
	} catch {
		return undefined;
	}
}

function isThere(file: string): boolean {
	try {
		statSync(file);
		return true;
	} catch {
		return false;
	}
}
