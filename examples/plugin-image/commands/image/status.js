import {accountFlags, findTask, KlingCommand, statusDocument, verboseFlag} from 'kling-cli';
import {taskIdArg, type} from '../../image-flags.js';

export default class ImageStatus extends KlingCommand {
	static description = 'Show how a picture task is doing.';

	static examples = ['<%= config.bin %> <%= command.id %> @last --verbose'];

	static args = {task_id: taskIdArg};

	static flags = {verbose: verboseFlag('add the links and everything else that is known'), ...accountFlags};

	async run() {
		const {args, flags} = await this.parse(ImageStatus);
		const task = await findTask(await this.session(flags), type, args.task_id);
		return statusDocument(task, type, flags.verbose);
	}
}
