import {KlingError} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import type {TypeRegistry} from '../task-types/registry.js';

/**
 * Checks that a task in the journal can be looked up: its type may belong to a plugin that is gone.
 * @throws KlingError `invalid_type` that names the submission and the type
 */
export function requireType(types: TypeRegistry, {type, taskId, externalId}: JournalEntry): void {
	if (types.has(type)) return;
	const what = taskId === undefined ? `Submit ${externalId}` : `Task ${taskId}`;
	throw new KlingError('invalid_type', `${what} is of type ${type}, whose plugin is not installed`, {
		task_id: taskId,
		external_task_id: externalId,
		hint: 'The journal keeps it. Install or link the plugin again: kling plugins install NAME. If it is there, see whether it loads: kling doctor',
	});
}
