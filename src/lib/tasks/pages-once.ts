import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import type {Limit} from './fetch-task.js';
import {pageLimits} from './list-tasks.js';
import type {Session} from './task-context.js';

/** A long page costs about as much as this many single-task requests. */
export const worthOfPage = 20;
/** Pages are this many times longer than the number of tasks wanted, to leave room for tasks made in between. */
export const spare = 2;

/** How far the list of a type has been read. */
interface ReadList {
	/** The next page. */
	number: number;
	/** Whether there is no page after the last one that was read, or whether that one failed. */
	isOver: boolean;
	/** Whether tasks of this command were on the last page. */
	isFruitful: boolean;
	/** The tasks of this command that were found and are yet to be looked up, by the id that names them. */
	readonly kept: Map<string, Task>;
}

/** Pages of lists, for tasks that are looked up one after the other. */
export interface PagesOnce {
	/** The task, if it was on a page that was read. It is not kept any longer. */
	take(type: TaskName, id: string): Task | undefined;
	/** Reads on, as long as that is quicker than a request for each of these tasks. */
	readFor(type: TaskName, ids: readonly string[]): Promise<void>;
}

/**
 * Reads each page of a list at most once. Of a page, only the tasks of the command are kept. So they need not all be
 * started at the same moment to share the pages.
 * @param limit runs a request when there is room for it
 * @param wanted the ids of all tasks that will be looked up, each of them once
 * @param minTasks with fewer open tasks, a page is only requested after one that had tasks of this command
 */
export function createPagesOnce(
	{client, types}: Pick<Session, 'client' | 'types'>,
	limit: Limit,
	wanted: ReadonlySet<string>,
	minTasks: number,
): PagesOnce {
	const size = Math.min(wanted.size * spare, pageLimits.largestPage);
	const worthwhile = Math.ceil(wanted.size / worthOfPage);
	const lists = new Map<TaskName, ReadList>();

	function listOf(type: TaskName): ReadList {
		const list = lists.get(type) ?? {
			...{number: 1, isOver: false, isFruitful: wanted.size >= minTasks},
			kept: new Map<string, Task>(),
		};
		lists.set(type, list);
		return list;
	}

	async function readPage(type: TaskName, list: ReadList): Promise<void> {
		const path = types.info(type).paths.v1;
		const {number} = list;
		// If a page fails for any reason, the tasks can still be requested one by one.
		const page = await limit(() => client.listTasks(path, {number, size})).catch((): Task[] => []);
		list.number += 1;
		list.isOver = page.length < size;
		list.isFruitful = false;
		for (const [id, task] of byId(page)) {
			if (!wanted.has(id)) continue;
			list.isFruitful = true;
			if (!list.kept.has(id)) list.kept.set(id, task);
		}
	}

	return {
		take(type, id) {
			const kept = lists.get(type)?.kept;
			const task = kept?.get(id);
			kept?.delete(id);
			return task;
		},
		async readFor(type, ids) {
			const list = listOf(type);
			for (;;) {
				const open = ids.filter((id) => !list.kept.has(id)).length;
				const isQuicker = open >= minTasks || (open > 0 && list.isFruitful);
				if (!isQuicker || list.isOver || list.number > worthwhile) return;
				await readPage(type, list);
			}
		},
	};
}

/** The tasks by either id. A task id wins over an equal external id. */
export function byId(tasks: readonly Task[]): Map<string, Task> {
	const found = new Map<string, Task>();
	for (const task of tasks) if (task.externalId !== undefined) found.set(task.externalId, task);
	for (const task of tasks) found.set(task.id, task);
	return found;
}
