import type {Amount} from '../cost/pack-units.js';
import {paidCalls} from '../task-types/calls.js';
import type {CheckedRow} from './check-rows.js';
import {callsOf} from './first-steps.js';
import type {Job} from './job.js';
import type {KnownTask} from './known-tasks.js';
import type {Problem} from './problem.js';

/**
 * How far a job is. `new` was never submitted; `changed` was not submitted either, but an earlier version of its shot was;
 * `refused` was refused, and no task was made; `running` is running, or has ended unseen; `unsaved` has succeeded, but its
 * file is missing.
 */
export type JobState = 'new' | 'changed' | 'refused' | 'unknown' | 'running' | 'unsaved' | 'done' | 'failed';

/** States in which a run submits the job. */
const unpaid: readonly JobState[] = ['new', 'changed', 'refused'];

/** A job with everything that is known about it before a run. */
export interface PlannedJob extends Job {
	externalId: string;
	attempt: number;
	state: JobState;
	checked: CheckedRow;
	known: KnownTask | undefined;
	/** An earlier task of the same take whose files are in its place. */
	earlier: KnownTask | undefined;
	/** Absolute path of its file; placeholders that only its task can fill in are in braces. */
	fileTemplate: string;
	/** The path, if nothing in it is left open. */
	file: string | undefined;
	/** The paths of all its files, as far as they are known before the task exists. */
	wanted: readonly string[];
}

export interface Plan {
	batch: string;
	/** The manifest, as an absolute path. */
	file: string;
	/** Its folder. */
	folder: string;
	/** In the order of the manifest, without those that `only` excludes. */
	jobs: readonly PlannedJob[];
	/** Those that are requested again. */
	retried: readonly PlannedJob[];
	problems: readonly Problem[];
	warnings: readonly string[];
}

/** The estimated cost of a job, with the calls before its task that are still to come. */
export const amountsOf = ({checked, known}: Pick<PlannedJob, 'checked' | 'known'>): Amount[] => [
	checked,
	...callsOf(checked.first, known?.prepared).map(
		(call): Amount => ({pack: 'video', units: String(paidCalls[call].units)}),
	),
];

/** Whether a run submits a job, which costs the user. */
export const costs = ({state}: Pick<PlannedJob, 'state'>): boolean => unpaid.includes(state);

/** The tags of a job as a field; nothing if it has none. */
export const tagsOf = ({shot: {tags}}: Pick<PlannedJob, 'shot'>) =>
	Object.keys(tags).length > 0 ? {tags} : {};
