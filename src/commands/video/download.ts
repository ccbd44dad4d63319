import {Flags, type Interfaces} from '@oclif/core';
import {KlingCommand} from '../../base-command.js';
import {concurrencyFlag, regionFlag, taskIdsArg, typeFlag, verboseFlag, waitFlags} from '../../flags.js';
import {namesMany, readIds} from '../../ids.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {isFolder, resolveOutputPath, standardOutput} from '../../lib/media/output-path.js';
import {pathWord} from '../../lib/output/shell.js';
import {type ChosenTask, chooseTask} from '../../lib/tasks/choose.js';
import {fetchResult} from '../../lib/tasks/fetch-result.js';
import {followTask} from '../../lib/tasks/follow.js';
import type {Session} from '../../lib/tasks/session.js';
import {type ResultFormat, resultFormats, type TaskType, taskTypes} from '../../lib/tasks/task-types.js';
import type {Limit} from '../../lib/tasks/wait.js';

export default class VideoDownload extends KlingCommand {
	static override description = `Download the video or audio of a finished task.

The file is complete and checked when it appears at its path; if anything goes wrong, the path is left as it was. Kling deletes results 30 days after the task. With -o - the bytes go to stdout, and the JSON document to stderr.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o fox.mp4',
		'<%= config.bin %> <%= command.id %> 900000000000000501 --type add-sound --format mp3 -o fox.mp3',
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o - | ffplay -',
	];

	static override args = {task_id: taskIdsArg};
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
		wait: Flags.boolean({char: 'w', description: 'wait until the task has ended'}),
		timeout: waitFlags.timeout(),
		interval: waitFlags.interval(),
		concurrency: concurrencyFlag(),
		region: regionFlag,
		verbose: verboseFlag('add size, checksum and whether the download was resumed'),
	};

	async run() {
		const {args, flags} = await this.parse(VideoDownload);
		const {output} = flags;
		if (output === standardOutput) this.documentStream = process.stderr;
		if (output.trim() === '') throw new KlingError('missing_output', '--output is empty');
		const many = namesMany(args.task_id);
		if (many && !(await isFolder(output))) {
			throw new KlingError('conflicting_input', `--output ${output} is one file, for several tasks`, {
				hint: 'Give an existing folder, or a name that ends in /.',
			});
		}
		const session = await this.session(flags);
		if (!many) return download(session, args.task_id[0] ?? '', flags);
		const {default: pLimit} = await import('p-limit');
		const limit = pLimit(flags.concurrency);
		return this.forEach(await readIds(args.task_id), (id) => download(session, id, flags, limit));
	}
}

type DownloadFlags = Interfaces.InferredFlags<typeof VideoDownload.flags>;

/** @param limit runs a request when there is room for it; waiting takes no room */
async function download(
	session: Session,
	id: string,
	flags: DownloadFlags,
	limit: Limit = (request) => request(),
): Promise<object> {
	const {output, format, watermark, force, verbose, timeout, interval} = flags;
	const chosen = await chooseTask(session, id, flags.type);
	checkCombination(chosen.type, format, watermark);
	const toStdout = output === standardOutput;
	const file = toStdout ? output : await resolveOutputPath({output, taskId: chosen.id, format, force});

	const task = flags.wait
		? await followTask(session, chosen, {
				timeoutMs: timeout,
				intervalMs: interval,
				limit,
				resume: session.command(...again(chosen, flags)),
			})
		: await limit(() => session.client.getTask(taskTypes[chosen.type].path, chosen.id));
	await session.journal.saw(chosen.type, task);
	const target = toStdout ? process.stdout : file;
	const done = await limit(() => fetchResult(session, task, {target, format, watermark, force}));
	return {
		success: true,
		task_id: task.id,
		file,
		...(verbose && {bytes: done.bytes, resumed: false, sha256: done.sha256}),
	};
}

/** The words that wait for a task again, and download it as the flags say. */
function again({id, type}: ChosenTask, {output, format, watermark, force}: DownloadFlags): string[] {
	const optional = [
		...(format === 'video' ? [] : ['--format', format]),
		...(watermark ? ['--watermark'] : []),
		...(force ? ['--force'] : []),
	];
	const target = output === standardOutput ? output : pathWord(output);
	return ['video', 'download', id, '--type', type, '--wait', '-o', target, ...optional];
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
