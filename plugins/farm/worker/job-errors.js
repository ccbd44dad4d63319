import {KlingError} from 'kling-cli';

/** How often a worker may die while it has a job before the job is set aside. */
export const maxTries = 3;

/** Thrown through BullMQ when another worker has the job, so that BullMQ leaves the job where it is. */
export class JobTakenOver extends Error {}

/** @param job the needed job, if it is still in the queue */
export const lostNeedError = (job) =>
	job
		? new KlingError('conflicting_input', `It needs ${job.name}, which failed`, {
				hint: 'Retry that one first.',
			})
		: new KlingError('conflicting_input', 'It needs a job that was removed from the queue', {
				hint: 'Submit the list again, then: kling farm retry',
			});

export const tooManyDeaths = (key) =>
	new KlingError(
		'internal_error',
		`${key} was set aside: its worker died ${maxTries} times while submitting or saving it`,
		{
			hint: 'Check its row in the list. To try it again: kling farm retry',
		},
	);

export const bugError = (error) =>
	new KlingError('internal_error', error instanceof Error ? error.message : String(error), {cause: error});

/** Whether an error only tells BullMQ what to do with the job, which has not failed. */
export const isForQueue = (error) =>
	error instanceof JobTakenOver ||
	['DelayedError', 'WaitingError', 'UnrecoverableError', 'RateLimitError'].includes(error?.name) ||
	error?.message === 'bullmq:rateLimitExceeded';
