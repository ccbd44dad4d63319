import {createCursorCheck} from '../api/cursors.js';
import type {Task} from '../api/task.js';
import {listAllTasks, type TaskPage, type TaskQuery} from '../api/tasks-endpoint.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';
import {isWithoutTasks} from './fetch-task.js';
import type {ListedTask} from './list-tasks.js';
import type {Session} from './task-context.js';

export interface CursorListOptions {
	/** Default: all types. */
	type?: TaskName | undefined;
	/**
	 * Path of a list for particular types only. Default: the type's own list, or the list of all other types.
	 */
	path?: string | undefined;
	/** Tasks on a page, 1-500. */
	size: number;
	/** The one page to list, from 1. Default: all pages. */
	page?: number | undefined;
	/** In this program's terms. */
	statuses?: readonly string[] | undefined;
	/** Unix milliseconds. */
	since?: number | undefined;
	/** Called once when a task of unknown type is listed. */
	onUnknownType?: () => void;
	/** Called when there are more tasks after the one page. */
	onMore?: () => void;
	/** Lists tasks another way, for servers without this list. */
	otherwise: () => AsyncIterable<ListedTask>;
}

/** Whether the newer standard's single list can be used for a type. */
export const hasCursorList = ({api, find, types}: Session, type: TaskName | undefined): boolean => {
	const {tasks, lookup} = type === undefined ? {tasks: '', lookup: undefined} : types.info(type).paths;
	return lookup !== undefined || (find !== undefined && api.choice !== 'v1' && tasks !== undefined);
};

/** The newer standard's name for a status. */
const newerStatus = (status: string) => (status === 'succeed' ? 'succeeded' : status);

/**
 * Lists tasks of every type from the newer standard's single list, page by page. The list does not include
 * types: they are known for tasks submitted on this machine, and the rest are listed under any type.
 * @throws KlingError the API's error
 */
export async function* listByCursor(
	session: Session,
	options: CursorListOptions,
): AsyncGenerator<ListedTask, void, undefined> {
	const {page, onMore, otherwise} = options;
	const listed = await labels(session, options);
	const check = createCursorCheck();
	let found: TaskPage | undefined;
	for (let number = 1; page === undefined || number <= page; number++) {
		found = await pageBehind(session, options, found);
		if (found === undefined) return yield* otherwise();
		if (page === undefined || number === page) yield* listed(found.tasks);
		if (found.next === undefined) return;
		check(found.next);
	}
	onMore?.();
}

/** The path of the list for particular types, if there is one. */
const ownList = (types: TypeRegistry, {path, type}: CursorListOptions): string | undefined =>
	path ?? (type && types.info(type).paths.lookup);

/** @returns the next page, or the first; undefined when the server does not have the list */
async function pageBehind(
	{client, types}: Session,
	options: CursorListOptions,
	before: TaskPage | undefined,
): Promise<TaskPage | undefined> {
	const {type, size, since, statuses} = options;
	const path = ownList(types, options);
	const query: TaskQuery = {
		limit: size,
		since,
		statuses: statuses?.map(newerStatus),
		product: path === undefined ? productOf(types, type) : undefined,
		...(before?.next !== undefined && {cursor: before.next}),
	};
	try {
		return await listAllTasks(client, query, {path});
	} catch (error) {
		if (before !== undefined || path !== undefined || !isWithoutTasks(error)) throw error;
		return undefined;
	}
}

/**
 * @returns a function that adds types to the tasks of a page, leaving out earlier tasks and those of other
 * types
 */
async function labels(
	{journal, types}: Session,
	options: CursorListOptions,
): Promise<(tasks: readonly Task[]) => ListedTask[]> {
	const {type, onUnknownType} = options;
	const path = ownList(types, options);
	const [only, another] = types.names.filter((name) => types.info(name).paths.lookup === path);
	// Several types may share a list.
	const ofList = path !== undefined && another === undefined ? only : undefined;
	const entries = await journal.entries();
	const typeOf = new Map(entries.flatMap((entry) => (entry.taskId ? [[entry.taskId, entry.type]] : [])));
	const seen = new Set<string>();
	let told = false;
	const label = (task: Task): ListedTask[] => {
		const known = typeOf.get(task.id) ?? ofList;
		if (seen.has(task.id) || (type !== undefined && known !== undefined && known !== type)) return [];
		seen.add(task.id);
		if (known === undefined && !told && type !== undefined) {
			told = true;
			onUnknownType?.();
		}
		return [{type: known, task}];
	};
	return (tasks) => tasks.flatMap(label);
}

/** The list can be filtered by product, which is the pack that pays for a type. */
const productOf = (types: TypeRegistry, type: TaskName | undefined): string | undefined =>
	type === undefined ? undefined : types.definition(type)?.pack;
