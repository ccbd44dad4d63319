import type {IncomingMessage} from 'node:http';
import {listPacks} from './account.js';
import {authenticate} from './auth.js';
import {readBody} from './body.js';
import {createTask} from './create.js';
import {type Reply, refusals, succeed} from './reply.js';
import type {State} from './state.js';
import type {Routes, SandboxType} from './types.js';
import {taskView} from './view.js';

interface Place {
	type: SandboxType;
	/** Undefined on the path of the type itself. */
	id?: string;
}

function decode(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

// Not read with URL, which would resolve `..` and so hide a client that does not encode an id.
function placeOf(path: string, routes: Routes): Place | undefined {
	for (const [type, base] of routes) {
		if (path === base || path === `${base}/`) return {type};
		const rest = path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined;
		if (rest !== undefined) return rest.includes('/') ? undefined : {type, id: decode(rest)};
	}
	return undefined;
}

function pageParameter(query: URLSearchParams, name: string, most: number, usual: number): number | Reply {
	const value = query.get(name) || String(usual);
	const number = /^\d{1,6}$/.test(value) ? Number(value) : 0;
	return number >= 1 && number <= most ? number : refusals.badValue(`${name} value '${value}' is invalid`);
}

function listTasks(type: SandboxType, query: URLSearchParams, {store, link, clock}: State): Reply {
	const page = pageParameter(query, 'pageNum', 1000, 1);
	if (typeof page !== 'number') return page;
	const size = pageParameter(query, 'pageSize', 500, 30);
	if (typeof size !== 'number') return size;
	const now = clock.now();
	return succeed(store.list(type, {number: page, size}).map((task) => taskView(task, link, now)));
}

function getTask(type: SandboxType, id: string, {store, link, clock}: State): Reply {
	const task = store.find(type, id, clock.now());
	if (!task) return refusals.badValue(`Task not found by id/external id: ${id}`);
	return succeed(taskView(task, link, clock.now()));
}

async function create(
	type: SandboxType,
	request: IncomingMessage,
	state: State,
	hiddenMs: number,
): Promise<Reply> {
	const body = await readBody(request);
	return 'refused' in body ? body.refused : createTask(type, body.json, state, hiddenMs);
}

/** What a fault changes about the way a request is judged. */
interface FaultEffects {
	/** Milliseconds by which the clock that judges the token is ahead. */
	clockMs?: number | undefined;
	/** Milliseconds for which a task that is made cannot be found. */
	hidesMs?: number | undefined;
}

/** Answers one request to the API. */
export async function answer(
	request: IncomingMessage,
	state: State,
	{clockMs = 0, hidesMs = 0}: FaultEffects = {},
): Promise<Reply> {
	const {method, url = '', headers} = request;
	const [path = '', ...rest] = url.split('?');
	const query = rest.join('?');
	const refusal = authenticate(headers.authorization, path, state.keys, state.clock.now() + clockMs);
	if (refusal) return refusal;
	if (path === '/account/costs') {
		if (method !== 'GET') return refusals.wrongMethod();
		const before = state.packsAskedAt;
		state.packsAskedAt = state.clock.now();
		return listPacks(new URLSearchParams(query), state, before);
	}
	const place = placeOf(path, state.routes);
	if (place?.id === undefined) {
		if (place && method === 'POST') return create(place.type, request, state, hidesMs);
		if (place && method === 'GET') return listTasks(place.type, new URLSearchParams(query), state);
	} else if (method === 'GET') {
		return getTask(place.type, place.id, state);
	}
	return place ? refusals.wrongMethod() : refusals.noPath(path, state.clock.now());
}
