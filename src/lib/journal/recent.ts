import {closeSync, fstatSync} from 'node:fs';
import path from 'node:path';
import {systemClock} from '../system/clock.js';
import {accountFolder, logName} from './account-folder.js';
import {type JournalEntry, type Line, parseLine} from './entry.js';
import {hasEnded} from './has-ended.js';
import {type Journal, openJournal} from './journal.js';
import {openLog, textsBackward} from './log-file.js';
import {mergeLines} from './merge-lines.js';
import type {Owner} from './prune-sandboxes.js';

/** Bytes of the log that contain the newest few hundred tasks and take milliseconds to read. */
const recentBytes = 1_000_000;

/** What a shell needs to know of a task. */
export interface RecentTask extends Pick<JournalEntry, 'externalId' | 'type' | 'outcome' | 'request'> {
	taskId?: string | undefined;
	videoId?: string | undefined;
	status?: string | undefined;
}

/**
 * The latest tasks of an account, newest submission first, from the end of its log alone: no index is opened as
 * long as each was made. This is for a shell that asks at each TAB.
 * @param folder the program's data folder
 */
export function* recentTasks(folder: string, owner: Owner): Generator<RecentTask, void, undefined> {
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
			const entry = plainTask(lines) ?? mergeLines(checkedLines(lines));
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

/** A line whose fields were not checked. */
interface RawLine {
	id: string;
	attempt?: unknown;
	adopted?: unknown;
	entry: Readonly<Record<string, unknown>>;
	text: string;
}

/** The lines of one external id at a time, newest first, back to its latest submission. */
function* linesOfTasks(log: number): Generator<RawLine[], void, undefined> {
	const {size} = fstatSync(log);
	const start = Math.max(0, size - recentBytes);
	const pending = new Map<string, RawLine[]>();
	const done = new Set<string>();
	for (const texts of textsBackward(log, size, start)) {
		for (let index = texts.length - 1; index >= 0; index -= 1) {
			const line = rawLine(texts[index] ?? '');
			if (line === undefined || done.has(line.id)) continue;
			const lines = pending.get(line.id) ?? [];
			lines.push(line);
			pending.set(line.id, lines);
			if (!isSubmission(line)) continue;
			pending.delete(line.id);
			done.add(line.id);
			yield lines;
		}
	}
	if (start === 0) yield* pending.values();
}

function rawLine(text: string): RawLine | undefined {
	if (text === '') return undefined;
	try {
		const line: unknown = JSON.parse(text);
		return isObject(line) && typeof line.id === 'string' && isObject(line.entry)
			? {id: line.id, attempt: line.attempt, adopted: line.adopted, entry: line.entry, text}
			: undefined;
	} catch {
		return undefined;
	}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isSubmission = ({entry}: RawLine) => entry.request !== undefined && Number.isFinite(entry.submittedAt);

const checkedLines = (lines: readonly RawLine[]): Line[] =>
	lines.flatMap(({text}) => parseLine(text) ?? []).reverse();

/**
 * The task that lines tell of, newest first, if they are ordinary: of one submission, which was not refused and
 * made a task. Nearly all are, and `mergeLines` does far more. Undefined for all others.
 */
function plainTask(lines: readonly RawLine[]): RecentTask | undefined {
	const first = lines.at(-1);
	if (first === undefined || !isSubmission(first) || !isShort(first.attempt)) return undefined;
	const task: Pick<RecentTask, 'taskId' | 'videoId' | 'status'> = {};
	let isMade = false;
	for (let index = lines.length - 1; index >= 0; index -= 1) {
		const line = lines[index] ?? first;
		if (!continues(line, first)) return undefined;
		if (line.entry.outcome === 'made') isMade = true;
		addTo(task, line.entry);
	}
	const {type, request} = first.entry;
	const {taskId, videoId = taskId, status = taskId} = task;
	const isPlain = isMade && isShort(type) && isShort(taskId) && isShort(videoId) && isShort(status);
	return isPlain ? {externalId: first.id, type, outcome: 'made', request, ...task} : undefined;
}

/** Whether a line is of a submission that was neither refused nor made elsewhere. */
const continues = (line: RawLine, first: RawLine) =>
	(line.attempt === undefined || line.attempt === first.attempt) &&
	line.adopted === undefined &&
	line.entry.outcome !== 'refused' &&
	(line === first || line.entry.request === undefined);

/** An external id keeps the first task that it made, and a task that has ended stays ended. */
function addTo(task: Partial<RecentTask>, {taskId, videoId, status}: RawLine['entry']): void {
	if (typeof taskId === 'string') task.taskId ??= taskId;
	if (typeof videoId === 'string') task.videoId = videoId;
	if (typeof status === 'string' && (!hasEnded(task.status) || hasEnded(status))) task.status = status;
}

/** Whether a value is an ordinary text, which needs no further check. */
const isShort = (value: unknown): value is string =>
	typeof value === 'string' && value !== '' && value !== '*' && value.length <= 64;
