import {existsSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import type {Session} from '../tasks/task-context.js';
import {allFilesOf} from './known-tasks.js';
import type {PlannedJob} from './planned-job.js';

type ClaimingJob = Pick<PlannedJob, 'wanted' | 'known' | 'earlier' | 'externalId'>;

/**
 * Claims the paths of a job's files right before the job is paid for: since the batch was planned, another command may have claimed
 * them, or put files there.
 * @throws KlingError `file_exists`, `file_busy`, which are about this job alone
 */
async function claimFiles(session: Session, job: ClaimingJob): Promise<void> {
	for (const file of job.wanted) await claimFile(session, file, job);
}

async function claimFile(
	session: Session,
	file: string,
	{known, earlier, externalId}: ClaimingJob,
): Promise<void> {
	await session.heldFiles.hold(session, file, externalId).catch((error: unknown) => {
		throw error instanceof KlingError ? error.with({retryable: false}) : error;
	});
	const isOurs = [known, earlier].some((task) => task && allFilesOf(task).includes(file));
	if (isOurs || !existsSync(file)) return;
	throw new KlingError('file_exists', `${file} exists, and this batch did not make it; nothing was sent`, {
		path: file,
		hint: 'Move it away, then run the batch again.',
	});
}

/**
 * Claims the files of a job and submits it. The claim stays if that succeeds, until `releaseFiles`.
 * @throws KlingError the errors of `claimFiles` and of the submission
 */
export async function withClaimedFiles(
	session: Session,
	job: ClaimingJob,
	submit: () => Promise<void>,
): Promise<void> {
	try {
		await claimFiles(session, job);
		await submit();
	} catch (error) {
		releaseFiles(session, job);
		throw error;
	}
}

/** Lets other commands write to the files of a job, however it ended. */
export function releaseFiles({heldFiles}: Session, {wanted}: ClaimingJob): void {
	for (const file of wanted) heldFiles.release(file);
}
