import {KlingError} from '../errors/kling-error.js';
import {type CallOptions, createCalls} from './calls.js';
import {stringifyJson} from './json.js';
import {type Read, readTask, readTasks} from './reply.js';
import type {Task} from './task.js';

export interface ClientOptions extends CallOptions {
	/** Origin of the API, with any path that comes before `/v1`. */
	baseUrl: URL;
}

/** Talks to one Kling account. Knows paths and tasks, but not task types. */
export interface KlingClient {
	/**
	 * GET `path`/`id`.
	 * @param id task id or external id
	 * @param signal cancels the request; its reason is thrown
	 */
	getTask(path: string, id: string, signal?: AbortSignal): Promise<Task>;
	/**
	 * GET one page of `path`, in Kling's order.
	 * @param signal cancels the request; its reason is thrown
	 */
	listTasks(path: string, page: {number: number; size: number}, signal?: AbortSignal): Promise<Task[]>;
	/**
	 * POST to `path`. **Costs the user**, so it is sent once. It is repeated only when the token was refused
	 * because this machine's clock is wrong.
	 * @param attempt number of the request within one submission, for --debug
	 * @param until aborts when the response is no longer waited for
	 * @throws KlingError whose `maybeSubmitted` says that a task may exist anyway
	 */
	createTask(path: string, body: object, attempt?: number, until?: AbortSignal): Promise<Task>;
	/**
	 * Sends any request. A GET is retried; a POST **may cost the user** and is sent once, like createTask.
	 * @param path and query below the base URL, beginning with `/`
	 */
	request<T>(request: AnyRequest<T>): Promise<T>;
}

/** A request to a path that the client has no method for. */
interface AnyRequest<T> {
	method: 'GET' | 'POST';
	path: string;
	/** Added to the path's query. */
	query?: Readonly<Record<string, string>>;
	/** Body of a POST, as JSON text. */
	body?: string | undefined;
	/** A POST that changes nothing and costs nothing. It is retried like a GET. */
	isRead?: boolean;
	/** Converts the response into the caller's result. */
	read: Read<T>;
	/** Minimum milliseconds between two attempts of a GET. */
	minWaitMs?: number;
	signal?: AbortSignal;
}

/**
 * @returns a client that signs each request afresh and retries reads: 3 attempts, full jitter, Retry-After up
 * to 60 s, all within one budget
 */
export function createClient({baseUrl, ...options}: ClientOptions): KlingClient {
	const {once, retried} = createCalls(options);

	const get = <T>(url: URL, read: Read<T>, signal?: AbortSignal, minWaitMs = 0): Promise<T> =>
		retried({method: 'GET', url, read, signal}, minWaitMs);

	return {
		async getTask(path, id, signal) {
			const task = await get(endpoint(baseUrl, `${path}/${pathSegment(id)}`), readTask, signal);
			if (isAbout(task, id)) return task;
			const names =
				task.externalId === undefined ? '' : `, data.task_info.external_task_id ${task.externalId}`;
			const found = `data.task_id is ${task.id}${names}`;
			throw new KlingError('response_error', `The response does not name the task ${id}: ${found}`, {
				task_id: id,
			});
		},
		listTasks(path, {number, size}, signal) {
			const url = endpoint(baseUrl, path);
			url.searchParams.set('pageNum', String(number));
			url.searchParams.set('pageSize', String(size));
			// A server may send more tasks than were requested.
			const read: Read<Task[]> = (data, reply) =>
				readTasks(Array.isArray(data) ? data.slice(0, size) : data, reply);
			return get(url, read, signal);
		},
		createTask: (path, body, attempt = 1, until) =>
			once({
				until,
				method: 'POST',
				url: endpoint(baseUrl, path),
				read: readCreated(body),
				body: stringifyJson(body),
				attempt,
			}),
		request({method, path, query = {}, body, isRead = false, read, minWaitMs, signal}) {
			const [place = '', search = ''] = path.split(/\?(.*)/s);
			const url = endpoint(baseUrl, place);
			url.search = search;
			for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
			if (method === 'GET') return get(url, read, signal, minWaitMs);
			if (isRead) return retried({method, url, read, body, signal});
			return once({method, url, read, body, attempt: 1, signal});
		},
	};
}

/** Whether a task names the requested id as its own. */
const isAbout = ({id, externalId}: Task, asked: string) => id === asked || externalId === asked;

/**
 * Reads the response to a submission.
 * @throws KlingError `response_error` when it is about another task, because then nothing is known about this
 * one
 */
function readCreated(body: object): Read<Task> {
	const {external_task_id: asked} = body as {external_task_id?: unknown};
	return (data, reply) => {
		const task = readTask(data, reply);
		// The external id may be missing; the response still belongs to this request.
		if (asked === undefined || task.externalId === undefined || task.externalId === asked) return task;
		const where = 'data.task_info.external_task_id';
		throw new KlingError(
			'response_error',
			`The response is about another task: ${where} is ${task.externalId}`,
		);
	};
}

/**
 * An id as one path segment.
 * @throws KlingError `invalid_task_id` for `.` and `..`, which every URL parser resolves away
 */
function pathSegment(id: string): string {
	if (/^\.{0,2}$/.test(id)) throw new KlingError('invalid_task_id', `'${id}' is not an id`);
	return encodeURIComponent(id);
}

function endpoint(baseUrl: URL, path: string): URL {
	const url = new URL(baseUrl);
	url.pathname = url.pathname.replace(/(?<!\/)\/+$/, '') + path;
	return url;
}
