import {type Reply, refusals, succeed} from '../reply.js';
import type {Handler} from '../route-types.js';
import {invalid} from '../rules/fields.js';
import {type Body, isAbsent, isObject} from '../rules/read.js';
import type {State} from '../state.js';
import {type SandboxTask, statusAt} from '../task.js';
import {newerStatus, newerView} from './view.js';

export const maxIds = 20;
const dayMs = 86_400_000;

export const idsOf = (query: URLSearchParams, name: string) =>
	(query.get(name) ?? '')
		.split(',')
		.map((id) => id.trim())
		.filter((id) => id !== '');

/** Answers `GET /tasks`: up to 20 tasks of any type, by their ids; those that are not there are left out. */
export const getTasks: Handler = ({query, state}) => {
	const {store, clock, link} = state;
	const ids = idsOf(query, 'task_ids');
	const externalIds = idsOf(query, 'external_task_ids');
	if (ids.length + externalIds.length === 0) {
		return refusals.badValue('task_ids or external_task_ids is required');
	}
	if (ids.length + externalIds.length > maxIds) {
		return refusals.badValue(`task_ids and external_task_ids cannot exceed ${maxIds} in total`);
	}
	const now = clock.now();
	state.ledger.settle(now);
	const found = [
		...ids.map((id) => store.findAny('id', id, now)),
		...externalIds.map((id) => store.findAny('externalId', id, now)),
	];
	return succeed(found.filter(isHere(state)).map((task) => newerView(task, link, now)));
};

/** Those that have a lookup of their own are found there. */
const isHere =
	({served}: Pick<State, 'served'>) =>
	(task: SandboxTask | undefined): task is SandboxTask =>
		task !== undefined && served.get(task.type)?.lookup === undefined;

/** The conditions for a task to be listed. */
export interface ListQuery {
	from: number;
	to: number;
	limit: number;
	/** The last task of the previous page. */
	after?: SandboxTask | undefined;
	filters: Readonly<Record<string, readonly string[]>>;
}

interface ListRules {
	defaultLimit: number;
	/** The keys that can be filtered by, with their values. */
	filters: Readonly<Record<string, readonly string[]>>;
}

/** Unix ms, as a number or a text; the default if it is missing. */
function timeOf(body: Body, name: string, usual: number): number {
	const value = body[name];
	if (isAbsent(value)) return usual;
	return /^\d{1,15}$/.test(String(value)) ? Number(value) : Number.NaN;
}

function filtersOf(body: Body, known: ListRules['filters']): ListQuery['filters'] | {flaw: string} {
	const filters = isAbsent(body.filters) ? [] : body.filters;
	if (!Array.isArray(filters)) return {flaw: invalid('filters', filters)};
	const read: Record<string, string[]> = {};
	for (const filter of filters) {
		const key = isObject(filter) ? String(filter.key) : '';
		if (!isObject(filter) || !Object.hasOwn(known, key)) return {flaw: invalid('filters.key', key)};
		const values = Array.isArray(filter.values) ? filter.values.map(String) : [];
		const wrong = values.find((value) => !known[key]?.includes(value));
		if (values.length === 0 || wrong !== undefined) return {flaw: invalid('filters.values', wrong ?? '')};
		read[key] = [...(read[key] ?? []), ...values];
	}
	return read;
}

/** Reads the body of a list request with cursors; a cursor overrides the times (docs/kling-api.md §15). */
export function readListQuery(
	body: Body,
	{store, clock}: State,
	{defaultLimit, filters: known}: ListRules,
): ListQuery | {flaw: string} {
	const now = clock.now();
	const limit = isAbsent(body.limit) ? defaultLimit : Number(body.limit);
	if (!Number.isInteger(limit) || limit < 1 || limit > 500) return {flaw: invalid('limit', body.limit)};
	const filters = filtersOf(body, known);
	if ('flaw' in filters) return {flaw: String(filters.flaw)};
	if (!isAbsent(body.cursor)) {
		const after = store.byId(String(body.cursor));
		if (!after) return {flaw: invalid('cursor', body.cursor)};
		return {from: 0, to: Number.POSITIVE_INFINITY, limit, after, filters};
	}
	const to = timeOf(body, 'end_time', now);
	const from = timeOf(body, 'start_time', (Number.isNaN(to) ? now : to) - 30 * dayMs);
	const wrong = Number.isNaN(from) ? 'start_time' : Number.isNaN(to) ? 'end_time' : undefined;
	return wrong === undefined ? {from, to, limit, filters} : {flaw: invalid(wrong, body[wrong])};
}

/** One page, newest first, and whether there is more. */
export function pageOf(
	tasks: readonly SandboxTask[],
	{from, to, limit, after}: ListQuery,
	isWanted: (task: SandboxTask) => boolean,
): {page: SandboxTask[]; hasMore: boolean} {
	const page: SandboxTask[] = [];
	const start = after === undefined ? tasks.length : tasks.lastIndexOf(after);
	for (let index = start - 1; index >= 0; index--) {
		const task = tasks[index];
		if (!task || task.createdAt > to || task.createdAt < from || !isWanted(task)) continue;
		if (page.length === limit) return {page, hasMore: true};
		page.push(task);
	}
	return {page, hasMore: false};
}

const productOf = (task: SandboxTask) => (task.pack === 'try-on' ? 'try_on' : task.pack);

const taskFilters = {
	status: ['submitted', 'processing', 'succeeded', 'failed'],
	product_type: ['video', 'image', 'try_on'],
};

/** Handles `POST /tasks`. */
export const listTasks: Handler = ({body, state}): Reply => {
	const query = readListQuery(body, state, {defaultLimit: 100, filters: taskFilters});
	if ('flaw' in query) return refusals.badValue(query.flaw);
	const {store, clock, link} = state;
	const now = clock.now();
	const {status, product_type: products} = query.filters;
	const isListed = isHere(state);
	state.ledger.settle(now);
	const {page, hasMore} = pageOf(
		store.all(),
		query,
		(task) =>
			(task.foundFrom ?? 0) <= now &&
			!task.isHidden &&
			isListed(task) &&
			(products === undefined || products.includes(productOf(task))) &&
			(status === undefined || status.includes(newerStatus(statusAt(task, now).status))),
	);
	return succeed({
		result: page.map((task) => newerView(task, link, now)),
		count: page.length,
		next_cursor: hasMore ? (page.at(-1)?.id ?? '') : '',
		has_more: hasMore,
	});
};
