import {createHash} from 'node:crypto';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {waitForLock} from '../fs/lock-file.js';
import {makeFolder} from '../fs/make-folder.js';
import type {Session} from './task-context.js';

/** What a process holds while it submits under an external id. */
export interface SubmissionLock {
	release(): void;
}

/**
 * Lets one process of this machine at a time submit under an external id. A second process waits, then finds
 * in the journal what the first one made. Where no lock can be made, it prints a warning and continues
 * without one.
 * @param part `steps` for the separate lock of the paid calls before the task
 * @param deadline Unix milliseconds until which to wait for another process
 * @throws KlingError `submit_in_progress` at the deadline; the reason of the signal
 */
export async function lockSubmission(
	{journal, clock, signal, notes, command}: Session,
	externalId: string,
	deadline: number,
	part: 'task' | 'steps' = 'task',
): Promise<SubmissionLock> {
	// Hashed, because some file systems ignore case and would give two ids the same lock.
	const name = createHash('sha256').update(externalId).digest('hex').slice(0, 32);
	const file = path.join(journal.folder, 'locks', `${name}${part === 'steps' ? '.steps' : ''}.lock`);
	try {
		makeFolder(path.dirname(file), 0o700);
		return await waitForLock(file, externalId, {
			clock,
			deadline,
			signal,
			doing: 'submitting',
			onWait: () => notes.line(`Another process is submitting ${externalId}; waiting for its outcome`),
		});
	} catch (error) {
		if (error instanceof KlingError && error.code === 'file_busy') {
			throw new KlingError('submit_in_progress', `${error.said}; nothing was sent`, {
				external_task_id: externalId,
				hint: `Wait until it has ended, then run the same line again, or: ${command('video', 'reconcile', externalId)}`,
			});
		}
		if (signal.aborted) throw error;
		notes.line(
			`Warning: other processes that use the external id ${externalId} at the same time cannot be held back: ${error instanceof Error ? error.message : String(error)}`,
		);
		return {release() {}};
	}
}
