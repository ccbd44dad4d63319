import {KlingError} from '../errors/kling-error.js';
import {network} from '../net/settings.js';
import {fullJitter} from '../system/backoff.js';
import type {Clock} from '../system/clock.js';
import {clockHint, waitable} from './api-errors.js';
import {debugLine} from './debug-line.js';
import {exchange, type Reply} from './exchange.js';
import {stringifyJson} from './json.js';
import {type Read, type ReplyFacts, readReply, readTask, readTasks} from './reply.js';
import {retryBudget} from './retry-budget.js';
import {serverClock} from './server-clock.js';
import type {Task} from './task.js';
import {bearerToken, type Credentials} from './token.js';

export interface ClientOptions {
	/** Origin of the API, and a path before `/v1` if there is one. */
	baseUrl: URL;
	credentials: Credentials;
	clock: Clock;
	/** From 0 up to 1, spreads the retries. */
	random?: () => number;
	/** Gets what the user should know while the work continues. */
	warn?: (text: string) => void;
}

/** Talks to one Kling account. Knows paths and tasks, not task types. */
export interface KlingClient {
	/**
	 * GET `path`/`id`; `id` is a task id or an external task id.
	 * @param signal gives it up; its reason is thrown
	 */
	getTask(path: string, id: string, signal?: AbortSignal): Promise<Task>;
	/**
	 * GET one page of `path`, in the order that Kling gives.
	 * @param signal gives it up; its reason is thrown
	 */
	listTasks(path: string, page: {number: number; size: number}, signal?: AbortSignal): Promise<Task[]>;
	/**
	 * POST to `path`: **costs the user**, so it is sent once, and again only when the token was refused because the
	 * clock of this machine is wrong.
	 * @param attempt counts the requests of one submission, for --debug
	 * @param until aborted when no response is waited for any longer
	 * @throws KlingError whose `maybeSubmitted` says that a task may exist all the same
	 */
	createTask(path: string, body: object, attempt?: number, until?: AbortSignal): Promise<Task>;
	/**
	 * Any request. A GET is retried; a POST **may cost the user** and is sent once, as createTask is.
	 * @param path and query below the base URL, beginning with `/`
	 */
	request<T>(request: AnyRequest<T>): Promise<T>;
}

/** A request to a path that the client knows nothing of. */
interface AnyRequest<T> {
	method: 'GET' | 'POST';
	path: string;
	/** Added to the query of the path. */
	query?: Readonly<Record<string, string>>;
	/** JSON text of a POST. */
	body?: string | undefined;
	/** A POST that changes nothing and costs nothing: it is retried as a GET is. */
	isRead?: boolean;
	/** Makes what the caller wants of the reply. */
	read: Read<T>;
	/** Milliseconds that must lie between two attempts of a GET. */
	leastWaitMs?: number;
	signal?: AbortSignal;
}

const attempts = 3;
/** Milliseconds. */
const backoff = {firstMs: 500};
const maxRetryAfterMs = 60_000;

/**
 * @returns a client that signs each request anew and retries reads: 3 attempts, full jitter, Retry-After up to
 * 60 s, all within one budget
 */
export function createClient({
	baseUrl,
	credentials,
	clock,
	random = Math.random,
	warn = () => {},
}: ClientOptions): KlingClient {
	const time = serverClock(clock, warn);
	const budget = retryBudget();
	// Within one second every token is the same, down to its last character.
	let signed: {second: number; token: Promise<string>} | undefined;
	const token = () => {
		const second = Math.floor(time.now() / 1000);
		if (signed?.second !== second) signed = {second, token: bearerToken(credentials, time.now())};
		return signed.token;
	};

	/** One request, tried a second time when the clock is to blame; that a POST is refused for it makes no task. */
	const call = async <T>({method, url, read, attempt, body, signal, until}: Call<T>): Promise<T> => {
		for (let again = false; ; again = true) {
			const {offsetMs} = time;
			const start = clock.now();
			let reply: Reply | undefined;
			let facts: ReplyFacts | undefined;
			let failure: unknown;
			try {
				reply = await exchange({
					...{method, url, token: await token(), body, signal, until},
					deadline: (ms) => clock.deadline(ms),
				});
				return readReply(reply, read, (seen) => {
					facts = seen;
				});
			} catch (error) {
				failure = error;
				const refusal = clockRefusal(error, reply);
				if (refusal === undefined || 'apiKey' in credentials) throw told(error, method, reply);
				const why = again ? 'Another token was refused, too.' : time.correct(reply?.date, offsetMs);
				if (why !== undefined) throw refusal.with({hint: `${clockHint} ${why}`});
			} finally {
				network.debug?.(
					debugLine({
						method,
						url,
						status: reply?.status,
						facts,
						failure,
						ms: clock.now() - start,
						attempt: attempt + Number(again),
					}),
				);
			}
		}
	};

	/** A request that changes nothing, tried again where that can help. */
	const retried = async <T>(request: Omit<Call<T>, 'attempt' | 'until'>, leastWaitMs = 0): Promise<T> => {
		const {signal} = request;
		for (let attempt = 1; ; attempt++) {
			try {
				const result = await call({...request, attempt});
				budget.succeeded(attempt > 1);
				return result;
			} catch (error) {
				const wait = attempt < attempts ? backoffMs(error, attempt, random) : undefined;
				if (wait === undefined || !budget.take()) throw error;
				await clock.sleep(Math.max(wait, leastWaitMs), signal);
			}
		}
	};

	const get = <T>(url: URL, read: Read<T>, signal?: AbortSignal, leastWaitMs = 0): Promise<T> =>
		retried({method: 'GET', url, read, signal}, leastWaitMs);

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
			// A server may send more than was asked for.
			const read: Read<Task[]> = (data, reply) =>
				readTasks(Array.isArray(data) ? data.slice(0, size) : data, reply);
			return get(url, read, signal);
		},
		createTask: (path, body, attempt = 1, until) =>
			call({
				until,
				method: 'POST',
				url: endpoint(baseUrl, path),
				read: readCreated(body),
				body: stringifyJson(body),
				attempt,
			}),
		request({method, path, query = {}, body, isRead = false, read, leastWaitMs, signal}) {
			const [place = '', search = ''] = path.split(/\?(.*)/s);
			const url = endpoint(baseUrl, place);
			url.search = search;
			for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
			if (method === 'GET') return get(url, read, signal, leastWaitMs);
			if (isRead) return retried({method, url, read, body, signal});
			return call({method, url, read, body, attempt: 1, signal});
		},
	};
}

interface Call<T> {
	method: 'GET' | 'POST';
	url: URL;
	read: Read<T>;
	/** JSON text of a POST. */
	body?: string | undefined;
	attempt: number;
	signal?: AbortSignal | undefined;
	until?: AbortSignal | undefined;
}

/** What was thrown, if it is Kling's refusal of a token for its times. */
function clockRefusal(error: unknown, reply: Reply | undefined): KlingError | undefined {
	const refused = error instanceof KlingError && reply?.status === 401;
	return refused && [1003, 1004].includes(error.details.api_code ?? 0) ? error : undefined;
}

/** An error of a create says whether a task may have been made. */
function told(error: unknown, method: string, reply: Reply | undefined): unknown {
	if (method === 'GET' || reply === undefined || !(error instanceof KlingError)) return error;
	return error.with({maybeSubmitted: !refused(reply, error)});
}

/** Whether a task is the one that was asked for: it must say so itself. */
const isAbout = ({id, externalId}: Task, asked: string) => id === asked || externalId === asked;

/**
 * Reads the response to a create.
 * @throws KlingError `response_error` when it is about another task: what became of ours is not known then
 */
function readCreated(body: object): Read<Task> {
	const {external_task_id: asked} = body as {external_task_id?: unknown};
	return (data, reply) => {
		const task = readTask(data, reply);
		// It may be left out: the response still came for this request.
		if (asked === undefined || task.externalId === undefined || task.externalId === asked) return task;
		const where = 'data.task_info.external_task_id';
		throw new KlingError(
			'response_error',
			`The response is about another task: ${where} is ${task.externalId}`,
		);
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
	url.pathname = url.pathname.replace(/(?<!\/)\/+$/, '') + path;
	return url;
}

/**
 * Whether a reply to a create means that no task was made: a business code below 5000. After anything else a task may
 * exist: what is between us and Kling may spoil any answer. Source: docs/kling-api.md §9.
 */
function refused(reply: Reply, {details: {api_code}}: KlingError): boolean {
	// A gateway has codes of its own, and gives up with 408 or 5xx on what it may have passed on.
	if (reply.status >= 500 || reply.status === 408) return false;
	return api_code !== undefined && api_code >= 1000 && api_code < 5000;
}

/** How long to wait before a read is tried again, or undefined when trying again cannot help. */
function backoffMs(error: unknown, attempt: number, random: () => number): number | undefined {
	if (!(error instanceof KlingError) || !error.retryable) return undefined;
	const {api_code} = error.details;
	if (error.code === 'rate_limit' && api_code !== undefined && !waitable.has(api_code)) return undefined;
	if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, maxRetryAfterMs);
	return fullJitter(backoff, attempt, random);
}
