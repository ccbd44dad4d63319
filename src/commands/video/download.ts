import {Flags, type Interfaces} from '@oclif/core';
import {
	accountFlags,
	byteRate,
	concurrencyFlag,
	taskIdsArg,
	typeFlag,
	verboseFlag,
	waitFlags,
	wholeNumber,
} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {namesMany, readIds} from '../../cli/task-ids.js';
import {standardOutput} from '../../lib/downloads/output-path.js';
import {createPace, type Pace} from '../../lib/downloads/rate-limit.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {type ResultFormat, resultFormats} from '../../lib/media/result-format.js';
import {mainFormat, type TaskName, typeInfo} from '../../lib/task-types/registry.js';
import {createLookUp, type LookUp} from '../../lib/tasks/batch-lookup.js';
import {createPlaces, filesOf, type Places} from '../../lib/tasks/destinations.js';
import {
	downloadCommand,
	type FetchedResult,
	fetchResult,
	usualConnections,
} from '../../lib/tasks/download-result.js';
import type {Limit} from '../../lib/tasks/poll.js';
import {chooseTask} from '../../lib/tasks/resolve-task.js';
import {fileFields, requireSuccess} from '../../lib/tasks/results.js';
import type {Session} from '../../lib/tasks/task-context.js';
import {followTask} from '../../lib/tasks/wait-with-progress.js';

export default class VideoDownload extends TaskCommand {
	static override description = `Download the video or audio of a finished task.

The file is complete and checked when it appears at its path; if anything goes wrong, the path is left as it was. What came so far is then kept beside it in FILE.part, and the same command goes on with it. Kling deletes results 30 days after the task. With -o - the bytes go to stdout, and the JSON document to stderr. Of a task with several pictures all are saved: fox.png, fox-2.png, and so on; with {index} in the name, by their numbers.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o fox.mp4',
		'<%= config.bin %> <%= command.id %> 900000000000000501 --type add-sound --format mp3 -o fox.mp3',
		"<%= config.bin %> <%= command.id %> 900000000000000101 900000000000000102 -o 'clips/{date}-{task_id}.{ext}' --skip-existing",
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o - | ffplay -',
	];

	static override args = {task_id: taskIdsArg};
	static override flags = {
		output: Flags.string({
			char: 'o',
			helpValue: 'PATH',
			description:
				'file to write, which may hold {task_id} {video_id} {type} {index} {date} {ext}; or a folder to write <task_id>.<ext> in; or - for stdout',
			required: true,
		}),
		type: typeFlag(),
		format: Flags.custom<ResultFormat>({
			description:
				'what to download; mp3 and wav are for add-sound tasks only, image is for types of plugins',
			options: [...resultFormats],
			defaultHelp: async () => 'video, or what the type makes',
		})(),
		watermark: Flags.boolean({description: 'the watermarked copy'}),
		force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
		'skip-existing': Flags.boolean({
			description: 'leave a file that is there as it is, and succeed',
		}),
		connections: Flags.custom<number>({
			helpValue: 'NUMBER',
			description: 'most connections for one file, 1-16; more than one only where that is faster',
			default: usualConnections,
			parse: wholeNumber('connections', 1, 16, 'invalid_connections'),
		})(),
		'limit-rate': Flags.custom<number>({
			helpValue: 'SPEED',
			description: 'most bytes a second for the whole command, such as 500K or 5M',
			parse: byteRate('limit-rate', 'invalid_rate'),
		})(),
		wait: Flags.boolean({char: 'w', description: 'wait until the task has ended'}),
		timeout: waitFlags.timeout(),
		interval: waitFlags.interval(),
		// A transfer waits for the network more than a look-up does.
		concurrency: concurrencyFlag({default: 16}),
		...accountFlags,
		verbose: verboseFlag('add size, checksum, seconds, and whether the download was resumed or skipped'),
	};

	async run() {
		const {args, flags} = await this.parse(VideoDownload);
		const {output, format, force} = flags;
		if (output === standardOutput) this.documentStream = process.stderr;
		if (output.trim() === '') throw new KlingError('missing_output', '--output is empty');
		const many = namesMany(args.task_id);
		const skipExisting = flags['skip-existing'];
		if (skipExisting && force) {
			throw new KlingError('conflicting_input', '--skip-existing and --force exclude each other');
		}
		// What is wrong with the output is told before stdin is read.
		const placesFor = (count: number | undefined) =>
			createPlaces({output, format, force, skipExisting, count, clock: this.clock});
		const places = await placesFor(many ? args.task_id.length : undefined);
		const rate = flags['limit-rate'];
		const pace = rate === undefined ? undefined : createPace(rate, this.clock);
		const session = await this.session(flags);
		if (!many) return download(session, args.task_id[0] ?? '', flags, {places, index: 0, pace});
		const {default: pLimit} = await import('p-limit');
		const limit = pLimit(flags.concurrency);
		const ids = await readIds(args.task_id);
		const lookUp = createLookUp(session.client, ids.length);
		const all = {places: await placesFor(ids.length), pace, limit, lookUp};
		const indexOf = new Map(ids.map((id, index) => [id, index]));
		const one = (id: string) => download(session, id, flags, {...all, index: indexOf.get(id) ?? 0});
		return this.forEach(ids, one, {isBusy: true});
	}
}

type DownloadFlags = Interfaces.InferredFlags<typeof VideoDownload.flags>;

/** What the downloads of a command share, and what tells one from another. */
interface Surroundings {
	places: Places;
	/** Of the task in the command, from 0. */
	index: number;
	pace: Pace | undefined;
	/** Runs a request when there is room for it; waiting takes no room. */
	limit?: Limit;
	lookUp?: LookUp;
}

async function download(
	session: Session,
	id: string,
	flags: DownloadFlags,
	{
		places,
		index,
		pace,
		limit = (request) => request(),
		lookUp = createLookUp(session.client, 1),
	}: Surroundings,
): Promise<object> {
	const {output, watermark, force, connections, verbose, timeout, interval} = flags;
	const chosen = await chooseTask(session, id, flags.type);
	const {type} = chosen;
	const format = flags.format ?? mainFormat(type);
	checkCombination(type, format, watermark);
	const toStdout = output === standardOutput;
	const early = toStdout ? undefined : await places.early(chosen.id, type, index);
	// Of several pictures, others may be missing.
	if (early?.isThere && format !== 'image') return skipped(chosen.id, early.file, verbose);

	const task = flags.wait
		? await followTask(session, chosen, {
				timeoutMs: timeout,
				intervalMs: interval,
				limit,
				resume: downloadCommand(session, chosen, {...flags, type, format, wait: true}),
			})
		: await limit(() => lookUp(chosen));
	await session.journal.saw(type, task);
	// What became of the task comes before what its file would be called.
	requireSuccess(task);
	const count = filesOf(task, format);
	const fetch = {type, format, watermark, force, connections, pace, checksum: verbose};
	if (toStdout) {
		if (count > 1) throw tooManyForStdout(task.id, count);
		const fetched = await limit(() => fetchResult(session, task, {...fetch, target: process.stdout}));
		return {success: true, task_id: task.id, file: output, ...(verbose && factsOf(fetched))};
	}
	const files: {file: string}[] = [];
	for (const [at, {file, isThere}] of (await places.all(task, type, index)).entries()) {
		const request = {...fetch, target: file, index: at, ...(count > 1 && {output})};
		const told = isThere ? {skipped: true} : factsOf(await limit(() => fetchResult(session, task, request)));
		files.push({file, ...(verbose && told)});
	}
	return {success: true, task_id: task.id, ...fileFields(files)};
}

const factsOf = ({bytes, resumed, sha256, seconds}: FetchedResult) => ({bytes, resumed, sha256, seconds});

const skipped = (taskId: string, file: string, verbose: boolean) => ({
	success: true,
	task_id: taskId,
	file,
	...(verbose && {skipped: true}),
});

const tooManyForStdout = (taskId: string, count: number) =>
	new KlingError('conflicting_input', `Task ${taskId} has ${count} pictures, and -o - takes one file`, {
		task_id: taskId,
		hint: 'Save them all with -o FOLDER/ or -o NAME.png.',
	});

function checkCombination(type: TaskName, format: ResultFormat, watermark: boolean): void {
	const {formats} = typeInfo(type);
	if (!formats.includes(format)) {
		throw new KlingError(
			'invalid_format',
			`--format ${format} does not exist for --type ${type}: ${formats.join(', ')}`,
		);
	}
	if (watermark && format !== 'video' && format !== 'image') {
		throw new KlingError('conflicting_input', `--watermark is for videos; --format is ${format}`, {
			hint: 'Leave out --watermark or --format.',
		});
	}
}
