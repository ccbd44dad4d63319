import type {Documents} from '../../../cli/documents.js';
import {accountFlags} from '../../../cli/flags/shared.js';
import {TaskCommand} from '../../../cli/task-command.js';
import {budgetRow, showBudgets} from '../../../lib/cost/budget.js';

export default class CostBudgetShow extends TaskCommand<Documents['cost budget show']> {
	static override description = `Show what is left of each budget in the current period.

spent is what finished tasks took, as far as this machine has seen them finish; reserved is set aside for open ones.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --human',
	];

	static override capabilities = ['credentials'] as const;

	static override flags = accountFlags;

	async run(): Promise<Documents['cost budget show']> {
		const {flags} = await this.parse(CostBudgetShow);
		const budgets = (await showBudgets(await this.session(flags))).map(budgetRow);
		if (budgets.length === 0)
			this.notes.line('There is no budget. Set one: kling cost budget set UNITS --per month');
		return {success: true, budgets, count: budgets.length};
	}
}
