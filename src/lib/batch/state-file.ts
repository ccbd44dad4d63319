import {closeSync, constants, fstatSync, openSync, readSync, writeSync} from 'node:fs';
import {fileError, readError, systemCode} from '../fs/file-errors.js';
import {readRegularFile} from '../fs/regular-file.js';
import type {Tags} from './tags.js';

/** What happened to a job, as a line of the state file. */
export interface StateLine {
	/** ISO time. */
	at: string;
	event:
		| 'prepared'
		| 'submitted'
		| 'succeeded'
		| 'saving'
		| 'saved'
		| 'failed'
		| 'refused'
		| 'retry'
		| 'moved'
		| 'started'
		| 'ended';
	shot?: string;
	take?: number;
	external_task_id?: string;
	task_id?: string;
	type?: string;
	model?: string | undefined;
	/** The estimated cost. */
	estimated_units?: string | undefined;
	/** The cost that Kling reported. */
	units?: string | undefined;
	video_id?: string | undefined;
	/** Seconds from the submission to the end. */
	seconds?: number | undefined;
	/** Relative to the manifest if it is below it. */
	file?: string;
	files?: string[];
	bytes?: number;
	code?: string;
	message?: string;
	attempt?: number;
	tags?: Tags;
	[more: string]: unknown;
}

/** Where the state of a batch is kept. */
export const stateFileOf = (manifest: string): string => `${manifest}.state.ndjson`;

/** The lines of a state file, oldest first; a line that was cut by a crash is left out. */
export function readState(file: string): StateLine[] {
	let text: string;
	try {
		text = readRegularFile(file);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return [];
		throw readError(error, file);
	}
	return text.split('\n').flatMap((line): StateLine[] => {
		if (line.trim() === '') return [];
		try {
			const parsed: unknown = JSON.parse(line);
			return isStateLine(parsed) ? [parsed] : [];
		} catch {
			return [];
		}
	});
}

/** The name of a batch that was run before, as its state file recorded it. */
export const recordedName = (lines: readonly StateLine[]): string | undefined =>
	lines.flatMap(({event, batch}) => (event === 'started' && typeof batch === 'string' ? [batch] : []))[0];

const isText = (value: unknown) => value === undefined || typeof value === 'string';
const texts = [
	'at',
	'model',
	'estimated_units',
	'shot',
	'external_task_id',
	'task_id',
	'type',
	'video_id',
	'file',
	'code',
	'message',
	'units',
];

/** The file is the user's, who may have edited it. */
function isStateLine(line: unknown): line is StateLine {
	if (typeof line !== 'object' || line === null) return false;
	const fields = line as Record<string, unknown>;
	const {tags} = fields;
	const hasTags =
		tags === undefined ||
		(typeof tags === 'object' &&
			tags !== null &&
			Object.values(tags).every((tag) => typeof tag === 'string'));
	return typeof fields.event === 'string' && hasTags && texts.every((name) => isText(fields[name]));
}

/** A line without its time. */
export type NewLine = Pick<StateLine, 'event'> & Partial<StateLine>;

/** Appends lines to a state file. */
export interface StateWriter {
	/** @throws KlingError `disk_full` or `write_error`; later lines are complete again */
	add(line: NewLine): void;
	close(): void;
}

const lineBreak = 0x0a;

/** A project may come from someone else: nothing is written through a link, and no pipe is waited for. */
const appending =
	constants.O_RDWR |
	constants.O_APPEND |
	constants.O_CREAT |
	(constants.O_NOFOLLOW ?? 0) |
	(constants.O_NONBLOCK ?? 0);

/**
 * Opens a state file for appending, and creates it if there is none.
 * @param now Unix milliseconds
 * @throws KlingError `write_error`, `disk_full`
 */
export function openState(file: string, now: () => number): StateWriter {
	let descriptor: number;
	let isCut: boolean;
	try {
		descriptor = openSync(file, appending, 0o644);
		const stats = fstatSync(descriptor);
		if (!stats.isFile()) throw new Error('it is not a regular file');
		const {size} = stats;
		const last = Buffer.alloc(1);
		if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
		// A crash or a full disk may have cut the last line.
		isCut = size > 0 && last[0] !== lineBreak;
	} catch (error) {
		throw fileError(error, file);
	}
	return {
		add(line) {
			const text = `${isCut ? '\n' : ''}${JSON.stringify({at: new Date(now()).toISOString(), ...line})}\n`;
			const bytes = Buffer.from(text);
			try {
				isCut = true;
				// One write, so that lines of two processes are never mixed.
				const written = writeSync(descriptor, bytes);
				// The next attempt shows the system's reason.
				if (written < bytes.length) writeSync(descriptor, bytes.subarray(written));
				isCut = false;
			} catch (error) {
				throw fileError(error, file);
			}
		},
		close: () => closeSync(descriptor),
	};
}
