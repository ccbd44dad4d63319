import {Flags} from '@oclif/core';
import {coded} from '../../cli/flags/facts.js';
import {accountFlags, csvFlag, decimalNumber, durationMs} from '../../cli/flags/shared.js';
import {checkCsv, csvStream, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import {costColumns, groupings, reportCosts} from '../../lib/cost/report.js';

/** USD. Source: docs/kling-api.md §14. */
const usualUnitPrice = 0.14;

export default class CostReport extends TaskCommand {
	static override description = `Add up what was spent: estimated, billed, and the difference.

Reads the journal of this machine and sends nothing. estimated_units is what the price list said at the submission, billed_units what Kling took, as far as this machine has seen the end of a task: kling video reconcile looks up those that are open. A task with several tags counts for each of them, and once in total. money is what was billed, and the estimate of what is open, times --unit-price.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --by tag --since 30d --human',
		'<%= config.bin %> <%= command.id %> --by day --csv > costs.csv',
		"<%= config.bin %> <%= command.id %> --query 'total.billed_units'",
	];

	static override capabilities = ['credentials'] as const;

	static override flags = {
		by: Flags.option({options: groupings, description: 'what to add up by'})(),
		since: Flags.custom<number>({
			helpValue: 'SPAN',
			description: 'only what was submitted within this time, such as 30d or 12h',
			parse: durationMs('since', 'invalid_since'),
		})(),
		'unit-price': coded(
			'invalid_units',
			Flags.custom<number>({
				helpValue: 'MONEY',
				description: 'what a unit costs you',
				default: usualUnitPrice,
				defaultHelp: async () => `${usualUnitPrice}, about what a unit of video costs in USD`,
				parse: decimalNumber('unit-price', 0, 1_000_000, 'invalid_units'),
			})(),
		),
		csv: csvFlag,
		...accountFlags,
	};

	async run() {
		this.documentStream = csvStream(this.argv);
		const {flags} = await this.parse(CostReport);
		checkCsv(flags);
		const {journal} = await this.session(flags);
		const since = flags.since === undefined ? undefined : this.clock.now() - flags.since;
		const unitPrice = flags['unit-price'];
		const {rows, total} = reportCosts(journal.newestFirst(), {by: flags.by, since, unitPrice});
		if (flags.csv) return printCsv(flags.by === undefined ? [total] : rows, costColumns);
		return {
			success: true,
			...(flags.by !== undefined && {by: flags.by, groups: rows}),
			total,
			unit_price: unitPrice,
		};
	}
}
