import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {durationMs} from '../../cli/flags/parsers.js';
import {accountFlags, csvFlag} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';

const dayMs = 86_400_000;

export default class AccountLedger extends TaskCommand<Documents['account ledger']> {
	static override description = `List what the account was charged for, newest first.

Sends free requests. Units for videos and units for pictures are counted separately: a unit for pictures is worth a fraction of one for videos. --by adds up by day, model, key of the account, or product; --cash shows what was paid from the balance instead. Kling's ledger lags behind.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --since 7d',
		'<%= config.bin %> <%= command.id %> --by model --human',
		'<%= config.bin %> <%= command.id %> --since 24h --csv > ledger.csv',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = {
		since: Flags.custom<number>({
			helpValue: 'SPAN',
			description: 'how far back, such as 7d or 12h',
			default: 30 * dayMs,
			defaultHelp: async () => '30d',
			parse: durationMs('since', 'invalid_since'),
		})(),
		by: Flags.option({options: ['day', 'model', 'key', 'product'] as const, description: 'add up by this'})(),
		cash: Flags.boolean({description: 'what was paid from the balance, in money'}),
		csv: csvFlag,
		...accountFlags,
	};

	async run(): Promise<Documents['account ledger'] | undefined> {
		const {flags} = await this.parse(AccountLedger);
		checkCsv(flags);
		const [{fetchLedger}, {ledgerColumns, ledgerRows}] = await Promise.all([
			import('../../lib/cost/ledger.js'),
			import('../../lib/cost/ledger-rows.js'),
		]);
		const to = this.clock.now();
		const range = {from: to - flags.since, to};
		const deductions = await fetchLedger(await this.client(flags), range, flags.cash ? 'balance' : 'package');
		const rows = ledgerRows(deductions, {by: flags.by, cash: flags.cash});
		if (flags.csv) return printCsv(this.context, rows, ledgerColumns({by: flags.by, cash: flags.cash}));
		return {success: true, rows, count: rows.length};
	}
}
