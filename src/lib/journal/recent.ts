import {closeSync, fstatSync} from 'node:fs';
import path from 'node:path';
import {systemClock} from '../system/clock.js';
import {accountFolder, logName} from './account-folder.js';
import {type JournalEntry, type Line, parseLine} from './entry.js';
import {type Journal, openJournal} from './journal.js';
import {linesBackward, openLog} from './log-file.js';
import {isSubmission, mergeLines} from './merge-lines.js';
import type {Owner} from './prune-sandboxes.js';

/** Bytes of the log that contain the newest few hundred tasks and take milliseconds to read. */
const recentBytes = 1_000_000;

/**
 * The latest tasks of an account, newest submission first, from the end of its log alone: no index is opened as
 * long as each was made. This is for a shell that asks at each TAB.
 * @param folder the program's data folder
 */
export function* recentTasks(folder: string, owner: Owner): Generator<JournalEntry, void, undefined> {
	const open = () => openJournal({folder, owner, clock: systemClock, onTrouble: () => {}});
	let log: number;
	try {
		log = openLog(path.join(accountFolder(folder, owner), logName));
	} catch {
		// Older versions kept their tasks elsewhere.
		yield* open().newestFirst(recentBytes);
		return;
	}
	let journal: Journal | undefined;
	try {
		for (const lines of linesOfTasks(log)) {
			const entry = mergeLines(lines);
			if (entry?.outcome === 'made') {
				yield entry;
				continue;
			}
			// What an earlier submission under the same external id led to may count more.
			journal ??= open();
			const whole = lines[0] && journal.byExternalId(lines[0].id);
			if (whole) yield whole;
		}
	} finally {
		closeSync(log);
	}
}

/** The lines of one external id at a time, oldest first, from its latest submission on. */
function* linesOfTasks(log: number): Generator<Line[], void, undefined> {
	const {size} = fstatSync(log);
	const start = Math.max(0, size - recentBytes);
	const pending = new Map<string, Line[]>();
	const done = new Set<string>();
	for (const {text} of linesBackward(log, size, start)) {
		const line = parseLine(text);
		if (line === undefined || done.has(line.id)) continue;
		const later = pending.get(line.id);
		const lines = [line, ...(later ?? [])];
		pending.set(line.id, lines);
		if (!isSubmission(line)) continue;
		pending.delete(line.id);
		done.add(line.id);
		yield lines;
	}
	if (start === 0) yield* pending.values();
}
