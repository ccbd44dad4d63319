import {type Reply, refusals, succeed} from '../reply.js';
import {durationOf} from '../results.js';
import type {Handler} from '../route-types.js';
import {invalid} from '../rules/fields.js';
import {type Body, isAbsent, isObject} from '../rules/read.js';
import type {State} from '../state.js';
import type {Entry} from './ledger.js';
import {packId, packs} from './packs.js';
import type {ChargesQuery} from './query.js';

/* The two ledgers: `POST /account/billing/package` and `/account/billing/balance`. */

/** The name of the sandbox's only key. */
const keyName = 'sandbox';

const resolutions = {std: '720p', pro: '1080p', '4k': '4k'} as const;

const functionNames: Readonly<Record<string, string>> = {
	speech: 'Text to Speech',
	faces: 'Face Recognition',
	segments: 'Image Recognition',
};

function detail({task, before, amount, after, from}: Entry, state: State): object {
	const {about, result} = task;
	const common = {
		task_id: task.id,
		api_key_name: keyName,
		product_function: state.served.get(task.type)?.productFunction ?? functionNames[task.type] ?? task.type,
		model_name: about.model ?? '',
		resolution: about.mode === undefined ? '' : resolutions[about.mode],
		duration: result.kind === 'video' ? Number(durationOf(result)).toFixed(2) : '',
		refer_video_input: about.video === true,
		video_sound: about.sound ?? 'off',
		voice_control: about.voices === true,
		deduction_time: String(task.endsAt),
	};
	if (from === 'balance') {
		return {
			...common,
			cash_type: 'balance',
			balance_before_deduction: before,
			deduction_amount: amount,
			balance_after_deduction: after,
			list_price: amount,
			currency: 'USD',
		};
	}
	return {
		...common,
		package_id: packId(from),
		product_type: task.pack,
		unit_before_deduction: before,
		deduction_amount: amount,
		unit_after_deduction: after,
	};
}

const readers: Readonly<Record<string, (entry: Entry) => string>> = {
	api_key_name: () => keyName,
	product_type: ({task}) => task.pack,
	package_name: ({from}) => (from === 'balance' ? '' : (packs[from]?.name ?? '')),
	package_id: ({from}) => (from === 'balance' ? '' : packId(from)),
};

function readQuery(body: Body, keys: readonly string[]): ChargesQuery | {flaw: string} {
	if (isAbsent(body.start_time) || isAbsent(body.end_time)) {
		return {flaw: 'start_time and end_time can not be empty'};
	}
	const [from, to] = [Number(body.start_time), Number(body.end_time)];
	if (Number.isNaN(from)) return {flaw: invalid('start_time', body.start_time)};
	if (Number.isNaN(to)) return {flaw: invalid('end_time', body.end_time)};
	const limit = isAbsent(body.limit) ? 500 : Number(body.limit);
	if (!Number.isInteger(limit) || limit < 1 || limit > 500) return {flaw: invalid('limit', body.limit)};
	const given = Array.isArray(body.filters) ? body.filters.filter(isObject) : [];
	const filters = given.map(({key, values}) => ({
		key: String(key),
		values: Array.isArray(values) ? values.map(String) : [],
	}));
	const unknown = filters.find(({key}) => !keys.includes(key));
	if (unknown) return {flaw: invalid('filters.key', unknown.key)};
	const names = new Set(filters.map(({key}) => key));
	return names.has('package_name') && names.has('package_id')
		? {flaw: 'package_name and package_id can not be set at the same time'}
		: {from, to, limit, filters};
}

const maxCursors = 1000;

/** One page of charges, newest first. */
function page(body: Body, state: State, isWanted: (entry: Entry) => boolean, keys: readonly string[]): Reply {
	const cursor = isAbsent(body.cursor) ? undefined : String(body.cursor);
	const query = cursor === undefined ? readQuery(body, keys) : state.cursors.get(cursor);
	if (!query) return refusals.badValue(invalid('cursor', cursor));
	if ('flaw' in query) return refusals.badValue(query.flaw);
	const all = state.ledger
		.settle(state.clock.now())
		.filter(
			(entry) =>
				isWanted(entry) &&
				entry.task.endsAt >= query.from &&
				entry.task.endsAt < query.to &&
				query.filters.every(({key, values}) => values.includes(readers[key]?.(entry) ?? '')),
		)
		.reverse();
	const start = cursor === undefined ? 0 : all.findIndex(({task}) => task.id === cursor) + 1;
	const shown = all.slice(start, start + query.limit);
	const last = shown.at(-1)?.task.id;
	const hasMore = start + shown.length < all.length;
	if (hasMore && last !== undefined) {
		state.cursors.set(last, query);
		const [oldest] = state.cursors.keys();
		if (state.cursors.size > maxCursors && oldest !== undefined) state.cursors.delete(oldest);
	}
	return succeed({
		result: {detail: shown.map((entry) => detail(entry, state)), count: shown.length},
		next_cursor: hasMore ? (last ?? '') : '',
		has_more: hasMore,
	});
}

export const listPackCharges: Handler = ({body, state}) =>
	page(body, state, ({from}) => from !== 'balance', Object.keys(readers));

export const listBalanceCharges: Handler = ({body, state}) =>
	page(body, state, ({from}) => from === 'balance', ['api_key_name']);
