import type {Clock} from '../clock.js';
import {KlingError} from '../errors/kling-error.js';
import {waitable} from './api-errors.js';
import {exchange, type Reply} from './exchange.js';
import {stringifyJson} from './json.js';
import {type Read, readReply, readTask, readTasks} from './reply.js';
import type {Task} from './task.js';
import {bearerToken, type Credentials} from './token.js';

export interface ClientOptions {
	/** Origin of the API, and a path before `/v1` if there is one. */
	baseUrl: URL;
	credentials: Credentials;
	clock: Clock;
	/** From 0 up to 1, spreads the retries. */
	random?: () => number;
}

/** Talks to one Kling account. Knows paths and tasks, not task types. */
export interface KlingClient {
	/**
	 * GET `path`/`id`; `id` is a task id or an external task id.
	 * @param signal gives it up; its reason is thrown
	 */
	getTask(path: string, id: string, signal?: AbortSignal): Promise<Task>;
	/** GET one page of `path`, in the order that Kling gives. */
	listTasks(path: string, page: {number: number; size: number}): Promise<Task[]>;
	/**
	 * POST to `path`: **costs the user**, so it is sent once.
	 * @throws KlingError whose `maybeSubmitted` says that a task may exist all the same
	 */
	createTask(path: string, body: object): Promise<Task>;
}

const attempts = 3;
const firstBackoffMs = 500;
const maxRetryAfterMs = 60_000;

/** @returns a client that signs each request anew and retries reads: 3 attempts, full jitter, Retry-After up to 60 s */
export function createClient({
	baseUrl,
	credentials,
	clock,
	random = Math.random,
}: ClientOptions): KlingClient {
	// Within one second every token is the same, down to its last character.
	let signed: {second: number; token: Promise<string>} | undefined;
	const token = () => {
		const second = Math.floor(clock.now() / 1000);
		if (signed?.second !== second) signed = {second, token: bearerToken(credentials, clock.now())};
		return signed.token;
	};

	const send = async (request: {
		method: 'GET' | 'POST';
		url: URL;
		body?: string;
		signal?: AbortSignal | undefined;
	}): Promise<Reply> => exchange({...request, token: await token()});

	const get = async <T>(url: URL, read: Read<T>, signal?: AbortSignal): Promise<T> => {
		for (let attempt = 1; ; attempt++) {
			try {
				return readReply(await send({method: 'GET', url, signal}), read);
			} catch (error) {
				const wait = attempt < attempts ? backoffMs(error, attempt, random) : undefined;
				if (wait === undefined) throw error;
				await clock.sleep(wait, signal);
			}
		}
	};

	return {
		getTask: (path, id, signal) => get(endpoint(baseUrl, `${path}/${pathSegment(id)}`), readTask, signal),
		listTasks(path, {number, size}) {
			const url = endpoint(baseUrl, path);
			url.searchParams.set('pageNum', String(number));
			url.searchParams.set('pageSize', String(size));
			return get(url, readTasks);
		},
		async createTask(path, body) {
			const reply = await send({method: 'POST', url: endpoint(baseUrl, path), body: stringifyJson(body)});
			try {
				return readReply(reply, readTask);
			} catch (error) {
				throw error instanceof KlingError ? error.with({maybeSubmitted: !refused(reply, error)}) : error;
			}
		},
	};
}

/**
 * An id as one segment of a path.
 * @throws KlingError `invalid_task_id` for `.` and `..`, which every URL parser resolves away
 */
function pathSegment(id: string): string {
	if (/^\.{0,2}$/.test(id)) throw new KlingError('invalid_task_id', `'${id}' is not an id`);
	return encodeURIComponent(id);
}

function endpoint(baseUrl: URL, path: string): URL {
	const url = new URL(baseUrl);
	url.pathname = url.pathname.replace(/\/+$/, '') + path;
	return url;
}

/**
 * Whether a reply to a create means that no task was made: a business code below 5000, or a 3xx or 4xx of
 * something that is not the API. After anything else a task may exist. Source: docs/kling-api.md §9.
 */
function refused(reply: Reply, {details: {api_code}}: KlingError): boolean {
	// A gateway has codes of its own, and gives up with 408 or 5xx on what it may have passed on.
	if (reply.status >= 500 || reply.status === 408) return false;
	if (api_code !== undefined) return api_code >= 1000 && api_code < 5000;
	return reply.status >= 300;
}

/** How long to wait before a read is tried again, or undefined when trying again cannot help. */
function backoffMs(error: unknown, attempt: number, random: () => number): number | undefined {
	if (!(error instanceof KlingError) || !error.retryable) return undefined;
	const {api_code} = error.details;
	if (error.code === 'rate_limit' && api_code !== undefined && !waitable.has(api_code)) return undefined;
	if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, maxRetryAfterMs);
	return random() * firstBackoffMs * 2 ** attempt;
}
