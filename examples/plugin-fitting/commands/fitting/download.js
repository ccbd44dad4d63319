import {accountFlags, downloadResult, Flags, findTask, KlingCommand} from 'kling-cli';
import {taskIdArg, type} from '../../fitting-flags.js';

export default class FittingDownload extends KlingCommand {
	static description = 'Download the picture of a finished fitting.';

	static examples = [
		'<%= config.bin %> <%= command.id %> @last -o fitted.png',
		"<%= config.bin %> <%= command.id %> @last -o 'fitted/{task_id}.{ext}'",
	];

	static args = {task_id: taskIdArg};

	static flags = {
		output: Flags.string({
			char: 'o',
			helpValue: 'PATH',
			description: 'file or folder, which may hold {task_id} {index} {date} {ext}',
			required: true,
		}),
		force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(FittingDownload);
		const session = await this.session(flags);
		const task = await findTask(session, type, args.task_id);
		const {file} = await downloadResult(session, type, task, flags);
		return {success: true, task_id: task.id, file};
	}
}
