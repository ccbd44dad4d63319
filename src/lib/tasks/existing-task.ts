import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import {isSameRequest, type JournalEntry} from '../journal/journal.js';
import {minimumAgeMs} from '../journal/machine-time.js';
import type {TaskName} from '../task-types/registry.js';
import {retryHint} from './external-ids.js';
import {findEventually} from './find-eventually.js';
import {appearanceLimitMs} from './reconcile.js';
import {mayBeDeleted} from './retention.js';
import type {Session} from './task-context.js';

/** The task that was already made under an external id. */
export async function existingTask(
	session: Session,
	type: TaskName,
	body: object,
	known: JournalEntry,
): Promise<Task | undefined> {
	if (known.outcome === 'refused') return undefined;
	const {externalId} = known;
	checkType(type, known);
	if (!isSameRequest(known, body)) throw usedForAnother(known);
	// If the outcome is unknown, the first request may still be on its way and its task may appear late.
	const isRecent =
		known.outcome === 'unknown' && (minimumAgeMs(known, session.clock) ?? 0) < appearanceLimitMs;
	// A task known to have been made is not given up after one failed lookup.
	const delaysMs = isRecent || known.outcome === 'made' ? undefined : [0];
	const lookUp = (id: string) => findEventually(session, type, id, delaysMs).catch(noSuchTask);
	const found = await lookUp(known.taskId ?? externalId);
	// A journal can be edited. The task that has another external id is not the one that was paid for.
	const isOther = found?.externalId !== undefined && found.externalId !== externalId;
	const task = isOther ? await lookUp(externalId) : found;
	if (task === undefined && known.outcome === 'made') throw lostTask(session, known);
	if (task) {
		const retry = task.status === 'failed' ? `, and failed. ${retryHint(externalId) ?? ''}` : '';
		session.notes.line(
			`Task ${task.id} was already made with this external id; nothing was submitted${retry}`,
		);
	}
	return task;
}

/**
 * Checks that an external id was not used for another type of task, before the steps for one are paid for.
 * @throws KlingError `conflicting_input`
 */
export function checkType(type: TaskName, known: JournalEntry | undefined): void {
	if (known && known.type !== type && known.outcome !== 'refused') throw usedForAnother(known);
}

const usedForAnother = ({externalId, taskId, status}: JournalEntry) =>
	new KlingError('conflicting_input', `The external id ${externalId} was used for another request`, {
		external_task_id: externalId,
		task_id: taskId,
		hint:
			(status === 'failed' && retryHint(externalId)) ||
			'Choose another --external-id, or repeat the request as it was.',
	});

/** The error for a task that was made but is not found. A recent task has probably not been deleted. */
function lostTask({clock, command}: Session, {externalId, taskId, submittedAt}: JournalEntry): KlingError {
	const isOld = mayBeDeleted(submittedAt, clock.now());
	const hint = isOld
		? 'Kling deletes tasks after 30 days. To make it again, and pay for it, choose another --external-id.'
		: `It was paid for, so check again in a while: ${command('video', 'status', taskId ?? externalId)}`;
	return new KlingError(
		'task_not_found',
		`The external id ${externalId} made a task that Kling ${isOld ? 'no longer knows' : 'does not find now'}`,
		{external_task_id: externalId, task_id: taskId, hint},
	);
}

function noSuchTask(error: unknown): undefined {
	if (!(error instanceof KlingError) || error.code !== 'task_not_found') throw error;
	return undefined;
}
