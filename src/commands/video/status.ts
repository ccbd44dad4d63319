import type {Documents} from '../../cli/documents.js';
import {taskIdsArg} from '../../cli/flags/id-args.js';
import {accountFlags, concurrencyFlag, typeFlag, verboseFlag} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {namesMany, readIds} from '../../cli/task-ids.js';
import {createBatchLookUp} from '../../lib/tasks/batch-lookup.js';
import type {LookUp} from '../../lib/tasks/fetch-task.js';
import {getTask} from '../../lib/tasks/get-task.js';
import {statusDocument} from '../../lib/tasks/results.js';

export default class VideoStatus extends TaskCommand<Documents['video status']> {
	static override description = `Show the status of tasks.

A task is submitted, processing, succeed or failed. A failed task is an error document, exit 3. Several tasks print one line of JSON each; the exit status is the highest of theirs.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000000000101',
		'<%= config.bin %> <%= command.id %> 900000000000000501 --type add-sound --verbose',
		'<%= config.bin %> <%= command.id %> @last',
	];

	static override capabilities = ['credentials', 'requests', 'lookup'] as const;

	static override args = {task_id: taskIdsArg};
	static override flags = {
		type: typeFlag(),
		verbose: verboseFlag('add the links and everything else that is known'),
		concurrency: concurrencyFlag(),
		...accountFlags,
	};

	async run(): Promise<Documents['video status'] | undefined> {
		const {args, flags} = await this.parse(VideoStatus);
		const session = await this.session(flags);
		const status = async (id: string, verbose: boolean, lookUp?: LookUp) => {
			const {task, type} = await getTask(session, id, flags.type, lookUp);
			return statusDocument(task, type, verbose);
		};
		if (!namesMany(args.task_id)) {
			return status(args.task_id[0] ?? '', this.showsAll(flags));
		}
		const {default: pLimit} = await import('p-limit');
		const limit = pLimit(flags.concurrency);
		const lookUp = createBatchLookUp(session, limit);
		return this.forEach(await readIds(args.task_id, this.notes), (id) => status(id, flags.verbose, lookUp));
	}
}
