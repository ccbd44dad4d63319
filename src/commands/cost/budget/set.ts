import {Args} from '@oclif/core';
import type {Documents} from '../../../cli/documents.js';
import {oneTagFlag, periodFlag} from '../../../cli/flags/budget.js';
import {accountFlags, decimalNumber} from '../../../cli/flags/shared.js';
import {TaskCommand} from '../../../cli/task-command.js';
import {budgetRow, setBudget} from '../../../lib/cost/budget.js';

export default class CostBudgetSet extends TaskCommand<Documents['cost budget set']> {
	static override description = `Set how much may be spent on this machine with this account.

Each submission, of a single command, a batch or a tool, sets its units aside before anything is sent; beyond the budget it ends with exit 7, budget_exceeded, and nothing is sent. When a task has ended, what it took counts instead. What was submitted in the present period counts from the start. Where the price of a request is unknown, it is refused unless --allow-unknown-price is given. A budget without --tag is for everything, and one for a tag counts beside it.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 500 --per month',
		'<%= config.bin %> <%= command.id %> 120 --per total --tag client=acme',
	];

	static override capabilities = ['credentials'] as const;

	static override args = {
		units: Args.custom<number>({
			description: 'units at most',
			ignoreStdin: true,
			parse: decimalNumber('units', 0, 1e9, 'invalid_units'),
		})({required: true}),
	};
	static override flags = {
		per: periodFlag({default: 'month'}),
		tag: oneTagFlag,
		...accountFlags,
	};

	async run(): Promise<Documents['cost budget set']> {
		const {args, flags} = await this.parse(CostBudgetSet);
		const budget = {units: args.units, per: flags.per, ...(flags.tag && {tag: flags.tag})};
		const report = await setBudget(await this.session(flags), budget);
		return {success: true, budget: budgetRow(report)};
	}
}
