import {BatchCommand, jobsFlag, manifestArg, planFlags} from '../../cli/batch/batch-command.js';
import type {Documents} from '../../cli/documents.js';
import {csvFlag} from '../../cli/flags/shared.js';
import {unitPrices} from '../../cli/flags/unit-prices.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {defaultSlots, planColumns, planRow, summarize} from '../../lib/batch/plan-summary.js';

export default class BatchPlan extends BatchCommand<Documents['batch plan']> {
	static override description = `Check a list of shots, and show what it would cost.

Checks every row with the rules of its command, and prints all problems at once with row and column. Nothing is submitted. A list is CSV as spreadsheets write it, JSONL, or YAML; its columns are the flags of the commands that make tasks, and id, type, takes, file, tags and needs. The table shows shots, tasks, units and money for each model and tag, and how long it takes. Units are estimated from the price list; those of pictures are another kind, and are never added to those of videos.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> shots.csv',
		'<%= config.bin %> <%= command.id %> shots.yaml --human',
		'<%= config.bin %> <%= command.id %> shots.yaml --csv > flat.csv',
	];

	static override capabilities = ['credentials'] as const;

	static override args = {file: manifestArg};
	static override flags = {csv: csvFlag, jobs: jobsFlag(), ...planFlags};

	async run(): Promise<Documents['batch plan'] | undefined> {
		const {args, flags} = await this.parse(BatchPlan);
		checkCsv(flags);
		const plan = await this.plan(args.file, flags, {needsAccount: false, warnsOfBudgets: true});
		this.refuseProblems(plan, args.file);
		if (flags.csv) return printCsv(this.context, plan.jobs.map(planRow), planColumns);
		return {success: true, ...summarize(plan, flags.jobs ?? defaultSlots, unitPrices(flags))};
	}
}
