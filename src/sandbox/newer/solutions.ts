import {isRefusal, submit} from '../create.js';
import {type Reply, refusals, succeed} from '../reply.js';
import type {Handler, Routes} from '../route-types.js';
import {isAbsent, isOn, object, text} from '../rules/read.js';
import {type SandboxTask, type Status, statusAt} from '../task.js';
import type {ServedType} from '../types/definition.js';
import type {Served} from '../types/index.js';
import type {Link} from '../view.js';
import {idsOf, maxIds, pageOf, readListQuery} from './tasks.js';
import {newerView} from './view.js';

/*
 * Types with a lookup of their own, such as `/solutions`. Their pages spell the end `succeed`, call the id of a reply to a create
 * `task_id`, and its option `watermark`, unlike the rest of the newer standard (docs/kling-api.md §15).
 */

/** Answers a POST to the path of a type. */
const create =
	(type: string, {validate, pack, plan, hasMark}: ServedType): Handler =>
	({body, state, hidesMs}): Reply => {
		const refusal = validate(body, state.models);
		if (refusal) return refusal;
		const options = object(body, 'options');
		const made = submit(
			{
				type,
				pack,
				body,
				pictures: [],
				externalId: text(options, 'external_task_id'),
				callbackUrl: options.callback_url,
				watermark: hasMark ? isOn(object(options, 'watermark'), 'enabled') : undefined,
				isNewer: true,
				plan: () => plan(body, state),
			},
			state,
			hidesMs,
		);
		if (isRefusal(made)) return made;
		return succeed({
			task_id: made.id,
			status: 'submitted',
			create_time: made.createdAt,
			update_time: made.createdAt,
			external_id: made.externalId ?? '',
		});
	};

const spelling = (task: SandboxTask, now: number): Status => statusAt(task, now).status;

const view = (task: SandboxTask, link: Link, now: number) => ({
	...newerView(task, link, now),
	status: spelling(task, now),
});

/** Answers a GET of the lookup of some types: by ids of one kind. */
const get =
	(types: readonly string[]): Handler =>
	({query, state: {store, clock, link}}) => {
		const ids = idsOf(query, 'task_ids');
		const externalIds = idsOf(query, 'external_task_ids');
		if (ids.length + externalIds.length === 0) {
			return refusals.badValue('task_ids or external_task_ids is required');
		}
		if (ids.length > 0 && externalIds.length > 0) {
			return refusals.badValue('task_ids and external_task_ids can not be set at the same time');
		}
		if (ids.length + externalIds.length > maxIds) {
			return refusals.badValue(`task_ids and external_task_ids cannot exceed ${maxIds} in total`);
		}
		const now = clock.now();
		const found = [...ids, ...externalIds].map((id) =>
			types.map((type) => store.find(type, id, now)).find((task) => task !== undefined),
		);
		return succeed(found.filter((task) => task !== undefined).map((task) => view(task, link, now)));
	};

const statuses = ['submitted', 'processing', 'succeed', 'succeeded', 'failed'];

/** Answers a POST to the lookup of some types; as in the documents, the last page has a cursor as well. */
const list =
	(types: readonly string[]): Handler =>
	({body, state}) => {
		const query = readListQuery(body, state, {defaultLimit: 500, filters: {status: statuses}});
		if ('flaw' in query) return refusals.badValue(query.flaw);
		const {store, clock, link} = state;
		const now = clock.now();
		const wanted = query.filters.status?.map((status) => (status === 'succeeded' ? 'succeed' : status));
		const {page, hasMore} = pageOf(
			store.all(),
			// The end is exclusive here.
			{...query, to: isAbsent(body.end_time) ? query.to : query.to - 1},
			(task) =>
				types.includes(task.type) &&
				(task.foundFrom ?? 0) <= now &&
				(wanted === undefined || wanted.includes(spelling(task, now))),
		);
		return succeed({
			result: page.map((task) => view(task, link, now)),
			count: page.length,
			next_cursor: page.at(-1)?.id ?? '',
			has_more: hasMore,
		});
	};

/** The routes of the types that have a lookup of their own. */
export function solutionRoutes(served: Served): Routes {
	const own = [...served].filter(([, {lookup}]) => lookup !== undefined);
	const lookups = new Set(own.map(([, {lookup = ''}]) => lookup));
	const namesAt = (path: string) => own.flatMap(([name, {lookup}]) => (lookup === path ? [name] : []));
	return {
		exact: Object.fromEntries([
			...own.map(([name, type]) => [type.path, {POST: create(name, type)}] as const),
			...[...lookups].map((path) => [path, {GET: get(namesAt(path)), POST: list(namesAt(path))}] as const),
		]),
		under: {},
	};
}
