import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import {type LookUp, lookUpOne} from './fetch-task.js';
import {pageLimits} from './list-tasks.js';
import type {Session} from './task-context.js';

/** For fewer tasks than this, a request each is as good. */
const many = 8;
/** Pages this much longer than the number of tasks find them where some others were made in between. */
const spare = 2;

/**
 * Looks up the tasks of a command with few requests: a list holds whole tasks, so that its newest page stands for hundreds of
 * look-ups. What is not on it, or had not ended then, is asked for alone. Source: docs/kling-api.md §5.
 * @param count how many tasks there are
 * @returns a function that throws what `getTask` throws
 */
export function createLookUp(session: Pick<Session, 'client' | 'types'>, count: number): LookUp {
	const {client, types} = session;
	const alone = lookUpOne(session);
	const pages = new Map<TaskName, Promise<Map<string, Task>>>();

	const newest = (type: TaskName) => {
		const size = Math.min(count * spare, pageLimits.largestPage);
		const page = client.listTasks(types.info(type).paths.v1, {number: 1, size}).then(
			byId,
			// Whatever is wrong, the tasks themselves will tell.
			() => new Map<string, Task>(),
		);
		pages.set(type, page);
		return page;
	};

	return async ({id, type}, signal) => {
		if (count >= many) {
			const listed = (await (pages.get(type) ?? newest(type))).get(id);
			if (listed?.status === 'succeed' || listed?.status === 'failed') return listed;
		}
		return alone({id, type}, signal);
	};
}

/** The tasks by either id; where both fit, the task id counts. */
function byId(tasks: readonly Task[]): Map<string, Task> {
	const found = new Map<string, Task>();
	for (const task of tasks) if (task.externalId !== undefined) found.set(task.externalId, task);
	for (const task of tasks) found.set(task.id, task);
	return found;
}
