import type {IncomingMessage} from 'node:http';
import {accountRoutes} from './account/routes.js';
import {authenticate} from './auth.js';
import {readBody} from './body.js';
import {callRoutes} from './calls/routes.js';
import {isRefusal, submit} from './create.js';
import {newerRoutes} from './newer/routes.js';
import {solutionRoutes} from './newer/solutions.js';
import {pageParameter} from './page.js';
import {presetRoutes} from './presets.js';
import {type Reply, refusals, succeed} from './reply.js';
import type {Call, Handler, Methods, Routes} from './route-types.js';
import {isOn, object, text} from './rules/read.js';
import type {State} from './state.js';
import type {ServedType} from './types/definition.js';
import type {Served} from './types/index.js';
import {createdView, taskView} from './view.js';

function decode(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

const listTasks =
	(type: string, {maxPageSize = 500}: ServedType): Handler =>
	({query, state: {store, link, clock}}) => {
		const page = pageParameter(query, 'pageNum', 1000, 1);
		if (typeof page !== 'number') return page;
		const size = pageParameter(query, 'pageSize', maxPageSize, 30);
		if (typeof size !== 'number') return size;
		const now = clock.now();
		return succeed(store.list(type, {number: page, size}).map((task) => taskView(task, link, now)));
	};

const getTask =
	(type: string): Handler =>
	({id, state: {store, link, clock}}) => {
		const task = store.find(type, id, clock.now());
		if (!task) return refusals.badValue(`Task not found by id/external id: ${id}`);
		return succeed(taskView(task, link, clock.now()));
	};

const create =
	(type: string, {validate, pack, pictures, hasMark, plan}: ServedType): Handler =>
	({body, state, hidesMs}) => {
		const refusal = validate(body, state.models);
		if (refusal) return refusal;
		const submission = {
			type,
			pack,
			body,
			pictures: pictures?.(body) ?? [],
			externalId: text(body, 'external_task_id'),
			callbackUrl: body.callback_url,
			watermark: hasMark ? isOn(object(body, 'watermark_info'), 'enabled') : undefined,
			plan: () => plan(body, state),
		};
		const made = submit(submission, state, hidesMs);
		return isRefusal(made) ? made : succeed(createdView(made));
	};

function taskRoutes(served: Served): Routes {
	const types = [...served].filter(([, {lookup}]) => lookup === undefined);
	return {
		exact: Object.fromEntries(
			types.map(([name, type]) => [type.path, {GET: listTasks(name, type), POST: create(name, type)}]),
		),
		under: Object.fromEntries(types.map(([name, {path}]) => [path, {GET: getTask(name)}])),
	};
}

export type FindRoute = (path: string) => {methods: Methods; id: string} | undefined;

// Not parsed with URL, which would resolve `..` and so hide a client that does not encode an id.
/** @returns the handlers by path, for the types that are served */
export function findRouteIn(served: Served): FindRoute {
	const tables = [
		taskRoutes(served),
		accountRoutes,
		callRoutes,
		presetRoutes,
		newerRoutes,
		solutionRoutes(served),
	];
	const exact = new Map(tables.flatMap((routes) => Object.entries(routes.exact)));
	const under = new Map(tables.flatMap((routes) => Object.entries(routes.under)));
	return (path) => {
		const plain = path.endsWith('/') ? path.slice(0, -1) : path;
		const methods = exact.get(plain);
		if (methods) return {methods, id: ''};
		const slash = plain.lastIndexOf('/');
		const below = under.get(plain.slice(0, slash));
		return below && {methods: below, id: decode(plain.slice(slash + 1))};
	};
}

/** How a fault changes the way a request is checked. */
interface FaultEffects {
	/** Milliseconds by which the clock that tokens are checked against is ahead. */
	clockMs?: number | undefined;
	/** Milliseconds during which a new task cannot be found. */
	hidesMs?: number | undefined;
}

/** Handles one request to the API. */
export async function handleRequest(
	request: IncomingMessage,
	state: State,
	findRoute: FindRoute,
	{clockMs = 0, hidesMs = 0}: FaultEffects = {},
): Promise<Reply> {
	const {method = '', url = '', headers} = request;
	const mark = url.indexOf('?');
	const path = mark === -1 ? url : url.slice(0, mark);
	const now = state.clock.now();
	const refusal = authenticate(headers.authorization, path, state.keys, now + clockMs);
	if (refusal) return refusal;
	const route = findRoute(path);
	if (!route) return refusals.noPath(path, now);
	const handler = method === 'GET' || method === 'POST' ? route.methods[method] : undefined;
	if (!handler) return refusals.wrongMethod();
	const call: Call = {
		id: route.id,
		query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)),
		body: {},
		state,
		hidesMs,
	};
	if (method === 'GET') return handler(call);
	const read = await readBody(request);
	return 'refused' in read ? read.refused : handler({...call, body: read.json});
}
