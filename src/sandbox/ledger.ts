import {type Reply, refusals, succeed} from './reply.js';
import type {Handler} from './route-types.js';
import {statusAt} from './task.js';

/** Rows of a page at most. */
const mostRows = 500;

/** Answers `POST /account/billing/package` with what tasks took that have succeeded, newest first (docs/kling-api.md §8). */
export const listDeductions: Handler = ({body, state}) => {
	const {cursor} = body;
	const span = typeof cursor === 'string' && cursor !== '' ? decodeCursor(cursor) : spanOf(body);
	if ('status' in span) return span;
	const limit = body.limit === undefined ? mostRows : Number(body.limit);
	if (!Number.isInteger(limit) || limit < 1 || limit > mostRows) return badValue('limit', body.limit);
	const now = state.clock.now();
	const rows = state.store
		.submitted()
		.filter((task) => task.units !== undefined && statusAt(task, now).status === 'succeed')
		.filter(({endsAt}) => endsAt >= span.from && endsAt <= span.to)
		.sort((a, b) => b.endsAt - a.endsAt);
	const page = rows.slice(span.offset, span.offset + limit);
	const next = span.offset + page.length;
	const hasMore = next < rows.length;
	return succeed({
		result: {
			detail: page.map(({id, type, units, endsAt}) => ({
				task_id: id,
				api_key_name: 'sandbox',
				product_function: type,
				product_type: 'video',
				package_id: '1'.padStart(32, '0'),
				deduction_amount: units,
				deduction_time: String(Math.round(endsAt)),
			})),
			count: page.length,
		},
		next_cursor: hasMore ? [span.from, span.to, next].join('-') : '',
		has_more: hasMore,
	});
};

interface Span {
	from: number;
	to: number;
	offset: number;
}

function spanOf(body: Readonly<Record<string, unknown>>): Span | Reply {
	const {start_time: from, end_time: to} = body;
	if (!isTime(from)) return badValue('start_time', from);
	if (!isTime(to)) return badValue('end_time', to);
	return {from: Number(from), to: Number(to), offset: 0};
}

const isTime = (value: unknown) => /^\d{1,13}$/.test(String(value));

function decodeCursor(cursor: string): Span | Reply {
	const [, from, to, offset] = /^(\d{1,13})-(\d{1,13})-(\d{1,6})$/.exec(cursor) ?? [];
	if (from === undefined) return badValue('cursor', cursor);
	return {from: Number(from), to: Number(to), offset: Number(offset)};
}

const badValue = (name: string, value: unknown) =>
	refusals.badValue(`${name} value '${String(value ?? '')}' is invalid`);
