import {KlingError} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {isPaidCall} from '../task-types/calls.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';

/**
 * Checks that a task in the journal can be looked up: its type may belong to a plugin that is gone.
 * @throws KlingError `invalid_type` that names the submission and the type; `task_not_found` for a call that made no task
 */
export function requireType(types: TypeRegistry, {type, taskId, externalId}: JournalEntry): void {
	if (isPaidCall(type)) throw nothingToLookUp(type, taskId ?? externalId);
	if (types.has(type)) return;
	const what = taskId === undefined ? `Submit ${externalId}` : `Task ${taskId}`;
	throw new KlingError('invalid_type', `${what} is of type ${type}, whose plugin is not installed`, {
		task_id: taskId,
		external_task_id: externalId,
		hint: 'The journal keeps it. Install or link the plugin again: kling plugins install NAME. If it is there, see whether it loads: kling doctor',
	});
}

/** The error for a call whose response was its result. */
export const nothingToLookUp = (type: TaskName, id: string) =>
	new KlingError('task_not_found', `The response to ${type} was its result: Kling keeps nothing to look up`, {
		task_id: id,
		hint: 'See what was charged for it: kling account ledger. The same command makes it again, and costs again.',
	});
