import {KlingCommand} from '../../base-command.js';
import {regionFlag, taskIdArg, typeFlag, verboseFlag} from '../../flags.js';
import {statusDocument} from '../../lib/tasks/results.js';
import {taskTypes} from '../../lib/tasks/task-types.js';

export default class VideoStatus extends KlingCommand {
	static override description = `Show how a task is doing.

A task is submitted, processing, succeed or failed. A failed task is an error document, exit 3.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000000000101',
		'<%= config.bin %> <%= command.id %> 900000000000000501 --type add-sound --verbose',
	];

	static override args = {task_id: taskIdArg};
	static override flags = {
		region: regionFlag,
		type: typeFlag(),
		verbose: verboseFlag('add the links and all else that is known'),
	};

	async run() {
		const {args, flags} = await this.parse(VideoStatus);
		const client = await this.client(flags);
		const task = await client.getTask(taskTypes[flags.type].path, args.task_id);
		return statusDocument(task, flags.type, flags.verbose);
	}
}
