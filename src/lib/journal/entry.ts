import type {TaskName} from '../task-types/registry.js';

/** A file that holds a result. */
export interface SavedFile {
	/** Absolute. */
	path: string;
	bytes: number;
}

/** What this machine knows of a task that it submitted. */
export interface JournalEntry {
	externalId: string;
	/** May be one of a plugin that is gone: see requireType. */
	type: TaskName;
	/** When it was submitted, Unix milliseconds, as the clock said then. */
	submittedAt: number;
	/** The create body, without files and without the queries of addresses; null when only Kling knows it. */
	request: unknown;
	/** The words after `kling` that repeat the submission under the same external id, when they hold no secret. */
	command?: string[];
	/** Absolute path of the file or folder that the result is wanted at. */
	download?: string;
	model?: string;
	/** What it was submitted for, as the user names it. */
	tags?: Record<string, string>;
	/** Name of the batch, the shot in it and the take of the shot, from 1. */
	batch?: string;
	shot?: string;
	take?: number;
	/** Units that it should cost: a decimal. */
	estimatedUnits?: string;
	/** Of a paid call: the external id of the task that it is made for. */
	stepOf?: string;
	/** What a paid call made, as far as it can be used again. */
	result?: Record<string, unknown>;
	/** The machine that submitted it, and how long that had been running then, in milliseconds: no wrong clock changes this. */
	machine?: string;
	uptime?: number;
	/** `unknown`: the response was never seen, a task may exist. */
	outcome: 'unknown' | 'made' | 'refused';
	/** When a look-up first found no such task, Unix milliseconds. */
	missedAt?: number;
	taskId?: string;
	/** Last one seen. */
	status?: string;
	/** Why it failed, in Kling's words. */
	message?: string;
	videoId?: string;
	/** Units that Kling took in the end (`final_unit_deduction`): a decimal. */
	units?: string;
	/** When it was seen to have ended, and when Kling deletes its results, Unix milliseconds. */
	endedAt?: number;
	expiresAt?: number;
	/** Absolute path at which the result was put last, and its size there. */
	savedFile?: string;
	savedBytes?: number;
	/** All files that hold its results. */
	files?: SavedFile[];
}

/** What a submission is for, beside the task. */
export type SubmitContext = Pick<
	JournalEntry,
	'command' | 'download' | 'tags' | 'batch' | 'shot' | 'take' | 'estimatedUnits' | 'stepOf'
>;

/** One line of the journal: what became known of one task at one moment. */
export interface Line {
	/** The external id. */
	id: string;
	/**
	 * The submission that the line is about: two processes may use one external id. Left out, it is whichever was
	 * not refused; `*` in a refusal means all of them.
	 */
	attempt?: string;
	/** True where the task of this external id turned out to have been made elsewhere. */
	adopted?: boolean;
	entry: Partial<JournalEntry>;
}

/** Longest texts that are stored, in characters. A longer id could not be recognized and is not stored at all. */
export const limits = {id: 256, status: 64, message: 500, units: 32, request: 65_536, result: 16_384};

const isText = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown) => isText(value) && value !== '' && value.length <= limits.id;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isShort = (longest: number) => (value: unknown) => isText(value) && value.length <= longest;

/** What each field must be: the file is the user's, who may have edited it. */
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

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isSavedFile = (value: unknown) => isObject(value) && isText(value.path) && isNumber(value.bytes);

/** The line that a text holds; undefined for one that a crash has cut, or that is none. */
export function parseLine(text: string): Line | undefined {
	let line: unknown;
	try {
		line = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (!isObject(line) || !isText(line.id) || !isObject(line.entry)) return undefined;
	const {id, attempt, adopted, entry} = line;
	return {
		id,
		...(isText(attempt) && {attempt}),
		...(adopted === true && {adopted}),
		entry: wellFormed(entry),
	};
}

/** The fields that are what they must be; text that is longer than what is stored is cut, and a long id left out. */
export function wellFormed(entry: Record<string, unknown>): Partial<JournalEntry> {
	const known = Object.entries(fields)
		.map(([name, isRight]) => [name, shortened(name, entry[name]), isRight] as const)
		.filter(([, value, isRight]) => value !== undefined && isRight(value));
	return Object.fromEntries(known.map(([name, value]) => [name, value]));
}

function shortened(name: string, value: unknown): unknown {
	if (!isText(value) || (name !== 'message' && name !== 'status')) return value;
	return value.length <= limits[name] ? value : `${value.slice(0, limits[name] - 1)}…`;
}

/** What a line can be found by. */
export function keysOf({id, entry: {taskId, videoId}}: Line): string[] {
	return [
		keyOf.externalId(id),
		...(taskId === undefined ? [] : [keyOf.taskId(taskId)]),
		...(videoId === undefined ? [] : [keyOf.videoId(videoId)]),
	];
}

export const keyOf = {
	externalId: (id: string) => `e:${id}`,
	taskId: (id: string) => `t:${id}`,
	videoId: (id: string) => `v:${id}`,
} as const;
