import {existsSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import type {Session} from '../tasks/task-context.js';
import {filesOn} from './known-jobs.js';
import type {PlannedJob} from './planned-job.js';

type Placed = Pick<PlannedJob, 'wanted' | 'known' | 'earlier' | 'externalId'>;

/**
 * Takes the places of a job's files right before the job is paid for: other commands may want it, or have filled it since the batch was
 * planned.
 * @throws KlingError `file_exists`, `file_busy`, which are about this job alone
 */
async function takePlace(session: Session, job: Placed): Promise<void> {
	for (const file of job.wanted) await takeFile(session, file, job);
}

async function takeFile(session: Session, file: string, {known, earlier, externalId}: Placed): Promise<void> {
	await session.holds.take(session, file, externalId).catch((error: unknown) => {
		throw error instanceof KlingError ? error.with({retryable: false}) : error;
	});
	const isOurs = [known, earlier].some((task) => task && filesOn(task).includes(file));
	if (isOurs || !existsSync(file)) return;
	throw new KlingError('file_exists', `${file} exists, and this batch did not make it; nothing was sent`, {
		path: file,
		hint: 'Move it away, then run the batch again.',
	});
}

/** Submits a job for whose files there is a place, which stays taken if that goes well. @throws KlingError as takePlace */
export async function inPlace(session: Session, job: Placed, submit: () => Promise<void>): Promise<void> {
	try {
		await takePlace(session, job);
		await submit();
	} catch (error) {
		leavePlace(session, job);
		throw error;
	}
}

/** Whatever became of the job, others may have its place. */
export function leavePlace({holds}: Session, {wanted}: Placed): void {
	for (const file of wanted) holds.release(file);
}
