import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import {fetchTask, type LookUp} from './fetch-task.js';
import {chooseTask, knownType} from './resolve-task.js';
import type {Session} from './task-context.js';

/**
 * The task that a user means, as it is now; the journal learns of it.
 * @param ref task id, external id, `@last` or `last`
 * @param type left out, it is the journal's, else it is looked for; with `@last`, the newest of this type is meant
 * @param lookUp how Kling is asked; left out, with one request
 * @returns the type only where it is known
 * @throws KlingError as chooseTask, and what the API says, such as `task_not_found`
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
