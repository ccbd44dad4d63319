import {existsSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import {createBatchLookUp} from '../tasks/batch-lookup.js';
import type {Session} from '../tasks/task-context.js';
import {filesOn, type Known} from './known-jobs.js';
import {costs, type PlannedJob} from './planned-job.js';

/** Lookups in flight. */
const concurrency = 8;

/** Jobs that nothing is known of, though a file lies where theirs would. */
export const lostJobs = (jobs: readonly PlannedJob[]): PlannedJob[] =>
	jobs.filter(
		({file, earlier, ...job}) =>
			costs(job) && file !== undefined && existsSync(file) && !(earlier && filesOn(earlier).includes(file)),
	);

/**
 * Asks Kling, free, for tasks of which state file and journal were lost: the external ids of a batch are always the same. What lies
 * in their places is then theirs.
 */
export async function findMade(session: Session, jobs: readonly PlannedJob[], known: Known): Promise<void> {
	const {default: pLimit} = await import('p-limit');
	const lookUp = createBatchLookUp(session, pLimit(concurrency));
	const ask = async ({externalId, shot, take, file}: PlannedJob) => {
		try {
			const {id: taskId, units} = await lookUp({id: externalId, type: shot.type});
			known.tasks.set(externalId, {
				...{externalId, shot: shot.id, take, type: shot.type, taskId, units},
				...{status: 'made' as const, files: [], ...(file !== undefined && {begun: [file]})},
			});
		} catch (error) {
			// Nobody has it, or nobody answers: then the file is in the way.
			if (!(error instanceof KlingError)) throw error;
		}
	};
	await Promise.all(jobs.map(ask));
}
