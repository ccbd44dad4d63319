import {waitable} from '../api/api-errors.js';
import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import {fullJitter} from '../system/backoff.js';
import {type PreparedRequest, withExternalId} from '../task-types/prepare.js';
import type {TaskName} from '../task-types/registry.js';
import {confirmTask} from './confirm-task.js';
import {findSubmitted, withDetails} from './find-submitted.js';
import type {Session} from './task-context.js';
import {withTimeLimit} from './time-limit.js';
import {uninterrupted} from './uninterrupted.js';

/** Maximum number of attempts for a request that never reached Kling. */
const connectAttempts = 3;

/** Backoff while Kling is busy, in milliseconds. Source: docs/kling-api.md §10. */
const busy = {firstMs: 1000, maxMs: 30_000};
const maxRetryAfterMs = 60_000;

/**
 * Milliseconds for looking up a task whose response was lost, and the extra time that a lookup in flight at
 * the deadline gets.
 */
const maxLookUpMs = 60_000;
const graceMs = 2000;

export interface Submission {
	externalId: string;
	/** True when nobody else can have used the external id. */
	isOurs: boolean;
	/** True when an earlier attempt on this machine may have made the task. */
	isOpen: boolean;
	deadline: number;
	until: number | undefined;
}

/** The session for lookups. They may run slightly past the deadline, because what they find was paid for. */
export const limited = (session: Session, until: number | undefined): Session =>
	withTimeLimit(
		session,
		until === undefined ? maxLookUpMs : Math.max(0, until - session.clock.now()) + graceMs,
	);

interface Sent {
	task: Task;
	/** True when Kling already knew the external id. */
	elsewhere: boolean;
}

/**
 * Sends a submission until Kling has made the task, or has refused it for good. When the response is lost, the
 * task is looked up.
 */
export async function sendSubmission(
	session: Session,
	type: TaskName,
	request: PreparedRequest,
	submission: Submission,
): Promise<Sent> {
	const {client, clock, purchases} = session;
	const {externalId, until} = submission;
	const named = withExternalId(request, externalId);
	purchases.tasks.set(externalId, undefined);
	for (let attempt = 0; ; attempt++) {
		try {
			// The last lookup, at the deadline, gets time to return.
			const late = until === undefined ? undefined : clock.deadline(Math.max(graceMs, until - clock.now()));
			const answer = client.createTask(request.path, named, attempt + 1, late);
			const task = await uninterrupted(session, answer, {
				why: 'to learn whether the task was made',
				afterwards: `then see: ${session.command('video', 'reconcile', externalId)}`,
			});
			purchases.tasks.set(externalId, task.id);
			return {task: await confirmTask(session, type, task, externalId), elsewhere: false};
		} catch (error) {
			if (!(error instanceof KlingError)) throw error;
			purchases.tasks.set(externalId, undefined);
			if (error.maybeSubmitted || error.alreadyExists) return lookUp(session, type, submission, error);
			await waitForAnother(session, submission, error, attempt);
		}
	}
}

/** Finds the task of a submission whose response was lost, or whose external id Kling already knows. */
async function lookUp(
	session: Session,
	type: TaskName,
	submission: Submission,
	error: KlingError,
): Promise<Sent> {
	const {externalId, isOurs, isOpen, until} = submission;
	const exists = error.alreadyExists;
	const elsewhere = exists && !isOurs && !isOpen;
	const why = exists ? 'Kling knows' : 'The response was lost; looking for';
	session.notes.line(`${why} the external id ${externalId}`);
	return {
		task: await findSubmitted(limited(session, until), type, externalId, error, elsewhere),
		elsewhere,
	};
}

/**
 * Waits before another attempt to submit, after one that made no task.
 * @throws the error of that attempt, when waiting cannot help or there is no time left; the error that
 * interrupted the wait
 */
async function waitForAnother(
	{clock, random, journal, signal, notes, purchases}: Session,
	{externalId, isOpen, deadline}: Submission,
	error: KlingError,
	attempt: number,
): Promise<void> {
	const refused = async () => {
		if (isOpen) return;
		purchases.tasks.delete(externalId);
		await journal.refused(externalId);
	};
	const wait = waitMs(error, attempt, random);
	const left = deadline - clock.now();
	const tooLong = error.retryAfterMs !== undefined && wait !== undefined && wait > left;
	if (wait === undefined || tooLong || left <= 0) {
		await refused();
		throw error.with({external_task_id: externalId});
	}
	if (error.neverSent) notes.line(`${error.said}; nothing was sent, trying again`);
	else if (attempt === 0) notes.line(`Kling says: ${error.said}. Waiting for room`);
	await clock.sleep(Math.min(wait, left), signal).catch(async (reason: unknown) => {
		await refused();
		throw withDetails(reason, {
			external_task_id: externalId,
			hint: 'No task was made: run the command again.',
		});
	});
}

/**
 * Milliseconds to wait before a retry; a number only when no task can have been made: Kling was busy or was
 * not reached.
 */
function waitMs(error: KlingError, attempt: number, random: () => number): number | undefined {
	const unsent = error.neverSent && error.retryable && attempt + 1 < connectAttempts;
	if (!unsent && !waitable.has(error.details.api_code ?? 0)) return undefined;
	if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, maxRetryAfterMs);
	return fullJitter(busy, attempt, random);
}
