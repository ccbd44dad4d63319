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

/** The files of older versions, oldest first; each line names its account. Only the last one was written to. */
const oldFiles = ['tasks.0.ndjson', 'tasks.1.ndjson', 'tasks.ndjson'] as const;
/** Where it is noted how much of them was carried over. */
const noteName = 'carried-over.json';

export interface CarryOver {
	/** Of the account. */
	folder: string;
	oldFolder: string;
	owner: {baseUrl: string; fingerprint: string};
	/** First line of a log. */
	header: string;
	/** The log. */
	file: string;
	/** Called with the lines where the folder cannot be written. */
	onUnsaved: (line: Line) => void;
	/** Called with what is wrong with the old files. */
	onTrouble: (error: unknown) => void;
}

/**
 * Makes the lines of the account in the files of older versions the beginning of its log. The folder appears whole or
 * not at all, and the old files stay as they are: other accounts are in them. What an older version that is still
 * running has added since is added as well.
 */
export function carryOver(options: CarryOver): void {
	const {folder, oldFolder} = options;
	const present = stateOf(oldFolder);
	// Files that were never there, or that nobody has written to since.
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

function makeFirstLog(options: CarryOver, note: string): void {
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
		// Another process was quicker.
		if (!isThere(path.join(folder, noteName))) throw error;
	}
}

/** Lines twice are harmless: what was made stays made. */
function addLines(options: CarryOver, known: OldState | undefined, present: OldState): void {
	const isSameFile = known?.name === present.name && known.ino === present.ino && known.size <= present.size;
	for (const {line} of oldLines(options, isSameFile ? known?.size : undefined)) {
		appendToLog(options.file, JSON.stringify(line), {header: options.header, isUrgent: false});
	}
	makeFolder(options.folder, 0o700);
	writeFileSync(path.join(options.folder, noteName), present.text, {mode: 0o600});
}

/**
 * The lines of the account.
 * @param from the byte of the newest file to begin at; left out, all files are read
 */
function* oldLines({oldFolder, owner}: CarryOver, from?: number): Generator<{line: Line}, void, undefined> {
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

/** The newest of the old files: what shows whether they have changed. */
interface OldState {
	name: string;
	ino: number;
	size: number;
	/** The same as text. */
	text: string;
}

function stateOf(folder: string): OldState | undefined {
	for (const name of oldFiles.toReversed()) {
		try {
			const {ino, size} = statSync(path.join(folder, name));
			return {name, ino, size, text: `${JSON.stringify({name, ino, size})}\n`};
		} catch {
			// The next older one.
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
