import {KlingError} from '../errors/kling-error.js';
import {createAbortCalls, type OnAbort} from '../system/abort-calls.js';
import type {KlingClient} from './client.js';
import {stringifyJson} from './json.js';
import {type NewerTask, toNewerTask} from './newer-task.js';
import {checked, type Read} from './reply.js';
import {newerPage, newerTasks} from './reply-validators.js';
import type {Task} from './task.js';

/*
 * One lookup and one list for tasks of every type, on either standard. Needs an API key (docs/kling-api.md
 * §15).
 */

const defaultPath = '/tasks';

/** Most ids in one request. */
export const maxIds = 20;

/** Most full requests in flight, whatever `--concurrency` allows. */
const maxRequests = 8;

/** Number of full requests in flight. */
export const requestsAtOnce = (concurrency: number): number => Math.min(concurrency, maxRequests);

/** Milliseconds for which ids are collected into one request. */
const collectMs = 5;

const readTasks: Read<Task[]> = (data, reply) =>
	checked<NewerTask[]>(newerTasks, data ?? [], reply).map(toNewerTask);

export interface TaskPage {
	tasks: Task[];
	/** Cursor of the next page; undefined on the last page. */
	next: string | undefined;
}

const readPage: Read<TaskPage> = (data, reply) => {
	interface Page {
		result: NewerTask[];
		next_cursor?: string | null;
		has_more?: boolean | null;
	}
	const {result, next_cursor, has_more} = checked<Page>(newerPage, data, reply);
	return {tasks: result.map(toNewerTask), next: (has_more !== false && next_cursor) || undefined};
};

/** Selects the tasks to list. */
export interface TaskQuery {
	/** Unix milliseconds. Default: 30 days ago. */
	since?: number | undefined;
	/** Unix milliseconds. */
	until?: number | undefined;
	/** Tasks on a page, 1-500. */
	limit: number;
	/** Cursor from the previous page. The times are then those of that page. */
	cursor?: string | undefined;
	/** In Kling's terms. */
	statuses?: readonly string[] | undefined;
	product?: string | undefined;
}

/**
 * Requests one page of tasks of every type, newest first as far as is known. Costs nothing.
 * @param path of a type that has its own list. Default: the list of all other types.
 */
export function listAllTasks(
	client: Pick<KlingClient, 'request'>,
	{since, until, limit, cursor, statuses, product}: TaskQuery,
	{signal, path = defaultPath}: {signal?: AbortSignal | undefined; path?: string | undefined} = {},
): Promise<TaskPage> {
	const filters = [
		...(statuses ? [{key: 'status', values: statuses}] : []),
		...(product ? [{key: 'product_type', values: [product]}] : []),
	];
	return client.request({
		method: 'POST',
		isRead: true,
		path,
		body: stringifyJson({
			...(since !== undefined && {start_time: since}),
			...(until !== undefined && {end_time: until}),
			limit,
			...(cursor !== undefined && {cursor}),
			...(filters.length > 0 && {filters}),
		}),
		read: readPage,
		...(signal && {signal}),
	});
}

/** Finds a task by its id or external id. */
export type FindTask = (id: string, signal?: AbortSignal) => Promise<Task>;

/** The form of Kling's own task ids (docs/kling-api.md §5). */
const ownId = /^\d{16,}$/;

export const isTaskId = (id: string): boolean => ownId.test(id);

/** How lookups are requested. */
export interface FinderOptions {
	/** Of a type that has its own lookup. Default: the lookup of all other types. */
	path?: string;
	/** The user's limit for requests at once. */
	concurrency?: number | undefined;
}

/**
 * Creates a lookup whose calls share requests: ids requested at about the same time travel together.
 * @returns a function that throws `task_not_found`, or the API's error
 */
export function createFinder(
	client: Pick<KlingClient, 'request'>,
	{path = defaultPath, concurrency = 4}: FinderOptions = {},
): FindTask {
	const line = {client, path, atOnce: requestsAtOnce(concurrency), onAbort: createAbortCalls()};
	const byTaskId = collector(line, 'task_ids', ({id}) => id);
	const byExternalId = collector(line, 'external_task_ids', ({externalId}) => externalId);
	return async (id, signal) => {
		const order = isTaskId(id) ? [byTaskId, byExternalId] : [byExternalId, byTaskId];
		for (const find of order) {
			signal?.throwIfAborted();
			const task = await find(id, signal);
			if (task) return task;
		}
		throw new KlingError('task_not_found', `Task not found by id/external id: ${id}`, {
			task_id: id,
			hint: 'No task of any type in this account and region has this id: check the id, --profile and --region.',
		});
	};
}

/**
 * Creates lookups by path, one per path.
 * @param concurrency the user's limit for requests at once
 * @returns a function that returns the lookup of all types, or that of a type with its own path
 */
export function createFinders(
	client: Pick<KlingClient, 'request'>,
	concurrency?: number,
): (path?: string) => FindTask {
	const finders = new Map<string, FindTask>();
	return (path = defaultPath) => {
		const find = finders.get(path) ?? createFinder(client, {path, concurrency});
		finders.set(path, find);
		return find;
	};
}

interface Wanted {
	id: string;
	signal: AbortSignal | undefined;
	resolve: (task: Task | undefined) => void;
	reject: (reason: unknown) => void;
}

interface Line {
	client: Pick<KlingClient, 'request'>;
	path: string;
	/** Most full requests in flight. */
	atOnce: number;
	onAbort: OnAbort;
}

function collector(
	{client, path, atOnce, onAbort}: Line,
	parameter: string,
	idOf: (task: Task) => string | undefined,
) {
	const waiting: Wanted[] = [];
	let underway = 0;
	let isCollecting = false;

	async function ask(wanted: readonly Wanted[]): Promise<void> {
		// Cancels the request once nobody waits for it.
		const stop = new AbortController();
		const open = new Set(wanted);
		const listening = wanted.map((one) =>
			onAbort([one.signal], () => {
				open.delete(one);
				one.reject(one.signal?.reason);
				if (open.size === 0) stop.abort(one.signal?.reason);
			}),
		);
		try {
			const ids = [...new Set(wanted.map(({id}) => id))].join(',');
			const query = {[parameter]: ids};
			const tasks = await client.request({method: 'GET', path, query, read: readTasks, signal: stop.signal});
			for (const {id, resolve} of wanted) resolve(tasks.find((task) => idOf(task) === id));
		} catch (error) {
			for (const {reject} of wanted) reject(error);
		} finally {
			for (const end of listening) end();
		}
	}

	/**
	 * Sends several full requests at once. A partial one waits until the others have returned, while more ids
	 * gather for it.
	 */
	function askAll(): void {
		isCollecting = false;
		while (waiting.length > 0 && underway < (waiting.length < maxIds ? 1 : atOnce)) {
			underway++;
			void ask(waiting.splice(0, maxIds)).finally(() => {
				underway--;
				askAll();
			});
		}
	}

	return (id: string, signal?: AbortSignal) =>
		new Promise<Task | undefined>((resolve, reject) => {
			waiting.push({id, signal, resolve, reject});
			if (isCollecting || (underway > 0 && waiting.length < maxIds)) return;
			isCollecting = true;
			setTimeout(askAll, collectMs);
		});
}
