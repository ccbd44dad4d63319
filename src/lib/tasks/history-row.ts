import {definedOnly} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {taskStatuses} from './list-tasks.js';
import {requestFacts} from './request-facts.js';

/** A task from this machine's journal, as documents show it. */
export interface HistoryRow {
	task_id?: string | undefined;
	/**
	 * The last status seen on this machine. `unknown` or `refused` when the request is not known to have made
	 * a task.
	 */
	status?: string | undefined;
	/** Unix milliseconds. */
	created_at: number;
	type: string;
	prompt?: string | undefined;
	external_task_id: string;
	/** With --verbose, like all keys that follow: absolute path of the result that was saved last. */
	file?: string | undefined;
	model?: string | undefined;
	/** Requested length in seconds. */
	duration?: string | undefined;
	/** What the task cost, as reported by Kling. */
	units?: string | undefined;
	/** Why the task failed. */
	message?: string | undefined;
	/** When Kling deletes the result; with --expiring or --missing. */
	expires_at?: number | undefined;
}

/** The statuses of submissions: that of the task, or why no task is known. */
export const historyStatuses = [...taskStatuses, 'unknown', 'refused'] as const;

/** @param verbose adds what is known beyond the task itself */
export const historyRow = (entry: JournalEntry, verbose: boolean): HistoryRow =>
	definedOnly(allFields(entry, verbose));

/** The columns, in order. */
export const historyColumns = (verbose: boolean): string[] =>
	Object.keys(
		allFields({externalId: '', type: 'create', submittedAt: 0, request: null, outcome: 'unknown'}, verbose),
	);

function allFields(entry: JournalEntry, verbose: boolean): HistoryRow {
	const {taskId, status, outcome, submittedAt, type, externalId} = entry;
	const {prompt, duration} = requestFacts(entry.request);
	return {
		task_id: taskId,
		status: outcome === 'made' ? status : outcome,
		created_at: submittedAt,
		type,
		prompt,
		external_task_id: externalId,
		...(verbose && {
			file: entry.savedFile,
			model: entry.model,
			duration,
			units: entry.units,
			message: status === 'failed' ? entry.message : undefined,
		}),
	};
}
