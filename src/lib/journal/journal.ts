import {createHash, randomBytes} from 'node:crypto';
import type {Task} from '../api/task.js';
import type {Clock} from '../system/clock.js';
import {mayHoldSecret, withoutSecrets} from '../task-types/redact-request.js';
import type {TaskName} from '../task-types/registry.js';
import {accountFolder} from './account-folder.js';
import {type JournalEntry, keyOf, type Line, limits, type SubmitContext, wellFormed} from './entry.js';
import {type LogStore, openStore} from './log-store.js';
import {machineTime} from './machine-time.js';
import {mergeLines} from './merge-lines.js';
import type {Owner} from './prune-sandboxes.js';

export {accountFolder} from './account-folder.js';
export type {JournalEntry, SavedFile, SubmitContext} from './entry.js';

/** What a paid call has made. */
interface PaidResult {
	/** What Kling calls it. */
	id: string;
	/** Its cost: a decimal. */
	units: string;
	result: Record<string, unknown>;
}

export interface Journal {
	/** The account's folder, for other files that belong to it. */
	readonly folder: string;
	/** Called before the POST: records what is about to be submitted. */
	intend(type: TaskName, externalId: string, body: object, context?: SubmitContext): Promise<void>;
	/** Records that Kling already knew the external id; the request behind it cannot be known. */
	adopt(externalId: string): Promise<void>;
	/** Records that a result of a task is complete at its path. */
	saved(task: Task, file: string, bytes: number): void;
	/** Records the task after the POST, after a lookup found it, and whenever its status has changed. */
	saw(type: TaskName, task: Task): void;
	/** Records that a paid call was made, and its result, in one line: a kill may come after any of them. */
	keep(externalId: string, made: PaidResult): Promise<void>;
	/** Records that Kling refused what this process submitted, so that it made no task. */
	refused(externalId: string): Promise<void>;
	/** Records that Kling knows no such task. */
	missed(externalId: string): Promise<void>;
	/** Records that none of the submissions under this external id made a task. */
	close(externalId: string): Promise<void>;
	/** The account's tasks, oldest first. It reads all of them; use newestFirst where a few will do. */
	entries(): Promise<JournalEntry[]>;
	/**
	 * The account's tasks, newest submission first, read on demand.
	 * @param maxBytes how much of the journal to read at most
	 */
	newestFirst(maxBytes?: number): Iterable<JournalEntry>;
	/** The tasks not known to have ended, oldest first. Most of a long journal is skipped. */
	unended(): JournalEntry[];
	/** Finds a task by its external id alone. */
	byExternalId(externalId: string): JournalEntry | undefined;
	/** Finds a task by its task id or external id. A task id wins over an equal external id. */
	find(id: string): JournalEntry | undefined;
	/** Finds the task that made a video. */
	findVideo(videoId: string): JournalEntry | undefined;
}

export interface JournalOptions {
	/** The program's data folder. */
	folder: string;
	owner: Owner;
	clock: Clock;
	/**
	 * Called once when the journal cannot be read or written. The work continues, because a task is worth
	 * more than its journal entry.
	 */
	onTrouble: (reason: string) => void;
}

/** Milliseconds after which Kling deletes the results of a task. Source: docs/kling-api.md §7. */
const keptMs = 30 * 86_400_000;

/** Opens the journal of an account. Nothing is read or written until it is needed. */
export function openJournal({folder: dataFolder, owner, clock, onTrouble}: JournalOptions): Journal {
	let troubled = false;
	const trouble = (error: unknown) => {
		if (!troubled) onTrouble(error instanceof Error ? error.message : String(error));
		troubled = true;
	};
	const folder = accountFolder(dataFolder, owner);
	const store = openStore({folder, oldFolder: dataFolder, owner, onTrouble: trouble});
	const reader = createReader(store);
	const {newestFirst, unended, byExternalId, find, findVideo} = reader;
	return {
		folder,
		newestFirst,
		unended,
		byExternalId,
		entries: async () => [...newestFirst()].reverse(),
		find,
		findVideo,
		...createWriter({store, reader, clock, trouble}),
	};
}

/** Finds entries by the ids that the user or Kling gave them. */
function createReader(store: LogStore) {
	const entryOf = (id: string) => mergeLines(store.find(id));
	const entryWith = (key: string): JournalEntry | undefined => {
		const id = store.idOf(key);
		return id === undefined ? undefined : entryOf(id);
	};
	return {
		byExternalId: (id: string) => store.atOnce(() => entryOf(id)),
		find: (id: string) => store.atOnce(() => entryWith(keyOf.taskId(id)) ?? entryOf(id)),
		unended: () => [...new Set(store.unended())].flatMap((id) => entryOf(id) ?? []),
		findVideo: (videoId: string) => store.atOnce(() => entryWith(keyOf.videoId(videoId))),
		*newestFirst(maxBytes?: number): Generator<JournalEntry, void, undefined> {
			for (const lines of store.newestFirst(maxBytes)) {
				const entry = mergeLines(lines);
				if (entry) yield entry;
			}
		},
	};
}

interface WriterOptions {
	store: LogStore;
	reader: ReturnType<typeof createReader>;
	clock: Clock;
	trouble: (error: unknown) => void;
}

type Writer = Omit<
	Journal,
	'folder' | 'newestFirst' | 'unended' | 'entries' | 'byExternalId' | 'find' | 'findVideo'
>;

/** Appends a line for each thing that happens to a task. */
function createWriter({store, reader: {byExternalId, find}, clock, trouble}: WriterOptions): Writer {
	/**
	 * What this process submitted. Its refusals are about these submissions, not those of other processes.
	 */
	const attempts = new Map<string, string>();
	const write = (line: Line, isUrgent = false) => {
		try {
			store.append(line, isUrgent);
		} catch (error) {
			trouble(error);
		}
	};
	const update = (known: JournalEntry, changes: Partial<JournalEntry>, more: Partial<Line> = {}) =>
		write(updateLine(known, changes, {attempt: attempts.get(known.externalId), ...more}));
	/** What is known of a task; undefined for one that was made elsewhere. */
	const entryOf = ({id, externalId}: Task): JournalEntry | undefined => {
		const known = externalId === undefined ? find(id) : byExternalId(externalId);
		return known && (known.taskId ?? id) === id ? known : undefined;
	};

	return {
		async intend(type, externalId, body, {command, ...context} = {}) {
			const attempt = randomBytes(6).toString('hex');
			attempts.set(externalId, attempt);
			const entry: Partial<JournalEntry> = {
				type,
				submittedAt: clock.now(),
				...machineTime(clock),
				request: kept(body),
				...modelOf(body),
				outcome: 'unknown',
				...(command && !command.some(mayHoldSecret) && {command}),
				...context,
			};
			write({id: externalId, attempt, entry}, true);
		},
		async adopt(externalId) {
			const known = byExternalId(externalId);
			if (known) update(known, {}, {adopted: true});
		},
		async refused(externalId) {
			const known = byExternalId(externalId);
			if (known && known.outcome !== 'made') update(known, {outcome: 'refused'});
		},
		async missed(externalId) {
			const known = byExternalId(externalId);
			if (known && known.missedAt === undefined) update(known, {missedAt: clock.now()});
		},
		async close(externalId) {
			const known = byExternalId(externalId);
			if (known?.outcome === 'unknown') update(known, {outcome: 'refused'}, {attempt: '*'});
		},
		saved(task, savedFile, savedBytes) {
			const known = entryOf(task);
			const files = [{path: savedFile, bytes: savedBytes}];
			if (known) update(known, {savedFile, savedBytes, files});
		},
		async keep(externalId, {id, units, result}) {
			const known = byExternalId(externalId);
			if (known) update(known, {outcome: 'made', taskId: id, units, ...wellFormed({result})});
		},
		saw(type, task) {
			const known = entryOf(task);
			if (known?.type !== type) return;
			const seen = stateOf(task, known, clock.now());
			const isKnown = (Object.keys(seen) as (keyof JournalEntry)[]).every((key) => known[key] === seen[key]);
			if (!isKnown) update(known, seen);
		},
	};
}

/** The fields that every line of an entry repeats. */
const repeated = ['type', 'submittedAt', 'model', 'taskId'] as const;

/**
 * A line that adds to an entry. It repeats what the entry is about, so that it can be understood on its own.
 */
function updateLine(
	known: JournalEntry,
	changes: Partial<JournalEntry>,
	{attempt, ...more}: {attempt?: string | undefined; adopted?: boolean},
): Line {
	const {externalId: id, outcome} = known;
	const entry: Record<string, unknown> = {};
	for (const name of repeated) if (name in known) entry[name] = known[name];
	if (outcome === 'made') entry.outcome = outcome;
	return {id, ...(attempt && {attempt}), ...more, entry: Object.assign(entry, changes)};
}

/** The fields of a task that the journal keeps. Texts from the server are bounded. */
function stateOf(task: Task, known: JournalEntry, now: number): Partial<JournalEntry> {
	const {id: taskId, status, statusMessage: message, units, updatedAt} = task;
	const hasEnded = status === 'succeed' || status === 'failed';
	// A server time that is ahead of this machine's clock is not trusted.
	const endedAt = updatedAt !== undefined && updatedAt <= now ? updatedAt : now;
	const videoId = task.videos[0]?.id ?? known.videoId;
	const seen = {outcome: 'made', taskId, status, message: message || undefined, videoId, units};
	const times = hasEnded &&
		known.endedAt === undefined && {endedAt, ...(status === 'succeed' && {expiresAt: endedAt + keptMs})};
	return wellFormed({...seen, ...times});
}

/** What is kept of a request: no secrets, and of a very long request only what identifies it. */
function kept(body: object): unknown {
	const plain = withoutSecrets(body);
	const text = JSON.stringify(plain);
	if (text.length <= limits.request) return plain;
	return {characters: text.length, sha256: createHash('sha256').update(text).digest('hex')};
}

/** Whether an entry has the same request as a body. */
export const isSameRequest = ({request}: JournalEntry, body: object): boolean =>
	request === null || JSON.stringify(request) === JSON.stringify(kept(body));

function modelOf(body: object): {model?: string} {
	const {model_name: old, model = old} = body as {model?: unknown; model_name?: unknown};
	return typeof model === 'string' ? {model} : {};
}
