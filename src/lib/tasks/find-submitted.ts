import type {Task} from '../api/task.js';
import {type ErrorDetails, KlingError} from '../errors/kling-error.js';
import type {TaskName} from '../task-types/registry.js';
import {findEventually} from './find-eventually.js';
import type {Session} from './task-context.js';

/**
 * Finds the task of a submission whose response was lost, or whose external id Kling already knows.
 * @param lost the error that the submission ended with
 * @param someoneElses true when the external id may belong to a task that this submission did not make
 * @throws KlingError `submit_unknown` when it is unknown whether there is a task; `conflicting_input` when
 * the external id belongs to a task of another type
 */
export async function findSubmitted(
	session: Session,
	type: TaskName,
	externalId: string,
	lost: KlingError,
	someoneElses: boolean,
): Promise<Task> {
	const {signal, command, journal} = session;
	const reconcile = command('video', 'reconcile', externalId);
	let answer: KlingError;
	try {
		return await findEventually(session, type, externalId);
	} catch (error) {
		const hint = `See whether the task was made: ${reconcile}`;
		if (signal.aborted) throw withDetails(error, {external_task_id: externalId, hint});
		if (!(error instanceof KlingError)) throw error;
		answer = error;
	}
	if (someoneElses && answer.code === 'task_not_found') {
		await journal.refused(externalId);
		throw new KlingError(
			'conflicting_input',
			`Kling knows the external id ${externalId}, but shows no ${type} task of that name`,
			{
				external_task_id: externalId,
				hint: 'If another machine submitted it a moment ago, run the same line again in a minute. If it belongs to a task of another type, choose another --external-id.',
			},
		);
	}
	throw new KlingError('submit_unknown', `Kling may have made the task ${externalId}, or not: ${lost.said}`, {
		...lost.details,
		cause: lost,
		external_task_id: externalId,
		retryable: false,
		hint: `Do not submit it again under another name yet. See whether it exists: ${reconcile}`,
	});
}

/** Adds details to an error that is shown to users; returns any other unchanged. */
export function withDetails(reason: unknown, details: ErrorDetails): unknown {
	return reason instanceof KlingError ? reason.with(details) : reason;
}
