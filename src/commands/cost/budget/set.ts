import {Args} from '@oclif/core';
import type {Documents} from '../../../cli/documents.js';
import {oneTagFlag, packFlag, periodFlag} from '../../../cli/flags/budget.js';
import {decimalNumber} from '../../../cli/flags/parsers.js';
import {accountFlags} from '../../../cli/flags/shared.js';
import {TaskCommand} from '../../../cli/task-command.js';
import {budgetRow, setBudget} from '../../../lib/cost/budget.js';
import {packField} from '../../../lib/task-types/packs.js';

export default class CostBudgetSet extends TaskCommand<Documents['cost budget set']> {
	static override description = `Set how much may be spent on this machine with this account.

Every submission, by a command, a batch or a tool, reserves its units before anything is sent. Beyond the budget it ends with exit 7, budget_exceeded, and nothing is sent. When a task finishes, its actual cost counts instead. Tasks already submitted in the current period count as well. A request with an unknown price is refused unless you add --allow-unknown-price. A budget without --tag is for all tasks; a budget for a tag applies in addition. Pictures cost units of their own kind: a budget is for the units of videos unless you add --pack image, and the other kind never counts toward it.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 500 --per month',
		'<%= config.bin %> <%= command.id %> 120 --per total --tag client=acme',
		'<%= config.bin %> <%= command.id %> 2000 --per week --pack image',
	];

	static override capabilities = ['credentials'] as const;

	static override args = {
		units: Args.custom<number>({
			description: 'most units to spend',
			ignoreStdin: true,
			parse: decimalNumber('UNITS', 0, 1e9, 'invalid_units'),
		})({required: true}),
	};
	static override flags = {
		per: periodFlag({default: 'month'}),
		pack: packFlag({
			default: 'video',
			description: 'kind of units: video also pays for sound, image for pictures',
		}),
		tag: oneTagFlag,
		...accountFlags,
	};

	async run(): Promise<Documents['cost budget set']> {
		const {args, flags} = await this.parse(CostBudgetSet);
		const {per, pack, tag} = flags;
		const budget = {units: args.units, ...packField(pack), per, ...(tag && {tag})};
		const report = await setBudget(await this.session(flags), budget);
		return {success: true, budget: budgetRow(report)};
	}
}
