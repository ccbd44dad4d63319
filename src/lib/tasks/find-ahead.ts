import type {Task} from '../api/task.js';
import {type FindTask, isTaskId, maxIds, requestsAtOnce} from '../api/tasks-endpoint.js';

/**
 * Looks tasks up before their turn comes, so that few of them need to be started at once: one that was only looked up
 * takes a tenth of the memory.
 * @param find shares requests between lookups of about the same time
 * @param ids of all tasks that may be looked up, most of them once, in this order
 * @param concurrency the user's limit for requests at once
 */
export function createFindAhead(find: FindTask, ids: Iterable<string>, concurrency: number): FindTask {
	const order = [...ids].filter(isTaskId);
	const most = maxIds * (requestsAtOnce(concurrency) - 1);
	/** Yet to be asked for. Those that never are, as their files exist, keep others from being looked up in vain. */
	const found = new Map<string, Promise<Task>>();
	let next = 0;
	let asked = 0;

	/** Fills one request. */
	function lookUpMore(): void {
		for (const id of order.slice(next, next + maxIds)) {
			const task = find(id);
			// The error is for whoever asks for the task. Its type may be found elsewhere, as may those after it.
			task.catch(() => {
				next = order.length;
			});
			found.set(id, task);
		}
		next += maxIds;
	}

	return (id, signal) => {
		asked += 1;
		if (!found.has(id)) next = Math.max(next, order.indexOf(id, next));
		while (next < order.length && found.size <= Math.min(most, asked)) lookUpMore();
		const task = found.get(id);
		found.delete(id);
		return task ?? find(id, signal);
	};
}
