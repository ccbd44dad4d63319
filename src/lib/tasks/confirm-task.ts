import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {TaskName} from '../task-types/registry.js';
import {lookUpOne} from './fetch-task.js';
import type {Session} from './task-context.js';
import {withTimeLimit} from './time-limit.js';

/** Time limit for the lookups, in milliseconds. Short, because the response itself has already arrived. */
const patienceMs = 10_000;

/**
 * Returns the task in the response to a submission once it is known to be the task that was submitted.
 * Kling's responses do not always name the external id, and such a response may belong to another task, so
 * the task is looked up by its external id. If nothing contradicts the response, it is trusted.
 * @throws KlingError that leaves open whether the task was made
 */
export async function confirmTask(
	session: Session,
	type: TaskName,
	task: Task,
	externalId: string,
): Promise<Task> {
	if (task.externalId === externalId || session.types.definition(type)?.externalId === 'none') return task;
	if (task.externalId !== undefined)
		throw ofAnother(externalId, `with the external id ${task.externalId.slice(0, 64)}`);
	const limited = withTimeLimit(session, patienceMs);
	const ask = (id: string) => lookUpOne(limited)({id, type}, session.signal).catch(() => undefined);
	const named = await ask(externalId);
	if (named?.externalId === externalId) {
		if (named.id !== task.id) {
			session.notes.line(`The response named task ${task.id}; ${externalId} is task ${named.id}`);
		}
		return named.id === task.id ? task : named;
	}
	const there = await ask(task.id);
	if (there?.externalId === undefined || there.externalId === externalId) return task;
	throw ofAnother(externalId, `${task.id}, whose external id is ${there.externalId.slice(0, 64)}`);
}

const ofAnother = (externalId: string, which: string) =>
	new KlingError('response_error', `The response is about another task, ${which}`, {
		...{external_task_id: externalId, maybeSubmitted: true},
	});
