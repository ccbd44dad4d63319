import path from 'node:path';
import {accountFlags, checkCsv, csvFlag, Flags, printCsv, unitPriceFlags, writtenPath} from 'kling-cli';
import {FarmCommand, queueFlag} from '../../farm-command.js';

export default class FarmReport extends FarmCommand {
	static description = `List what the workers made and what it cost, as \`kling batch report\` does.

Each task is a row, including earlier attempts. units is what Kling billed; a failed task is not billed. by_tag has the sums for each tag.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1 --human',
		'<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1 --batch shots --csv > invoice.csv',
	];

	static flags = {
		...queueFlag,
		batch: Flags.string({
			helpValue: 'NAME',
			description: 'only this batch; default: all batches in the queue',
		}),
		output: Flags.string({
			char: 'o',
			parse: writtenPath('output'),
			helpValue: 'FOLDER',
			description: 'folder of the workers, put in front of file names; default: names are relative to it',
		}),
		csv: csvFlag,
		...unitPriceFlags,
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FarmReport);
		checkCsv(flags);
		return this.withFarm(flags, async (farm, account) => {
			const {allJobs, linesOf} = await import('../../queue/jobs.js');
			const jobs = (await allJobs(farm, account)).filter(
				({carried}) => flags.batch === undefined || carried.batch === flags.batch,
			);
			const lines = jobs.flatMap(({job}) => linesOf(job));
			const {report, columns} = await this.reportOf(lines, path.resolve(flags.output ?? '.'), flags);
			const {rows: found, ...sums} = report;
			const rows = flags.output === undefined ? found.map(belowFolder) : found;
			const batches = [...new Set(jobs.map(({carried}) => carried.batch))];
			if (!flags.csv) return {success: true, ...sums, batch: batches.join(', '), rows: rows.map(defined)};
			const dated = rows.map((row) => ({
				...row,
				submitted_at: row.submitted_at === undefined ? undefined : new Date(row.submitted_at).toISOString(),
			}));
			return printCsv(this.context, dated, columns);
		});
	}
}

const defined = (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

/** Only the workers know in which folder they saved a file. */
function belowFolder(row) {
	const relative = path.relative('.', row.file ?? '');
	return relative === '' || relative.startsWith('..') ? row : {...row, file: relative};
}
