import type {Documents} from '../../cli/documents.js';
import {accountFlags, csvFlag} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import {listPacks, packColumns, packRow} from '../../lib/account/packs.js';

export default class AccountBalance extends TaskCommand<Documents['account balance']> {
	static override description = `Show what you can spend: the packs that are online.

The pack that expires soonest comes first. Each pack is for one kind of product, so nothing is added up. Kling's figures are up to 12 hours old. A postpaid account has no packs.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		"<%= config.bin %> <%= command.id %> --query 'packs[].remaining'",
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = {csv: csvFlag, ...accountFlags};

	async run(): Promise<Documents['account balance'] | undefined> {
		const {flags} = await this.parse(AccountBalance);
		checkCsv(flags);
		const {cacheDir: cacheFolder} = this.config;
		const packs = await listPacks(await this.client(flags), {
			days: maxDays,
			cacheFolder,
			clock: this.clock,
		});
		const online = packs
			.filter(({status}) => status === 'online')
			.sort((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity));
		if (online.length === 0)
			this.notes.line('No pack is online; see all of them: kling account costs --days 365');
		const more = this.showsAll({verbose: false});
		const rows = online.map((pack) => packRow(pack, more));
		if (flags.csv) return printCsv(this.context, rows, packColumns);
		return {success: true, packs: rows, count: rows.length};
	}
}

/** A pack bought a year ago may still be valid. */
const maxDays = 365;
