import {Flags} from '@oclif/core';
import {KlingCommand} from '../../base-command.js';
import {regionFlag, taskIdArg, typeFlag, verboseFlag} from '../../flags.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {downloadFile, downloadTo} from '../../lib/media/download.js';
import {resolveOutputPath, standardOutput} from '../../lib/media/output-path.js';
import {resultUrl} from '../../lib/tasks/results.js';
import {type ResultFormat, resultFormats, type TaskType, taskTypes} from '../../lib/tasks/task-types.js';

export default class VideoDownload extends KlingCommand {
	static override description = `Download the video or audio of a finished task.

The file is complete and checked when it appears at its path; if anything goes wrong, the path is left as it was. Kling deletes results 30 days after the task. With -o - the bytes go to stdout, and the JSON document to stderr.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o fox.mp4',
		'<%= config.bin %> <%= command.id %> 900000000000000501 --type add-sound --format mp3 -o fox.mp3',
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o - | ffplay -',
	];

	static override args = {task_id: taskIdArg};
	static override flags = {
		output: Flags.string({
			char: 'o',
			helpValue: 'PATH',
			description: 'file to write, or a folder to write <task_id>.<ext> in, or - for stdout',
			required: true,
		}),
		type: typeFlag(),
		format: Flags.custom<ResultFormat>({
			description: 'what to download; mp3 and wav are for add-sound tasks only',
			options: [...resultFormats],
			default: 'video',
		})(),
		watermark: Flags.boolean({description: 'the watermarked copy'}),
		force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
		region: regionFlag,
		verbose: verboseFlag('add size, checksum and whether the download was resumed'),
	};

	async run() {
		const {args, flags} = await this.parse(VideoDownload);
		const {output, type, format, watermark, force, verbose} = flags;
		const toStdout = output === standardOutput;
		if (toStdout) this.documentStream = process.stderr;
		checkCombination(type, format, watermark);
		if (output.trim() === '') throw new KlingError('missing_output', '--output is empty');
		const file = toStdout ? output : await resolveOutputPath({output, taskId: args.task_id, format, force});

		const client = await this.client(flags);
		const task = await client.getTask(taskTypes[type].path, args.task_id);
		const url = resultUrl(task, format, watermark);

		const progress = this.notes.transfer(`Downloading ${task.id}`);
		const transfer = {
			onProgress: progress.update,
			signal: this.interruption(`Nothing was left at ${file}; run the command again.`),
		};
		const done = await (toStdout
			? downloadTo(url, process.stdout, transfer)
			: downloadFile(url, {...transfer, file, format, force, clock: this.clock})
		).finally(() => progress.done());
		return {
			success: true,
			task_id: task.id,
			file,
			...(verbose && {bytes: done.bytes, resumed: false, sha256: done.sha256}),
		};
	}
}

function checkCombination(type: TaskType, format: ResultFormat, watermark: boolean): void {
	const formats: readonly ResultFormat[] = taskTypes[type].formats;
	if (!formats.includes(format)) {
		throw new KlingError(
			'invalid_format',
			`--format ${format} does not exist for --type ${type}: ${formats.join(', ')}`,
		);
	}
	if (watermark && format !== 'video') {
		throw new KlingError('conflicting_input', `--watermark is for videos; --format is ${format}`, {
			hint: 'Leave out --watermark or --format.',
		});
	}
}
