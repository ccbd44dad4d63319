import type {TaskName} from '../task-types/registry.js';

/** A file that holds a result. */
export interface SavedFile {
	/** Absolute path. */
	path: string;
	bytes: number;
}

/** What this machine knows about a task that it submitted. */
export interface JournalEntry {
	externalId: string;
	/** May be a type whose plugin is gone: see `requireType`. */
	type: TaskName;
	/** When it was submitted, in Unix milliseconds by this machine's clock. */
	submittedAt: number;
	/**
	 * The request body, without file contents and without the queries of URLs; null when only Kling knows it.
	 */
	request: unknown;
	/**
	 * The command line after `kling` that repeats the submission under the same external id; undefined when
	 * it would contain a secret.
	 */
	command?: string[];
	/** Absolute path of the file or folder where the result is wanted. */
	download?: string;
	model?: string;
	/** The user's tags. */
	tags?: Record<string, string>;
	/** Name of the batch, the shot in it and the take of the shot, from 1. */
	batch?: string;
	shot?: string;
	take?: number;
	/** Estimated cost in units: a decimal. */
	estimatedUnits?: string;
	/** For a paid call: the external id of the task that it is made for. */
	stepOf?: string;
	/** The reusable part of a paid call's result. */
	result?: Record<string, unknown>;
	/** The machine that submitted it, and its uptime then in milliseconds. A wrong clock affects neither. */
	machine?: string;
	uptime?: number;
	/** `unknown`: the response was never seen, so a task may exist. */
	outcome: 'unknown' | 'made' | 'refused';
	/** When a lookup first found no such task, in Unix milliseconds. */
	missedAt?: number;
	taskId?: string;
	/** The last status seen. */
	status?: string;
	/** Why it failed, in Kling's words. */
	message?: string;
	videoId?: string;
	/** Units that Kling finally charged (`final_unit_deduction`): a decimal. */
	units?: string;
	/** When the task was seen to have ended, and when Kling deletes its results, in Unix milliseconds. */
	endedAt?: number;
	expiresAt?: number;
	/** Absolute path where the result was saved last, and its size there. */
	savedFile?: string;
	savedBytes?: number;
	/** All files that hold its results. */
	files?: SavedFile[];
}

/** The circumstances of a submission that the journal records beside the task. */
export type SubmitContext = Pick<
	JournalEntry,
	'command' | 'download' | 'tags' | 'batch' | 'shot' | 'take' | 'estimatedUnits' | 'stepOf'
>;

/** One line of the journal: what became known about one task at one moment. */
export interface Line {
	/** The external id. */
	id: string;
	/**
	 * The submission that the line is about, since two processes may use one external id. Undefined means
	 * whichever was not refused; in a refusal, `*` means all of them.
	 */
	attempt?: string;
	/** True when the task with this external id turned out to have been made elsewhere. */
	adopted?: boolean;
	entry: Partial<JournalEntry>;
}

/**
 * Longest texts that are stored, in characters. A longer id is not stored at all, because a shortened one
 * could not be recognized.
 */
export const limits = {id: 256, status: 64, message: 500, units: 32, request: 65_536, result: 16_384};

const isText = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown) => isText(value) && value !== '' && value.length <= limits.id;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isShort = (longest: number) => (value: unknown) => isText(value) && value.length <= longest;

/** What each field must be. Users may have edited the file. */
const fields: Readonly<Record<keyof Omit<JournalEntry, 'externalId'>, (value: unknown) => boolean>> = {
	type: isText,
	submittedAt: isNumber,
	request: () => true,
	outcome: (value) => value === 'unknown' || value === 'made' || value === 'refused',
	command: (value) => Array.isArray(value) && value.every(isText),
	download: isText,
	model: isText,
	tags: (value) => isObject(value) && Object.values(value).every(isText),
	batch: isText,
	shot: isText,
	take: isNumber,
	estimatedUnits: isShort(limits.units),
	stepOf: isId,
	result: (value) => isObject(value) && JSON.stringify(value).length <= limits.result,
	machine: isText,
	uptime: isNumber,
	missedAt: isNumber,
	taskId: isId,
	status: isShort(limits.status),
	message: isShort(limits.message),
	videoId: isId,
	units: isShort(limits.units),
	endedAt: isNumber,
	expiresAt: isNumber,
	savedFile: isText,
	savedBytes: isNumber,
	files: (value) => Array.isArray(value) && value.every(isSavedFile),
};

const checks: ReadonlyMap<string, (value: unknown) => boolean> = new Map(Object.entries(fields));

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isSavedFile = (value: unknown) => isObject(value) && isText(value.path) && isNumber(value.bytes);

/** Parses a line; undefined when it is not valid, for example because a crash cut it short. */
export function parseLine(text: string): Line | undefined {
	let line: unknown;
	try {
		line = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (!isObject(line) || !isText(line.id) || !isObject(line.entry)) return undefined;
	const {id, attempt, adopted, entry} = line;
	const parsed: Line = {id, entry: wellFormed(entry)};
	if (isText(attempt)) parsed.attempt = attempt;
	if (adopted === true) parsed.adopted = adopted;
	return parsed;
}

/** Keeps the fields that are valid. Texts that are too long are cut, and ids that are too long left out. */
export function wellFormed(entry: Record<string, unknown>): Partial<JournalEntry> {
	const known: Record<string, unknown> = {};
	for (const name of Object.keys(entry)) {
		const value = shortened(name, entry[name]);
		if (value !== undefined && checks.get(name)?.(value) === true) known[name] = value;
	}
	return known;
}

function shortened(name: string, value: unknown): unknown {
	if (!isText(value) || (name !== 'message' && name !== 'status')) return value;
	return value.length <= limits[name] ? value : `${value.slice(0, limits[name] - 1)}…`;
}

/** The keys by which a line can be found. */
export function keysOf({id, entry: {taskId, videoId}}: Line): string[] {
	return [
		keyOf.externalId(id),
		...(taskId === undefined ? [] : [keyOf.taskId(taskId)]),
		...(videoId === undefined ? [] : [keyOf.videoId(videoId)]),
	];
}

/** Whether a line can be found by a key. */
export const hasKey = ({id, entry: {taskId, videoId}}: Line, key: string): boolean =>
	key === keyOf.externalId(id) ||
	(taskId !== undefined && key === keyOf.taskId(taskId)) ||
	(videoId !== undefined && key === keyOf.videoId(videoId));

export const keyOf = {
	externalId: (id: string) => `e:${id}`,
	taskId: (id: string) => `t:${id}`,
	videoId: (id: string) => `v:${id}`,
} as const;

/** What a line contains that a key matches, as this program writes it. */
export const keyText = (key: string): string => JSON.stringify(key.slice(2));
