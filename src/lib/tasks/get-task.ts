import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import {fetchTask, type LookUp} from './fetch-task.js';
import {chooseTask, knownType} from './resolve-task.js';
import type {Session} from './task-context.js';

/**
 * Fetches the current state of the task that a user means and records it in the journal.
 * @param ref task id, external id, `@last` or `last`
 * @param type default: the type in the journal, or else the type is discovered. With `@last`, the newest task
 * of this type is meant.
 * @param lookUp how to look the task up. Default: one request.
 * @returns the task, with its type only where it is known
 * @throws KlingError the errors of `chooseTask`; the API's error, such as `task_not_found`
 */
export async function getTask(
	session: Session,
	ref: string,
	type?: TaskName,
	lookUp?: LookUp,
): Promise<{task: Task; type: TaskName | undefined}> {
	const chosen = await chooseTask(session, ref, type, lookUp);
	return {task: await fetchTask(session, chosen, lookUp), type: knownType(chosen)};
}
