import type {LedgerReport} from '../../lib/cost/ledger.js';
import type {CostRow, CostTotal} from '../../lib/cost/report.js';

/** A budget, and what is left of it in the current period. Amounts are units. */
interface BudgetRow {
	units: number;
	/** The pack that pays, when it is not the video pack. */
	pack?: 'image' | undefined;
	per: 'day' | 'week' | 'month' | 'total';
	/** `KEY=VALUE`; left out when the budget applies to everything. */
	tag?: string | undefined;
	/** Name of the period, such as 2026-11. */
	period: string;
	spent: number;
	/** Reserved for tasks that are not known to have ended. */
	reserved: number;
	remaining: number;
}

export interface BudgetDocument {
	success: true;
	budget: BudgetRow;
}

export interface BudgetListDocument {
	success: true;
	budgets: BudgetRow[];
	count: number;
}

export interface BudgetsRemovedDocument {
	success: true;
	/** Number of budgets removed. */
	removed: number;
}

export interface CostReportDocument {
	success: true;
	/** With --by. */
	by?: 'tag' | 'model' | 'type' | 'day' | 'batch' | undefined;
	/** With --by. */
	groups?: CostRow[] | undefined;
	total: CostTotal;
	/** With --from-ledger. */
	ledger?: LedgerReport | undefined;
	/** Value of a video or sound unit. */
	unit_price: number;
	/** Value of an image unit. */
	image_unit_price: number;
}
