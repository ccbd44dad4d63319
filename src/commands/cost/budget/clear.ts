import type {Documents} from '../../../cli/documents.js';
import {oneTagFlag, packFlag, periodFlag} from '../../../cli/flags/budget.js';
import {accountFlags} from '../../../cli/flags/shared.js';
import {TaskCommand} from '../../../cli/task-command.js';
import {clearBudgets} from '../../../lib/cost/budget.js';

export default class CostBudgetClear extends TaskCommand<Documents['cost budget clear']> {
	static override description = `Remove budgets: all of them, or those of a period, a kind of units or a tag.

Nothing limits submissions then.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --per month --tag client=acme',
	];

	static override capabilities = ['credentials'] as const;

	static override flags = {
		per: periodFlag({description: 'only those of this period'}),
		pack: packFlag({description: 'only those of this kind of units'}),
		tag: oneTagFlag,
		...accountFlags,
	};

	async run(): Promise<Documents['cost budget clear']> {
		const {flags} = await this.parse(CostBudgetClear);
		const removed = await clearBudgets(await this.session(flags), flags);
		return {success: true, removed: removed.length};
	}
}
