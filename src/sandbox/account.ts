import {type Reply, refusals, succeed} from './reply.js';
import type {Handler} from './route-types.js';

const dayMs = 86_400_000;

interface SeedPack {
	name: string;
	total: number;
	remaining: number;
	boughtDaysAgo: number;
	goodForDays: number;
	status: 'online' | 'expired' | 'runOut' | 'toBeOnline';
}

/** Packs of an account that has made videos for a while; they stay as they are, as Kling's do for half a day. */
const packs: readonly SeedPack[] = [
	{
		name: 'Sandbox-Video-1000Units-5Con',
		total: 1000,
		remaining: 641.5,
		boughtDaysAgo: 40,
		goodForDays: 90,
		status: 'online',
	},
	{
		name: 'Sandbox-Video-100Units-5Con',
		total: 100,
		remaining: 91.2,
		boughtDaysAgo: 20,
		goodForDays: 30,
		status: 'online',
	},
	{
		name: 'Sandbox-Image-500Units',
		total: 500,
		remaining: 0,
		boughtDaysAgo: 25,
		goodForDays: 90,
		status: 'runOut',
	},
	{
		name: 'Sandbox-Trial-30Units',
		total: 30,
		remaining: 12,
		boughtDaysAgo: 100,
		goodForDays: 30,
		status: 'expired',
	},
];

/** Answers `GET /account/costs` with the packs that were good in a span of time (docs/kling-api.md §8). */
export const listPacks: Handler = ({query, state}) => {
	const now = state.clock.now();
	const [from, to] = ['start_time', 'end_time'].map((name) => timeOf(query, name));
	if (typeof from === 'object') return from;
	if (typeof to === 'object') return to;
	// One question a second is taken.
	const lastAsked = state.packsAskedAt;
	state.packsAskedAt = now;
	if (lastAsked !== undefined && now - lastAsked < 1000) return refusals.tooSoon();
	const name = query.get('resource_pack_name');
	const found = packs.map((pack, index) => view(pack, index, now));
	return succeed({
		code: 0,
		msg: 'success',
		resource_pack_subscribe_infos: found.filter(
			(pack) =>
				pack.effective_time <= Number(to) &&
				pack.invalid_time >= Number(from) &&
				(!name || pack.resource_pack_name === name),
		),
	});
};

function timeOf(query: URLSearchParams, name: string): number | Reply {
	const text = query.get(name) ?? '';
	return /^\d{13}$/.test(text) ? Number(text) : refusals.badValue(`${name} value '${text}' is invalid`);
}

function view(pack: SeedPack, index: number, now: number) {
	const bought = now - pack.boughtDaysAgo * dayMs;
	return {
		resource_pack_name: pack.name,
		resource_pack_id: String(index + 1).padStart(32, '0'),
		resource_pack_type: 'decreasing_total',
		total_quantity: pack.total,
		remaining_quantity: pack.remaining,
		purchase_time: bought,
		effective_time: bought,
		invalid_time: bought + pack.goodForDays * dayMs,
		status: pack.status,
	};
}
