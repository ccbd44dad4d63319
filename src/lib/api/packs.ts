import {KlingError} from '../errors/kling-error.js';
import {classify} from './api-errors.js';
import {checked, type Read} from './reply.js';
import {packs as validate} from './reply-validators.js';
import {textOf, timeOf} from './task-fields.js';

/**
 * A resource pack that was bought. Times are Unix milliseconds, quantities are units. The API is up to 12 h
 * behind.
 */
export interface Pack {
	name: string;
	id: string | undefined;
	/** `decreasing_total`, or `constant_period` for a pack that is refilled. */
	type: string | undefined;
	total: number | undefined;
	remaining: number | undefined;
	purchasedAt: number | undefined;
	effectiveAt: number | undefined;
	expiresAt: number | undefined;
	/** `toBeOnline`, `online`, `expired`, `runOut`. */
	status: string;
}

/** Packs as the API sends them. Source: docs/kling-api.md §8. */
interface ApiPacks {
	/** A second envelope inside the first. */
	code?: number | null;
	msg?: string | null;
	resource_pack_subscribe_infos:
		| {
				resource_pack_name: string;
				resource_pack_id?: unknown;
				resource_pack_type?: unknown;
				total_quantity?: unknown;
				remaining_quantity: number | null;
				purchase_time?: unknown;
				effective_time?: unknown;
				invalid_time?: unknown;
				status: string;
		  }[]
		| null;
}

/** Reads the packs from a response of `/account/costs`. */
export const readPacks: Read<Pack[]> = (data, reply) => {
	const {code, msg, resource_pack_subscribe_infos: packs} = checked<ApiPacks>(validate, data, reply);
	if (code) {
		const said = msg || `Kling returned code ${code} without a message`;
		const {code: ourCode, hint} = classify(code, reply.status, said);
		throw new KlingError(ourCode, said, {hint, api_code: code});
	}
	return (packs ?? []).map((pack) => ({
		name: pack.resource_pack_name,
		id: textOf(pack.resource_pack_id),
		type: textOf(pack.resource_pack_type),
		total: typeof pack.total_quantity === 'number' ? pack.total_quantity : undefined,
		remaining: pack.remaining_quantity ?? undefined,
		purchasedAt: timeOf(pack.purchase_time),
		effectiveAt: timeOf(pack.effective_time),
		expiresAt: timeOf(pack.invalid_time),
		status: pack.status,
	}));
};
