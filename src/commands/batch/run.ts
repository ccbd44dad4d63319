import {manifestArg} from '../../cli/batch/batch-command.js';
import {RunCommand, runFlags} from '../../cli/batch/run-command.js';

export default class BatchRun extends RunCommand {
	static override description = `Make all shots of a list, and save them.

Plans first, and submits nothing if a row would not work. Then it asks once, and keeps the slots of the account busy until all shots are saved. Whatever stops it, the same line resumes it and pays for nothing twice: each task is named after the batch, the shot, the take and the content of the row. An edited row is a new task; its earlier file is kept as NAME.earlier-1. A failed shot does not stop the others; kling batch retry submits it again. The state is in FILE.state.ndjson beside the list.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> shots.csv --yes',
		"<%= config.bin %> <%= command.id %> shots.yaml --yes --max-units 200 -o 'clips/{id}-{take}.{ext}'",
		"<%= config.bin %> <%= command.id %> shots.csv --yes --only 's1*' --jobs 3 --events run.ndjson",
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = {file: manifestArg};
	static override flags = runFlags;

	async run() {
		const {args, flags, raw} = await this.parse(BatchRun);
		return this.runPlan(args.file, flags, raw);
	}
}
