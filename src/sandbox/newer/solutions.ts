import {isRefusal, submit} from '../create.js';
import {type Reply, refusals, succeed} from '../reply.js';
import type {Handler, Routes} from '../route-types.js';
import {invalid} from '../rules/fields.js';
import {given, isAbsent, isOn, object, text} from '../rules/read.js';
import {type SandboxTask, type Status, statusAt} from '../task.js';
import {pictureSize} from '../types/pictures.js';
import type {Link} from '../view.js';
import {contentsOf} from './contents.js';
import {idsOf, mostIds, pageOf, readListQuery} from './tasks.js';
import {newerView} from './view.js';

/*
 * `/solutions`: virtual try-on 3.0. On its page the final status is spelled `succeed`, the id in the response to a create is
 * `task_id`, and the option is `watermark`, unlike in the rest of the newer standard (docs/kling-api.md §15).
 */

const type = 'try-on';

const flags = ['keep_face', 'keep_pose', 'keep_background'];

function flawOf(body: object): string | undefined {
	const contents = contentsOf(body as Record<string, unknown>);
	if (contents.length === 0) return 'contents cannot be empty';
	const wanted = ['product_image', 'person_image'];
	const unknown = contents.find((item) => !wanted.includes(String(item.type)));
	if (unknown) return invalid('contents.type', unknown.type);
	const missing = wanted.find((name) => !contents.some((item) => item.type === name));
	if (missing) return `contents must contain ${missing}`;
	if (contents.length !== 2) return 'contents size must be 2';
	const item = contents.find(({url}) => !/^https?:\/\//.test(String(url)));
	if (item) return invalid('contents.url', item.url);
	const settings = object(body as Record<string, unknown>, 'settings');
	const wrong = flags.find((flag) => given(settings, flag) && typeof settings[flag] !== 'boolean');
	return wrong === undefined ? undefined : invalid(`settings.${wrong}`, settings[wrong]);
}

/** Handles `POST /solutions/virtual_try_on`. Its cost is not known. */
const create: Handler = ({body, state, hidesMs}): Reply => {
	const flaw = flawOf(body);
	if (flaw !== undefined) return refusals.badValue(flaw);
	const options = object(body, 'options');
	const made = submit(
		{
			type,
			pack: type,
			body,
			pictures: [],
			externalId: text(options, 'external_task_id'),
			callbackUrl: options.callback_url,
			watermark: isOn(object(options, 'watermark'), 'enabled'),
			isNewer: true,
			plan: () => ({result: {kind: 'pictures', count: 1, ...pictureSize('3:4')}, seconds: 19}),
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

/** Handles `GET /solutions`: by ids of one kind. */
const get: Handler = ({query, state: {store, clock, link}}) => {
	const ids = idsOf(query, 'task_ids');
	const externalIds = idsOf(query, 'external_task_ids');
	if (ids.length + externalIds.length === 0) {
		return refusals.badValue('task_ids or external_task_ids is required');
	}
	if (ids.length > 0 && externalIds.length > 0) {
		return refusals.badValue('task_ids and external_task_ids can not be set at the same time');
	}
	if (ids.length + externalIds.length > mostIds) {
		return refusals.badValue(`task_ids and external_task_ids cannot exceed ${mostIds} in total`);
	}
	const now = clock.now();
	const found = [
		...ids.map((id) => store.find(type, id, now)),
		...externalIds.map((id) => store.find(type, id, now)),
	];
	return succeed(found.filter((task) => task !== undefined).map((task) => view(task, link, now)));
};

const statuses = ['submitted', 'processing', 'succeed', 'succeeded', 'failed'];

/** Handles `POST /solutions`; as documented, the last page also has a cursor. */
const list: Handler = ({body, state}) => {
	const query = readListQuery(body, state, {usualLimit: 500, filters: {status: statuses}});
	if ('flaw' in query) return refusals.badValue(query.flaw);
	const {store, clock, link} = state;
	const now = clock.now();
	const wanted = query.filters.status?.map((status) => (status === 'succeeded' ? 'succeed' : status));
	const {page, hasMore} = pageOf(
		store.all(),
		// The end is exclusive here.
		{...query, to: isAbsent(body.end_time) ? query.to : query.to - 1},
		(task) =>
			task.type === type &&
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

export const solutionRoutes: Routes = {
	exact: {'/solutions': {GET: get, POST: list}, '/solutions/virtual_try_on': {POST: create}},
	under: {},
};
