import {accountFlags, downloadResult, Flags, findTask, KlingCommand, wholeNumber} from 'kling-cli';
import {taskIdArg, type} from '../../image-flags.js';

export default class ImageDownload extends KlingCommand {
	static description = `Download the pictures of a finished task.

All pictures are saved: fox.png, fox-2.png, and so on; with {index} in the name, by their numbers. With --index one of them is.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> @last -o fox.png',
		'<%= config.bin %> <%= command.id %> @last -o pictures/',
		"<%= config.bin %> <%= command.id %> @last --index 2 -o '{task_id}-{index}.{ext}'",
	];

	static args = {task_id: taskIdArg};

	static flags = {
		output: Flags.string({
			char: 'o',
			helpValue: 'PATH',
			description: 'file or folder, which may hold {task_id} {index} {date} {ext}',
			required: true,
		}),
		index: Flags.custom({
			helpValue: 'NUMBER',
			description: 'which picture alone, 1-9',
			defaultHelp: async () => 'all',
			parse: wholeNumber('index', 1, 9),
		})(),
		watermark: Flags.boolean({description: 'download download the watermarked copy'}),
		force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(ImageDownload);
		const session = await this.session(flags);
		const task = await findTask(session, type, args.task_id);
		const index = flags.index === undefined ? undefined : flags.index - 1;
		const {file, files} = await downloadResult(session, type, task, {...flags, index});
		return {success: true, task_id: task.id, file, files: files?.map((each) => ({file: each.file}))};
	}
}
