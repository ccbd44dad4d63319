import type {Pack} from '../task.js';

const dayMs = 86_400_000;

/** A pack of units, as it is when the sandbox starts. */
export interface ResourcePack {
	name: string;
	/** Which tasks it pays for. */
	kind: Pack;
	total: number;
	remaining: number;
	boughtDaysAgo: number;
	goodForDays: number;
	status: 'online' | 'expired' | 'runOut' | 'toBeOnline';
}

/** Packs of an account that has made videos and pictures for a while. The first one that is online pays first. */
export const packs: readonly ResourcePack[] = [
	{
		name: 'Sandbox-Video-1000Units-5Con',
		kind: 'video',
		total: 1000,
		remaining: 641.5,
		boughtDaysAgo: 40,
		goodForDays: 90,
		status: 'online',
	},
	{
		name: 'Sandbox-Video-100Units-5Con',
		kind: 'video',
		total: 100,
		remaining: 91.2,
		boughtDaysAgo: 20,
		goodForDays: 30,
		status: 'online',
	},
	{
		name: 'Sandbox-Image-500Units',
		kind: 'image',
		total: 500,
		remaining: 0,
		boughtDaysAgo: 25,
		goodForDays: 90,
		status: 'runOut',
	},
	{
		name: 'Sandbox-Trial-30Units',
		kind: 'video',
		total: 30,
		remaining: 12,
		boughtDaysAgo: 100,
		goodForDays: 30,
		status: 'expired',
	},
	{
		name: 'Sandbox-Image-10000Units-9Con',
		kind: 'image',
		total: 10_000,
		remaining: 9680,
		boughtDaysAgo: 6,
		goodForDays: 180,
		status: 'online',
	},
];

export const packId = (index: number): string => String(index + 1).padStart(32, '0');

/** A pack as the API shows it at `now` (Unix ms). */
export function packView(pack: ResourcePack, index: number, remaining: number, now: number) {
	const bought = now - pack.boughtDaysAgo * dayMs;
	return {
		resource_pack_name: pack.name,
		resource_pack_id: packId(index),
		resource_pack_type: 'decreasing_total',
		total_quantity: pack.total,
		remaining_quantity: remaining,
		purchase_time: bought,
		effective_time: bought,
		invalid_time: bought + pack.goodForDays * dayMs,
		status: pack.status === 'online' && remaining === 0 ? 'runOut' : pack.status,
	};
}
