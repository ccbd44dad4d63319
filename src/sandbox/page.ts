import {type Reply, refusals} from './reply.js';

/** A number in a query, or the refusal. */
export function pageParameter(
	query: URLSearchParams,
	name: string,
	max: number,
	usual: number,
): number | Reply {
	const value = query.get(name) || String(usual);
	const number = /^\d{1,6}$/.test(value) ? Number(value) : 0;
	return number >= 1 && number <= max ? number : refusals.badValue(`${name} value '${value}' is invalid`);
}
