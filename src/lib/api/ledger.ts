import {checked, type Read} from './reply.js';
import {ledger as validate} from './reply-validators.js';
import {textOf} from './task-fields.js';

/** What the account was charged for a task, in units of its packs. */
export interface Deduction {
	/** Undefined for calls that make no task. */
	taskId: string | undefined;
	model: string | undefined;
	/** What was charged for, in Kling's words. */
	product: string | undefined;
	/** Units; in the ledger of the balance, money. */
	units: number | undefined;
	/** Unix milliseconds. */
	at: number | undefined;
	/** Name of the key that made the request. */
	key?: string | undefined;
	/** The pack that paid: `video`, `image` or `try-on`. */
	pack?: string | undefined;
	packId?: string | undefined;
	/** Present when the amount is money. */
	currency?: string | undefined;
}

export interface LedgerPage {
	deductions: Deduction[];
	/** Cursor of the next page; undefined on the last page. */
	cursor: string | undefined;
}

/** A ledger as the API sends it. Source: docs/kling-api.md §8. */
interface ApiLedger {
	result: {
		detail:
			| {
					task_id?: string | number | null;
					model_name?: string | null;
					product_function?: string | null;
					api_key_name?: unknown;
					product_type?: unknown;
					package_id?: unknown;
					currency?: unknown;
					deduction_amount?: number | string | null;
					deduction_time?: string | number | null;
			  }[]
			| null;
	};
	next_cursor?: string | null;
	has_more?: boolean | null;
}

/** Reads one page of deductions from `POST /account/billing/package`. */
export const readLedger: Read<LedgerPage> = (data, reply) => {
	const {result, next_cursor: next, has_more: hasMore} = checked<ApiLedger>(validate, data, reply);
	return {
		deductions: (result.detail ?? []).map((row) => ({
			taskId: row.task_id?.toString() || undefined,
			model: row.model_name || undefined,
			product: row.product_function || undefined,
			units: numberOf(row.deduction_amount),
			at: numberOf(row.deduction_time),
			key: textOf(row.api_key_name),
			pack: textOf(row.product_type),
			packId: textOf(row.package_id),
			currency: textOf(row.currency),
		})),
		cursor: hasMore === true && next ? next : undefined,
	};
};

function numberOf(value: number | string | null | undefined): number | undefined {
	if (value === null || value === undefined || value === '') return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}
