import path from 'node:path';
import {KlingCommand} from '../../cli/base-command.js';
import {manifestArg, manifestPath} from '../../cli/batch/batch-command.js';
import type {Documents} from '../../cli/documents.js';
import {csvFlag} from '../../cli/flags/shared.js';
import {unitPriceFlags, unitPrices} from '../../cli/flags/unit-prices.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {definedOnly, KlingError} from '../../lib/errors/kling-error.js';

export default class BatchReport extends KlingCommand<Documents['batch report']> {
	static override description = `List what a batch made and what it cost.

Reads the state file beside the list, and sends nothing. Each task is a row, including earlier versions and retries. units is what Kling billed; a failed task is not billed. Pictures cost units of their own kind: image_units in sums, and pack image in rows. usd is the money for both. by_tag has the sums for each tag.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> shots.csv --human',
		'<%= config.bin %> <%= command.id %> shots.csv --csv > invoice.csv',
		"<%= config.bin %> <%= command.id %> shots.csv --unit-price 0.12 --query 'by_tag'",
	];

	static override capabilities = [] as const;

	static override args = {file: manifestArg};
	static override flags = {
		csv: csvFlag,
		...unitPriceFlags,
	};

	async run(): Promise<Documents['batch report'] | undefined> {
		const {args, flags} = await this.parse(BatchReport);
		checkCsv(flags);
		const [{reportColumns, reportOf}, {readState, stateFileOf}] = await Promise.all([
			import('../../lib/batch/report.js'),
			import('../../lib/batch/state-file.js'),
		]);
		const manifest = manifestPath(args.file);
		const lines = readState(stateFileOf(manifest));
		if (lines.length === 0) {
			throw new KlingError(
				'read_error',
				`No batch of ${args.file} was run here: there is no ${stateFileOf(args.file)}`,
				{
					hint: `Run it first: kling batch run ${args.file}`,
				},
			);
		}
		const {rows, ...sums} = reportOf(lines, path.dirname(manifest), {
			unitPrice: unitPrices(flags),
			packOf: (type = 'create') => this.types.packOf(type),
		});
		if (flags.csv) return printCsv(this.context, rows, reportColumns);
		return {success: true, ...sums, rows: rows.map(definedOnly)};
	}
}
