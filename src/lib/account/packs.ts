import {writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {KlingClient} from '../api/client.js';
import {type Pack, readPacks} from '../api/packs.js';
import {definedOnly} from '../errors/kling-error.js';
import {makeFolder} from '../fs/make-folder.js';
import type {Clock} from '../system/clock.js';

export interface PackQuery {
	/** How many days to look back. */
	days: number;
	/** oclif's cache folder, where the time of this machine's last request is kept. */
	cacheFolder: string;
	clock: Clock;
}

const dayMs = 86_400_000;
/** The API allows one request per second here. Source: docs/kling-api.md §8. */
const apartMs = 1000;

/** Lists the account's packs. Free; sends at most one request per second from this machine. */
export async function listPacks(client: KlingClient, {days, cacheFolder, clock}: PackQuery): Promise<Pack[]> {
	await takeTurn(path.join(cacheFolder, 'account-costs'), clock);
	const now = clock.now();
	return client.request({
		method: 'GET',
		path: '/account/costs',
		query: {start_time: String(now - days * dayMs), end_time: String(now)},
		read: readPacks,
		minWaitMs: apartMs,
	});
}

/** Waits until a second has passed since the previous turn, which may be another process's. */
async function takeTurn(file: string, clock: Clock): Promise<void> {
	const last = Number(await readFile(file, 'utf8').catch(() => '')) || 0;
	const now = clock.now();
	// A turn further in the future was written under a different clock.
	const turn = last > now + 30 * apartMs ? now : Math.max(now, last + apartMs);
	try {
		makeFolder(path.dirname(file));
		writeFileSync(file, String(turn));
	} catch {
		// Without a cache, Kling itself reports a request that came too early.
	}
	if (turn > now) await clock.sleep(turn - now);
}

/** A pack as documents show it. */
export interface PackRow {
	name?: string | undefined;
	/** toBeOnline, online, expired, runOut, or a state that this version does not know. */
	status?: string | undefined;
	remaining?: number | undefined;
	total?: number | undefined;
	/** The share that is left, from 0 to 1; for people. */
	left_share?: number | undefined;
	/** Unix milliseconds, like all times. */
	expires_at?: number | undefined;
	effective_at?: number | undefined;
	purchased_at?: number | undefined;
	type?: string | undefined;
	pack_id?: string | undefined;
}

/** Column names, in CSV order. */
export const packColumns = [
	...['name', 'status', 'remaining', 'total'],
	...['expires_at', 'effective_at', 'purchased_at', 'type', 'pack_id'],
];

/**
 * A pack as documents show it.
 * @param more adds the share that is left, from 0 to 1, which people see as a bar
 */
export function packRow(pack: Pack, more: boolean): PackRow {
	const {name, status, type, total, remaining, id} = pack;
	const share = total && remaining !== undefined ? Math.min(1, Math.max(0, remaining / total)) : undefined;
	return definedOnly({
		name,
		status,
		remaining,
		total,
		left_share: more ? share : undefined,
		expires_at: pack.expiresAt,
		effective_at: pack.effectiveAt,
		purchased_at: pack.purchasedAt,
		type,
		pack_id: id,
	});
}
