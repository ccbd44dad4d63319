import {retriedJob} from 'kling-cli';
import {linesOf, seal} from './jobs.js';

/**
 * Queues a failed job again; one whose task failed at Kling, or was refused, gets another external id.
 * @returns {Promise<boolean>} whether it is another task now
 */
export async function retryJob({job, carried, needIds}, farm, account, clock) {
	const lines = linesOf(job);
	const last = lines.findLast(({external_task_id: id}) => id === carried.externalId);
	const isAnew = last?.event === 'failed';
	if (isAnew) {
		const next = retriedJob(carried);
		await job.updateData(seal(next, needIds, account));
		const at = new Date(clock.now()).toISOString();
		lines.push({at, event: 'retry', shot: carried.shot.id, take: carried.take, attempt: next.attempt});
	}
	await job.updateProgress({phase: 'waiting', lines});
	await farm.store.ended(job.id);
	await job.retry('failed');
	return isAnew;
}
