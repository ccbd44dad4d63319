import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {wholeNumber} from '../../cli/flags/parsers.js';
import {accountFlags, csvFlag} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import {listPacks, packColumns, packRow} from '../../lib/account/packs.js';

export default class AccountCosts extends TaskCommand<Documents['account costs']> {
	static override description = `List resource packs: what was in them, what is left, and when they expire.

Kling's figures are up to 12 hours old. It allows one such request per second, so a second one waits. A pack is toBeOnline, online, expired or runOut, and is for one kind of product.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --days 365 --human',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = {
		csv: csvFlag,
		days: Flags.custom<number>({
			helpValue: 'NUMBER',
			description: 'how far back to look, 1-365',
			default: 30,
			parse: wholeNumber('days', 1, 365, 'invalid_days'),
		})(),
		...accountFlags,
	};

	async run(): Promise<Documents['account costs'] | undefined> {
		const {flags} = await this.parse(AccountCosts);
		checkCsv(flags);
		const {days} = flags;
		const {cacheDir: cacheFolder} = this.config;
		const packs = await listPacks(await this.client(flags), {days, cacheFolder, clock: this.clock});
		const more = this.showsAll({verbose: false});
		const rows = packs.map((pack) => packRow(pack, more));
		if (flags.csv) return printCsv(this.context, rows, packColumns);
		return {success: true, packs: rows, count: rows.length};
	}
}
