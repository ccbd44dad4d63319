import type {PackRow} from '../../lib/account/packs.js';
import type {ModelRow} from '../../lib/task-types/catalogue.js';
import type {PriceRow} from '../../lib/task-types/price-list.js';

/** A deduction, or the sum of several. */
interface LedgerLine {
	/** The group, with --by. */
	group?: string | undefined;
	/** Number of deductions in the sum, with --by. */
	deductions?: number | undefined;
	/** Unix milliseconds. */
	deducted_at?: number | undefined;
	task_id?: string | undefined;
	product?: string | undefined;
	model?: string | undefined;
	key?: string | undefined;
	/** Pack of the units. Image units are worth less than video units. */
	pack?: string | undefined;
	units?: number | undefined;
	/** With --cash. */
	amount?: number | undefined;
	currency?: string | undefined;
}

export interface LedgerDocument {
	success: true;
	rows: LedgerLine[];
	count: number;
}

export interface PriceListDocument {
	success: true;
	/** The date on which Kling's price list was read. */
	as_of: string;
	source: string;
	/** Approximate value of a unit. */
	usd_per_unit: {video: number; image: number};
	prices: PriceRow[];
	count: number;
}

export interface ModelListDocument {
	success: true;
	models: ModelRow[];
	count: number;
}

export interface PackListDocument {
	success: true;
	packs: PackRow[];
	count: number;
}
