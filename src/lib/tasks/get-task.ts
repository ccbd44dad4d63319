import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import {fetchTask, type LookUp} from './fetch-task.js';
import {chooseTask} from './resolve-task.js';
import type {Session} from './task-context.js';

/**
 * The task that a user means, as it is now; the journal learns of it.
 * @param ref task id, external id, `@last` or `last`
 * @param type left out, it is the journal's, else `create`; with `@last`, the newest of this type is meant
 * @param lookUp how Kling is asked; left out, with one request
 * @throws KlingError as chooseTask, and what the API says, such as `task_not_found`
 */
export async function getTask(
	session: Session,
	ref: string,
	type?: TaskName,
	lookUp?: LookUp,
): Promise<{task: Task; type: TaskName}> {
	const chosen = await chooseTask(session, ref, type);
	return {task: await fetchTask(session, chosen, lookUp), type: chosen.type};
}
