import {BatchCommand, manifestArg, planFlags} from '../../cli/batch/batch-command.js';
import type {Documents} from '../../cli/documents.js';
import {csvFlag, verboseFlag} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';

const {'unit-price': _, 'image-unit-price': __, ...flags} = planFlags;

export default class BatchStatus extends BatchCommand<Documents['batch status']> {
	static override description = `Show the state of a batch.

Reads the state file and the journal, and looks up only tasks that are not known to be finished, many in one request. Nothing is submitted or saved. An unsaved shot has succeeded, and the next kling batch run saves it.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> shots.csv --human',
		'<%= config.bin %> <%= command.id %> shots.csv --query states',
		'<%= config.bin %> <%= command.id %> shots.csv --csv > status.csv',
	];

	static override capabilities = ['credentials', 'requests', 'lookup'] as const;

	static override args = {file: manifestArg};
	static override flags = {csv: csvFlag, ...flags, verbose: verboseFlag('add the external ids')};

	async run(): Promise<Documents['batch status'] | undefined> {
		const {args, flags: given} = await this.parse(BatchStatus);
		checkCsv(given);
		const plan = await this.plan(args.file, given, {needsAccount: false});
		if (plan.problems.length > 0) {
			this.notes.line(
				`Warning: ${args.file} has problems, and the rows with problems are not shown: kling batch plan ${args.file}`,
			);
		}
		const {lookUpRunning, statusColumns, statusDocument} = await import('../../lib/batch/status.js');
		const isRunning = plan.jobs.some(({state}) => state === 'running');
		const found = isRunning ? await lookUpRunning(await this.session(given), plan.jobs) : new Map();
		const document = statusDocument(plan, found, given.verbose || given.csv);
		return given.csv ? printCsv(this.context, document.shots, statusColumns) : document;
	}
}
