import type {Task} from '../api/task.js';
import type {Clock} from '../system/clock.js';
import {mayHoldSecret, withoutSecrets} from '../task-types/redact-request.js';
import type {TaskName} from '../task-types/registry.js';
import {appendLine, readLines} from './journal-file.js';

/** What this machine knows of a task that it submitted. */
export interface JournalEntry {
	externalId: string;
	/** May be one of a plugin that is gone: see requireType. */
	type: TaskName;
	/** When it was submitted, Unix milliseconds. */
	submittedAt: number;
	/** The create body, without files and without the queries of addresses; null when only Kling knows it. */
	request: unknown;
	/** The words after `kling` that repeat the submit under the same external id, when they hold no secret. */
	command?: string[];
	/** Absolute path of the file or folder that the result is wanted at. */
	download?: string;
	/** `unknown`: the answer was never seen, a task may exist. */
	outcome: 'unknown' | 'made' | 'refused';
	taskId?: string;
	/** Last one seen. */
	status?: string;
	videoId?: string;
	/** Absolute path at which the result was put, and its size there. */
	savedFile?: string;
	savedBytes?: number;
}

/** What the user wanted of a submit beside the task. */
export type Wish = Pick<JournalEntry, 'command' | 'download'>;

export interface Journal {
	/** Before the POST: what is about to be submitted. */
	intend(type: TaskName, externalId: string, body: object, wish?: Wish): Promise<void>;
	/** Kling knows the external id from elsewhere: what the task was made of cannot be told. */
	adopt(externalId: string): Promise<void>;
	/** The video of a task, by its task id, is complete at its path. */
	saved(taskId: string, file: string, bytes: number): Promise<void>;
	/** After the POST, or when a lookup found it: the task. Also whenever its status has changed. */
	saw(type: TaskName, task: Task): Promise<void>;
	/** Kling refused it: no task was made. */
	refused(externalId: string): Promise<void>;
	/** Tasks of the present account, oldest first. */
	entries(): Promise<JournalEntry[]>;
	/** By task id or external id. */
	find(id: string): Promise<JournalEntry | undefined>;
}

/** Whose tasks: those of another address or key are never seen. */
interface JournalOwner {
	baseUrl: string;
	/** Of the key, not the key. */
	fingerprint: string;
}

interface Line {
	base: string;
	key: string;
	id: string;
	entry: Partial<JournalEntry>;
}

export interface JournalOptions {
	folder: string;
	owner: JournalOwner;
	clock: Clock;
	/** Told once when the journal cannot be written or read: a task is worth more than its journal. */
	onTrouble: (reason: string) => void;
	/** Gives the lines of the journal; left out, all of them. */
	readLines?: (folder: string) => Promise<string[]>;
}

/** Tasks that a compacted journal keeps; a person makes fewer in Kling's 30 days. */
const keptEntries = 20_000;

/** Opens the journal of an account. Nothing is read or written before it is asked for. */
export function openJournal({
	folder,
	owner,
	clock,
	onTrouble,
	readLines: linesOf = readLines,
}: JournalOptions): Journal {
	let troubled = false;
	const trouble = (error: unknown) => {
		if (!troubled) onTrouble(error instanceof Error ? error.message : String(error));
		troubled = true;
	};

	// Read once: a command that waits for a thousand tasks looks into the journal at each change.
	let lines: Promise<Map<string, Line>> | undefined;
	const read = () => {
		lines ??= linesOf(folder).then(
			(texts) => mergeInto(new Map(), texts.map(parse)),
			(error: unknown) => {
				trouble(error);
				return new Map();
			},
		);
		return lines;
	};

	const write = async (id: string, entry: Partial<JournalEntry>) => {
		const line: Line = {base: owner.baseUrl, key: owner.fingerprint, id, entry};
		mergeInto(await read(), [line]);
		await appendLine(folder, JSON.stringify(line), compact).catch(trouble);
	};

	const entries = async () =>
		[...(await read()).values()]
			.filter((line) => isOwnedBy(line, owner))
			.map(toEntry)
			.filter(isComplete);

	const find = async (id: string) =>
		(await entries()).findLast(({externalId, taskId}) => externalId === id || taskId === id);

	return {
		entries,
		find,
		intend: (type, externalId, body, {command, download} = {}) =>
			write(externalId, {
				type,
				submittedAt: clock.now(),
				request: withoutSecrets(body),
				outcome: 'unknown',
				...(command && !command.some(mayHoldSecret) && {command}),
				...(download !== undefined && {download}),
			}),
		adopt: (externalId) => write(externalId, {request: null}),
		refused: (externalId) => write(externalId, {outcome: 'refused'}),
		async saved(taskId, savedFile, savedBytes) {
			const known = await find(taskId);
			if (known) await write(known.externalId, {savedFile, savedBytes});
		},
		async saw(type, task) {
			const known = await find(task.externalId ?? task.id);
			const videoId = task.videos[0]?.id ?? known?.videoId;
			// Tasks made elsewhere are not this journal's; nothing new needs no line.
			if (known === undefined || known.type !== type) return;
			if (known.taskId === task.id && known.status === task.status && known.videoId === videoId) return;
			await write(known.externalId, {
				outcome: 'made',
				taskId: task.id,
				status: task.status,
				...(videoId !== undefined && {videoId}),
			});
		},
	};
}

const isOwnedBy = ({base, key}: Line, {baseUrl, fingerprint}: JournalOwner) =>
	base === baseUrl && key === fingerprint;

/** Adds lines to one line for each task, in the order of their last intents: clocks may be wrong. */
function mergeInto(merged: Map<string, Line>, lines: readonly (Line | undefined)[]): Map<string, Line> {
	for (const line of lines) {
		if (line === undefined) continue;
		const key = JSON.stringify([line.base, line.key, line.id]);
		const earlier = merged.get(key);
		// One that was refused and submitted again counts from then on.
		if (line.entry.submittedAt !== undefined) merged.delete(key);
		merged.set(key, {...line, entry: {...earlier?.entry, ...line.entry}});
	}
	return merged;
}

function compact(lines: string[]): string[] {
	return [...mergeInto(new Map(), lines.map(parse)).values()]
		.slice(-keptEntries)
		.map((line) => JSON.stringify(line));
}

function parse(text: string): Line | undefined {
	try {
		const line = JSON.parse(text) as Partial<Line> | null;
		const isLine =
			typeof line?.base === 'string' &&
			typeof line.key === 'string' &&
			typeof line.id === 'string' &&
			typeof line.entry === 'object' &&
			line.entry !== null;
		return isLine ? {...(line as Line), entry: wellFormed(line.entry as Record<string, unknown>)} : undefined;
	} catch {
		// Cut by a crash; what it was about is in the lines before and after.
		return undefined;
	}
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';

/** What each field must be: the file is the user's, who may have edited it. */
const fields: Readonly<Record<keyof Omit<JournalEntry, 'externalId'>, (value: unknown) => boolean>> = {
	type: isText,
	submittedAt: isNumber,
	request: () => true,
	outcome: (value) => value === 'unknown' || value === 'made' || value === 'refused',
	command: (value) => Array.isArray(value) && value.every(isText),
	download: isText,
	taskId: isText,
	status: isText,
	videoId: isText,
	savedFile: isText,
	savedBytes: isNumber,
};

/** The fields that are what they must be. */
function wellFormed(entry: Record<string, unknown>): Partial<JournalEntry> {
	const known = Object.entries(fields).filter(([name, isRight]) => name in entry && isRight(entry[name]));
	return Object.fromEntries(known.map(([name]) => [name, entry[name]]));
}

const toEntry = ({id, entry}: Line): Partial<JournalEntry> => ({...entry, externalId: id});

/** An entry whose first line was lost says too little. */
function isComplete(entry: Partial<JournalEntry>): entry is JournalEntry {
	return entry.type !== undefined && typeof entry.submittedAt === 'number' && entry.outcome !== undefined;
}
