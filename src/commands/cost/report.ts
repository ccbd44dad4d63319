import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {accountFlags, csvFlag} from '../../cli/flags/shared.js';
import {sinceFlag} from '../../cli/flags/since.js';
import {unitPriceFlags, unitPrices} from '../../cli/flags/unit-prices.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import type {LedgerReport} from '../../lib/cost/ledger.js';
import {costColumns, groupings, reportCosts} from '../../lib/cost/report.js';
import type {Session} from '../../lib/tasks/task-context.js';

/** How far back the ledger is read unless --since is given. */
const defaultSpanMs = 30 * 86_400_000;

export default class CostReport extends TaskCommand<Documents['cost report']> {
	static override description = `Add up what was spent: estimated, billed, and the difference.

Reads the journal of this machine, and sends nothing without --from-ledger. estimated_units is what the price list said at the submission, billed_units what Kling charged, as far as this machine has seen the end of a task: kling video reconcile looks up those that are open. A task with several tags counts for each of them, and once in total. Pictures cost units of their own kind, which are worth less: they have rows of their own, with pack image, and are never added to those of videos. money is what was billed, and the estimate of what is open, times --unit-price or --image-unit-price. --from-ledger asks Kling, free, what the account was charged within --since, or 30 days: unknown are tasks that this machine did not submit, different are those for which Kling reported another number of units. Kling's ledger lags behind.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --by tag --since 30d --human',
		'<%= config.bin %> <%= command.id %> --by day --csv > costs.csv',
		"<%= config.bin %> <%= command.id %> --query 'total.billed_units'",
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = {
		by: Flags.option({options: groupings, description: 'group the sums by this'})(),
		since: sinceFlag('what was submitted'),
		'from-ledger': Flags.boolean({
			description: "compare with the account's ledger, and list what the journal does not know",
		}),
		...unitPriceFlags,
		csv: csvFlag,
		...accountFlags,
	};

	async run(): Promise<Documents['cost report'] | undefined> {
		const {flags} = await this.parse(CostReport);
		checkCsv(flags);
		const session = await this.session(flags);
		const {journal} = session;
		const since = flags.since?.(this.clock.now());
		const unitPrice = unitPrices(flags);
		const packOf = (type: string) => this.types.packOf(type);
		const {rows, total} = reportCosts(journal.newestFirst(), {by: flags.by, since, unitPrice, packOf});
		if (flags.csv) return printCsv(this.context, rows, costColumns);
		return {
			success: true,
			...(flags.by !== undefined && {by: flags.by, groups: rows}),
			total,
			...(flags['from-ledger'] && {ledger: await this.ledger(session, since)}),
			unit_price: unitPrice.video,
			image_unit_price: unitPrice.image,
		};
	}

	private async ledger({client, journal}: Session, since: number | undefined): Promise<LedgerReport> {
		const {compareWithLedger} = await import('../../lib/cost/ledger.js');
		const to = this.clock.now();
		return compareWithLedger(client, journal, {
			...{from: since ?? to - defaultSpanMs, to},
			packOf: (type) => this.types.packOf(type),
		});
	}
}
