import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';
import {csvFlag} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';

export default class AccountPrices extends KlingCommand<Documents['account prices']> {
	static override description = `Show what Kling charges, as far as it is known.

Sends nothing: this is the list that estimates are based on, with the date when it was read. A unit for videos is worth about 0.14 USD, one for pictures about 0.0035 USD; they are separate and never added up. What is not listed has no known price.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --human',
		'<%= config.bin %> <%= command.id %> --query "prices[?pack==\'image\']"',
		'<%= config.bin %> <%= command.id %> --csv > prices.csv',
	];

	static override capabilities = [] as const;

	static override flags = {csv: csvFlag};

	async run(): Promise<Documents['account prices'] | undefined> {
		const {flags} = await this.parse(AccountPrices);
		checkCsv(flags);
		const [{priceDate, priceList}, {usdPerUnit}] = await Promise.all([
			import('../../lib/task-types/price-list.js'),
			import('../../lib/task-types/packs.js'),
		]);
		const prices = priceList();
		if (flags.csv) {
			return printCsv(this.context, prices, ['command', 'model', 'detail', 'units', 'per', 'pack', 'usd']);
		}
		const source = "Kling's price page; see docs/kling-api.md";
		return {success: true, as_of: priceDate, source, usd_per_unit: usdPerUnit, prices, count: prices.length};
	}
}
