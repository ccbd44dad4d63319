import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import {isSameRequest, type JournalEntry, sureAge} from '../journal/journal.js';
import type {TaskName} from '../task-types/registry.js';
import {retryHint} from './external-ids.js';
import {lookUpLate} from './find-eventually.js';
import {latestMs} from './reconcile.js';
import type {Session} from './task-context.js';

/** The task that an external id made before. */
export async function madeBefore(
	session: Session,
	type: TaskName,
	body: object,
	known: JournalEntry,
): Promise<Task | undefined> {
	if (known.outcome === 'refused') return undefined;
	const {externalId} = known;
	if (!isSameRequest(known, body) || known.type !== type) {
		throw new KlingError('conflicting_input', `The external id ${externalId} was used for another request`, {
			external_task_id: externalId,
			task_id: known.taskId,
			hint:
				(known.status === 'failed' && retryHint(externalId)) ||
				'Choose another --external-id, or repeat the request as it was.',
		});
	}
	// Its outcome may be unknown, and the first request still on its way: then the task may appear late.
	const isRecent = known.outcome === 'unknown' && (sureAge(known, session.clock) ?? 0) < latestMs;
	const looks = isRecent ? undefined : [0];
	const task = await lookUpLate(session, type, known.taskId ?? externalId, looks).catch(noSuchTask);
	if (task === undefined && known.outcome === 'made') {
		throw new KlingError(
			'task_not_found',
			`The external id ${externalId} made a task that Kling no longer knows`,
			{
				external_task_id: externalId,
				task_id: known.taskId,
				hint: 'To make it anew, and pay for it, choose another --external-id.',
			},
		);
	}
	if (task) {
		const retry = task.status === 'failed' ? `, and failed. ${retryHint(externalId) ?? ''}` : '';
		session.notes.line(
			`Task ${task.id} was made with this external id before; nothing was submitted${retry}`,
		);
	}
	return task;
}

function noSuchTask(error: unknown): undefined {
	if (!(error instanceof KlingError) || error.code !== 'task_not_found') throw error;
	return undefined;
}
