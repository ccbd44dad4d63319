import type {Task} from '../api/task.js';
import {addUnits, type PackUnits} from '../cost/pack-units.js';
import {definedOnly, KlingError} from '../errors/kling-error.js';
import {packField} from '../task-types/packs.js';
import {createBatchLookUp} from '../tasks/batch-lookup.js';
import {fetchTask} from '../tasks/fetch-task.js';
import type {Session} from '../tasks/task-context.js';
import type {Plan, PlannedJob} from './planned-job.js';

/** Lookups in flight. */
const concurrency = 8;

/** What Kling says about a task that is not known to have ended. */
type Found = {task: Task} | {error: KlingError};

/**
 * Looks up the tasks that are not known to have ended, with as few requests as possible: a page of the list covers many. The
 * results go into the journal.
 */
export async function lookUpRunning(
	session: Session,
	jobs: readonly PlannedJob[],
): Promise<Map<PlannedJob, Found>> {
	const running = jobs.filter(({state}) => state === 'running');
	const {default: pLimit} = await import('p-limit');
	const limit = pLimit(concurrency);
	const lookUp = createBatchLookUp(session, limit);
	const found = running.map(async (job): Promise<[PlannedJob, Found]> => {
		const address = {id: job.known?.taskId ?? job.externalId, type: job.shot.type};
		try {
			return [job, {task: await fetchTask(session, address, lookUp)}];
		} catch (error) {
			if (error instanceof KlingError && error.code === 'task_not_found') return [job, {error}];
			throw error;
		}
	});
	return new Map(await Promise.all(found));
}

/** A state in the form that people know. */
function stateOf(job: PlannedJob, found: Found | undefined): string {
	if (found === undefined) return job.state;
	if ('error' in found) return 'unknown';
	if (found.task.status === 'succeed') return 'unsaved';
	return found.task.status === 'failed' ? 'failed' : 'running';
}

interface ShotRow {
	shot: string;
	take: number;
	/** new, changed, refused, unknown, running, unsaved, done or failed. */
	state: string;
	type: string;
	model?: string | undefined;
	units?: string | undefined;
	/** Which kind of units, if not video units. */
	pack?: 'image' | undefined;
	/** Absolute path. */
	file?: string | undefined;
	task_id?: string | undefined;
	/** Only with --verbose. */
	external_task_id?: string | undefined;
	/** Why it failed. */
	code?: string | undefined;
	message?: string | undefined;
}

/** What is known about the tasks of a batch. */
export interface BatchStatusDocument extends PackUnits {
	success: true;
	batch: string;
	tasks: number;
	/** How many tasks are in each state. */
	states: Record<string, number>;
	shots: ShotRow[];
}

/**
 * The document of `batch status`.
 * @param verbose adds the external ids
 */
export function statusDocument(
	{batch, jobs}: Plan,
	found: ReadonlyMap<PlannedJob, Found>,
	verbose: boolean,
): BatchStatusDocument {
	const shots = jobs.map((job): ShotRow => {
		const {shot, take, known, checked} = job;
		const answer = found.get(job);
		const task = answer && 'task' in answer ? answer.task : undefined;
		return definedOnly({
			shot: shot.id,
			take,
			state: stateOf(job, answer),
			type: shot.type,
			model: checked.model,
			units: task?.units ?? known?.units,
			...packField(checked.pack),
			file: known?.files[0],
			task_id: known?.taskId,
			...(verbose && {external_task_id: job.externalId}),
			code: known?.code,
			message: task?.statusMessage || known?.message,
		});
	});
	const states: Record<string, number> = {};
	for (const {state} of shots) states[state] = (states[state] ?? 0) + 1;
	return {
		success: true,
		batch,
		tasks: jobs.length,
		states,
		...addUnits(jobs.map(({checked}, index) => ({pack: checked.pack, units: shots[index]?.units}))),
		shots,
	};
}

/** The columns of the shots as CSV. */
export const statusColumns = [
	'shot',
	'take',
	'state',
	'type',
	'model',
	'units',
	'pack',
	'file',
	'task_id',
	'external_task_id',
	'code',
	'message',
] as const;
