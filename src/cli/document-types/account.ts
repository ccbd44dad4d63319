import type {PackRow} from '../../lib/account/packs.js';
import type {ModelRow} from '../../lib/task-types/catalogue.js';
import type {PriceRow} from '../../lib/task-types/price-list.js';

/** A deduction, or the sum of several. */
interface LedgerLine {
	/** What the sum is of, with --by. */
	group?: string | undefined;
	/** How many deductions it sums up, with --by. */
	deductions?: number | undefined;
	/** Unix milliseconds. */
	deducted_at?: number | undefined;
	task_id?: string | undefined;
	product?: string | undefined;
	model?: string | undefined;
	key?: string | undefined;
	/** Kind of the units: those of pictures are worth less than those of videos. */
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
	/** When Kling's list was read. */
	as_of: string;
	source: string;
	/** What a unit is worth, about. */
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
