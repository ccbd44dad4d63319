import {existsSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import {createBatchLookUp} from '../tasks/batch-lookup.js';
import type {Session} from '../tasks/task-context.js';
import {allFilesOf, type KnownTasks} from './known-tasks.js';
import {costs, type PlannedJob} from './planned-job.js';

/** Lookups in flight. */
const concurrency = 8;

/** Jobs of which nothing is known, although a file exists where theirs would go. */
export const lostJobs = (jobs: readonly PlannedJob[]): PlannedJob[] =>
	jobs.filter(
		({wanted, earlier, ...job}) =>
			costs(job) &&
			wanted.some((file) => existsSync(file) && !(earlier && allFilesOf(earlier).includes(file))),
	);

/**
 * Looks tasks up at Kling, free, if state file and journal are lost: a batch's external ids are always the
 * same. The files at their paths then belong to them.
 */
export async function findExistingTasks(
	session: Session,
	jobs: readonly PlannedJob[],
	known: KnownTasks,
): Promise<void> {
	const {default: pLimit} = await import('p-limit');
	const lookUp = createBatchLookUp(session, pLimit(concurrency));
	const ask = async ({externalId, shot, take, wanted}: PlannedJob) => {
		try {
			const {id: taskId, units} = await lookUp({id: externalId, type: shot.type});
			known.tasks.set(externalId, {
				...{externalId, shot: shot.id, take, type: shot.type, taskId, units},
				...{status: 'made' as const, files: [], ...(wanted.length > 0 && {begun: [...wanted]})},
			});
		} catch (error) {
			// Kling knows no such task, or does not respond: then an existing file is not ours.
			if (!(error instanceof KlingError)) throw error;
		}
	};
	await Promise.all(jobs.map(ask));
}
