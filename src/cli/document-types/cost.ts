import type {LedgerReport} from '../../lib/cost/ledger.js';
import type {CostRow, CostTotal} from '../../lib/cost/report.js';

/** A budget, and what is left of it in the present period. Amounts are units. */
interface BudgetRow {
	units: number;
	/** Of which kind the units are, where they are not those of videos. */
	pack?: 'image' | undefined;
	per: 'day' | 'week' | 'month' | 'total';
	/** `KEY=VALUE`; left out where it is for everything. */
	tag?: string | undefined;
	/** Name of the period, such as 2026-11. */
	period: string;
	spent: number;
	/** Set aside for tasks that have not ended, as far as this machine knows. */
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
	/** How many. */
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
	/** Of a unit of videos and sound. */
	unit_price: number;
	/** Of a unit of pictures. */
	image_unit_price: number;
}
