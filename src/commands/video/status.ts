import {accountFlags, concurrencyFlag, taskIdsArg, typeFlag, verboseFlag} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {namesMany, readIds} from '../../cli/task-ids.js';
import {type TaskName, typeInfo} from '../../lib/task-types/registry.js';
import {chooseTask} from '../../lib/tasks/resolve-task.js';
import {statusDocument} from '../../lib/tasks/results.js';
import type {Session} from '../../lib/tasks/task-context.js';

export default class VideoStatus extends TaskCommand {
	static override description = `Show how tasks are doing.

A task is submitted, processing, succeed or failed. A failed task is an error document, exit 3. Several tasks give one line of JSON each, and the highest of their exit statuses.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000000000101',
		'<%= config.bin %> <%= command.id %> 900000000000000501 --type add-sound --verbose',
		'<%= config.bin %> <%= command.id %> @last',
	];

	static override args = {task_id: taskIdsArg};
	static override flags = {
		type: typeFlag(),
		verbose: verboseFlag('add the links and all else that is known'),
		concurrency: concurrencyFlag(),
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(VideoStatus);
		const session = await this.session(flags);
		const status = (id: string) => look(session, id, flags.type, flags.verbose);
		if (!namesMany(args.task_id)) {
			return look(session, args.task_id[0] ?? '', flags.type, this.tellsAll(flags));
		}
		const {default: pLimit} = await import('p-limit');
		const limit = pLimit(flags.concurrency);
		return this.forEach(await readIds(args.task_id), (id) => limit(() => status(id)));
	}
}

async function look(
	session: Session,
	id: string,
	givenType: TaskName | undefined,
	verbose: boolean,
): Promise<object> {
	const {id: taskId, type} = await chooseTask(session, id, givenType);
	const task = await session.client.getTask(typeInfo(type).path, taskId);
	await session.journal.saw(type, task);
	return statusDocument(task, type, verbose);
}
