import {KlingError} from '../errors/kling-error.js';
import type {KlingClient} from './client.js';
import {stringifyJson} from './json.js';
import {type NewerTask, toNewerTask} from './newer-task.js';
import {checked, type Read} from './reply.js';
import {newerPage, newerTasks} from './reply-validators.js';
import type {Task} from './task.js';

/* One look-up and one list for tasks of every type, on either standard; with an API key only (docs/kling-api.md §15). */

const usualPath = '/tasks';

/** So many ids fit in a request. */
const mostIds = 20;

/** Milliseconds for which ids are collected before they are asked for together. */
const collectMs = 5;

const readTasks: Read<Task[]> = (data, reply) =>
	checked<NewerTask[]>(newerTasks, data ?? [], reply).map(toNewerTask);

export interface TaskPage {
	tasks: Task[];
	/** Names the next page; undefined on the last one. */
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

/** What a list is asked for. */
export interface TaskQuery {
	/** Unix milliseconds; left out, the last 30 days. */
	since?: number | undefined;
	/** Unix milliseconds. */
	until?: number | undefined;
	/** Tasks on a page, 1-500. */
	limit: number;
	/** Of the page before; the times are then those of that page. */
	cursor?: string | undefined;
	/** As Kling names them. */
	statuses?: readonly string[] | undefined;
	product?: string | undefined;
}

/**
 * One page of the tasks of every type, newest first as far as is known. Costs nothing.
 * @param path of a type that has a list of its own; left out, of all others
 */
export function listAllTasks(
	client: Pick<KlingClient, 'request'>,
	{since, until, limit, cursor, statuses, product}: TaskQuery,
	{signal, path = usualPath}: {signal?: AbortSignal | undefined; path?: string | undefined} = {},
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

/** Looks for a task by its id or its external id. */
export type FindTask = (id: string, signal?: AbortSignal) => Promise<Task>;

/** What Kling's own ids look like (docs/kling-api.md §5). */
const ownId = /^\d{16,}$/;

/**
 * Look-ups that share requests: ids that are asked for at about the same time travel together.
 * @param path of a type that has a look-up of its own; left out, of all others
 * @returns a function that throws `task_not_found`, or what the API says
 */
export function createFinder(client: Pick<KlingClient, 'request'>, path = usualPath): FindTask {
	const byTaskId = collector({client, path}, 'task_ids', ({id}) => id);
	const byExternalId = collector({client, path}, 'external_task_ids', ({externalId}) => externalId);
	return async (id, signal) => {
		const order = ownId.test(id) ? [byTaskId, byExternalId] : [byExternalId, byTaskId];
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
 * Look-ups by path, each made once.
 * @returns a function that gives the look-up of all types, or that of a type that has one of its own
 */
export function createFinders(client: Pick<KlingClient, 'request'>): (path?: string) => FindTask {
	const finders = new Map<string, FindTask>();
	return (path = usualPath) => {
		const find = finders.get(path) ?? createFinder(client, path);
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

function collector(
	{client, path}: {client: Pick<KlingClient, 'request'>; path: string},
	parameter: string,
	idOf: (task: Task) => string | undefined,
) {
	const waiting: Wanted[] = [];
	let isBusy = false;

	async function ask(wanted: readonly Wanted[]): Promise<void> {
		// The request ends when nobody waits for it any more.
		const stop = new AbortController();
		const open = new Set(wanted);
		const listening = wanted.map((one) =>
			onAbort(one.signal, (reason) => {
				open.delete(one);
				one.reject(reason);
				if (open.size === 0) stop.abort(reason);
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

	/** One request after the other: meanwhile more ids gather for the next. */
	async function askAll(): Promise<void> {
		isBusy = true;
		while (waiting.length > 0) await ask(waiting.splice(0, mostIds));
		isBusy = false;
	}

	return (id: string, signal?: AbortSignal) =>
		new Promise<Task | undefined>((resolve, reject) => {
			waiting.push({id, signal, resolve, reject});
			if (waiting.length === 1 && !isBusy) setTimeout(askAll, collectMs);
		});
}

/** Calls back once a signal is aborted, at once where it is already; returns what ends the listening. */
function onAbort(signal: AbortSignal | undefined, listener: (reason: unknown) => void): () => void {
	const abort = () => listener(signal?.reason);
	if (signal?.aborted) abort();
	else signal?.addEventListener('abort', abort, {once: true});
	return () => signal?.removeEventListener('abort', abort);
}
