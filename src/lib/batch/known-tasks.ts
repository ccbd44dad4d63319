import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import type {JournalEntry} from '../journal/journal.js';
import {type Prepared, preparedFrom} from './first-steps.js';
import type {StateLine} from './state-file.js';
import type {Tags} from './tags.js';

/** What the state file and the journal know about a task of a batch. */
export interface KnownTask {
	externalId: string;
	shot?: string | undefined;
	take?: number | undefined;
	taskId?: string | undefined;
	/**
	 * `made` until its end was seen; `unknown`: a task may exist; `prepared`: no task exists, but the steps
	 * before it are done; `unsubmitted`: none exists, because a budget or busy slots did not allow it yet;
	 * `refused`: none exists, because Kling refused the request.
	 */
	status: 'prepared' | 'unsubmitted' | 'unknown' | 'made' | 'succeeded' | 'failed' | 'refused';
	/** Why it failed. */
	code?: string | undefined;
	message?: string | undefined;
	videoId?: string | undefined;
	units?: string | undefined;
	type?: string | undefined;
	model?: string | undefined;
	tags?: Tags | undefined;
	/** When it was submitted, ISO time. */
	submittedAt?: string | undefined;
	estimatedUnits?: string | undefined;
	seconds?: number | undefined;
	/** Absolute paths. */
	files: readonly string[];
	/**
	 * Absolute paths that were being written when the state was saved; a file that exists there is
	 * complete.
	 */
	begun?: readonly string[] | undefined;
	/** What was made before the task. */
	prepared?: Prepared | undefined;
	/** Size of the first file. */
	bytes?: number | undefined;
}

/** Everything that is known about the tasks of a batch. */
export interface KnownTasks {
	/** By external id. */
	tasks: Map<string, KnownTask>;
	/** How often a take was requested, by `shot/take`; missing counts as 1. */
	attempts: Map<string, number>;
	/** When that was, in Unix milliseconds. */
	retriedAt: Map<string, number>;
	/** The external ids of each take, by `shot/take`, oldest first. */
	history: Map<string, string[]>;
}

/** States of tasks that cost nothing unless Kling says otherwise (docs/kling-api.md §14). */
export const unbilledStates: readonly KnownTask['status'][] = ['failed', 'refused', 'unsubmitted'];

/** Files that a task has saved, or was saving. */
export const allFilesOf = ({files, begun = []}: KnownTask): string[] => [...new Set([...files, ...begun])];

/** Whether a task's files are where they were saved. */
export function areFilesInPlace({files, bytes}: KnownTask): boolean {
	const [first] = files;
	if (first === undefined || !files.every((file) => existsSync(file))) return false;
	return bytes === undefined || statSync(first).size === bytes;
}

export const takeKey = (shot: string, take: number): string => `${shot}/${take}`;

const statusOf: Readonly<Partial<Record<StateLine['event'], KnownTask['status']>>> = {
	prepared: 'prepared',
	submitted: 'made',
	succeeded: 'succeeded',
	saved: 'succeeded',
	failed: 'failed',
	refused: 'refused',
};

/** Lines may be edited, or be there twice: another number would be another task, which is paid for. */
const isAttempt = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;

/**
 * Reads the lines of a state file.
 * @param folder folder of the manifest
 */
export function readKnownTasks(lines: readonly StateLine[], folder: string): KnownTasks {
	const known: KnownTasks = {tasks: new Map(), attempts: new Map(), retriedAt: new Map(), history: new Map()};
	for (const line of lines) {
		const {shot, take, external_task_id: externalId, attempt} = line;
		if (shot !== undefined && typeof take === 'number') {
			const key = takeKey(shot, take);
			if (line.event === 'retry' && isAttempt(attempt) && attempt >= (known.attempts.get(key) ?? 1)) {
				known.attempts.set(key, attempt);
				known.retriedAt.set(key, Date.parse(line.at));
			}
			const before = known.history.get(key) ?? [];
			if (externalId !== undefined && !before.includes(externalId))
				known.history.set(key, [...before, externalId]);
		}
		if (externalId === undefined) continue;
		const earlier = known.tasks.get(externalId) ?? {externalId, status: 'unknown', files: []};
		known.tasks.set(externalId, {...earlier, ...fieldsOf(line, folder, earlier)});
	}
	return known;
}

function fieldsOf(line: StateLine, folder: string, earlier: KnownTask): Partial<KnownTask> {
	const files = filesOf(line).map((file) => path.resolve(folder, file));
	const isFailure = line.event === 'failed' || line.event === 'refused';
	return {
		shot: line.shot ?? earlier.shot,
		take: line.take ?? earlier.take,
		taskId: line.task_id ?? earlier.taskId,
		status: statusOf[line.event] ?? earlier.status,
		code: isFailure ? line.code : undefined,
		message: isFailure ? line.message : undefined,
		videoId: line.video_id ?? earlier.videoId,
		units: line.units ?? earlier.units,
		type: line.type ?? earlier.type,
		model: line.model ?? earlier.model,
		tags: line.tags ?? earlier.tags,
		submittedAt: earlier.submittedAt ?? submittedAt(line),
		estimatedUnits: line.estimated_units ?? earlier.estimatedUnits,
		seconds: line.seconds ?? earlier.seconds,
		files: line.event === 'saved' || line.event === 'moved' ? files : earlier.files,
		begun: line.event === 'saving' ? files : earlier.begun,
		bytes: line.bytes ?? earlier.bytes,
		prepared: line.event === 'prepared' ? {...earlier.prepared, ...preparedFrom(line)} : earlier.prepared,
	};
}

const submittedAt = ({event, at}: StateLine) => (event === 'submitted' ? at : undefined);

const filesOf = ({file, files}: StateLine): string[] =>
	Array.isArray(files) ? files.filter((name) => typeof name === 'string') : file === undefined ? [] : [file];

// A refusal by Kling for good is in the state file; the journal does not say why nothing was submitted.
const outcomes = {unknown: 'unknown', refused: 'unsubmitted', made: 'made'} as const;

const endOf = ({status, outcome}: JournalEntry): KnownTask['status'] =>
	status === 'succeed' ? 'succeeded' : status === 'failed' ? 'failed' : outcomes[outcome];

const reasonOf = ({status, message}: JournalEntry) => (status === 'failed' ? message : undefined);

/** Adds what the journal knows: it is the authority on what was paid for. */
export function addJournal(
	known: KnownTasks,
	entries: readonly JournalEntry[],
	isOurs: (externalId: string) => boolean,
): void {
	for (const entry of entries) {
		const {externalId, type, taskId, videoId, savedFile, savedBytes} = entry;
		if (!isOurs(externalId)) continue;
		const earlier = known.tasks.get(externalId);
		const ended = endOf(entry);
		// The state file may know an outcome that the journal could not record, and vice versa.
		const knowsEnd =
			earlier?.status === 'succeeded' ||
			earlier?.status === 'failed' ||
			(earlier?.status === 'refused' && ended === 'unsubmitted');
		known.tasks.set(externalId, {
			...(earlier ?? {externalId, files: []}),
			status: knowsEnd ? earlier.status : ended,
			type: earlier?.type ?? type,
			estimatedUnits: earlier?.estimatedUnits ?? entry.estimatedUnits,
			units: earlier?.units ?? entry.units,
			taskId: taskId ?? earlier?.taskId,
			videoId: videoId ?? earlier?.videoId,
			message: earlier?.message ?? reasonOf(entry),
			...((earlier?.files.length ?? 0) === 0 &&
				savedFile !== undefined && {files: [savedFile], bytes: savedBytes}),
		});
	}
}
