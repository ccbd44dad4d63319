import {type BudgetContext, isFor, showBudgets} from '../cost/budget.js';
import {describeBudget, unitsOf} from '../cost/budget-errors.js';
import {sum} from '../cost/units.js';
import {amountsOf, costs, type PlannedJob} from './planned-job.js';
import type {Tags} from './tags.js';

/**
 * Warns before a run that a budget has less left than the run would cost: it would stop in the middle.
 * @param tags of every task of this account
 */
export async function budgetWarnings(
	context: BudgetContext,
	jobs: readonly PlannedJob[],
	tags: Tags = {},
): Promise<string[]> {
	const paid = jobs.filter(costs);
	if (paid.length === 0) return [];
	const budgets = await showBudgets(context);
	return budgets.flatMap((budget) => {
		const {pack = 'video', remaining} = budget;
		const concerned = paid.filter(({shot}) => isFor(budget, {pack, tags: {...tags, ...shot.tags}}));
		const amounts = concerned.flatMap(amountsOf).filter((amount) => (amount.pack ?? 'video') === pack);
		const needed = sum(amounts.map(({units = '0'}) => Number(units)));
		if (needed <= remaining) return [];
		return `This would cost ${needed} ${unitsOf(budget)}, and ${remaining} are left of the budget of ${describeBudget(budget)}: the run stops when they are used up`;
	});
}
