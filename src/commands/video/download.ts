import type {Documents} from '../../cli/documents.js';
import {downloadFlags} from '../../cli/flags/download.js';
import {taskIdsArg} from '../../cli/flags/id-args.js';
import {TaskCommand} from '../../cli/task-command.js';
import {namesMany, readIds} from '../../cli/task-ids.js';
import {standardOutput} from '../../lib/downloads/output-path.js';
import {createPace} from '../../lib/downloads/rate-limit.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {createDestinations} from '../../lib/tasks/destinations.js';
import {type DownloadRequest, downloadTask} from '../../lib/tasks/download-task.js';
import {pollTogether} from '../../lib/tasks/poll-together.js';

/** Tasks that are looked up or downloaded at a time. All others wait for their turn, because each started one takes memory. */
const startedAtOnce = (concurrency: number) => concurrency + 8;

/**
 * Files that wait for the disk: twice as many as Node flushes at a time. While there are more, and they wait long, new ones
 * would only wait in memory (docs/decisions/0132-fewer-downloads-while-the-disk-is-behind.md).
 */
const enoughForDisk = 8;

export default class VideoDownload extends TaskCommand<Documents['video download']> {
	static override description = `Download the video or audio of a finished task.

The file is complete and checked when it appears at its path; if anything goes wrong, the path is left as it was. What has arrived stays beside it in FILE.part, and the same command resumes it. Kling deletes results 30 days after the task. With -o - the bytes go to stdout, and the JSON document to stderr. If a task has several pictures, all are saved: fox.png, fox-2.png, and so on, or with {index} in the name, by number.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o fox.mp4',
		'<%= config.bin %> <%= command.id %> 900000000000000501 --type add-sound --format mp3 -o fox.mp3',
		"<%= config.bin %> <%= command.id %> 900000000000000101 900000000000000102 -o 'clips/{date}-{task_id}.{ext}' --skip-existing",
		'<%= config.bin %> <%= command.id %> 900000000000000101 -o - | ffplay -',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting'] as const;

	static override args = {task_id: taskIdsArg};
	static override flags = downloadFlags;

	async run(): Promise<Documents['video download'] | undefined> {
		const {args, flags} = await this.parse(VideoDownload);
		const {output, format, force, 'skip-existing': skipExisting, 'limit-rate': rate} = flags;
		if (output === standardOutput) this.documentStream = process.stderr;
		if (output.trim() === '') throw new KlingError('missing_output', '--output is empty');
		if (skipExisting && force) {
			throw new KlingError('conflicting_input', '--skip-existing and --force exclude each other');
		}
		const many = namesMany(args.task_id);
		const destinationsFor = (count: number | undefined) =>
			createDestinations({output, format, force, skipExisting, count, clock: this.clock, types: this.types});
		// An invalid output is reported before stdin is read.
		const destinations = destinationsFor(many ? args.task_id.length : undefined);
		const pace = rate === undefined ? undefined : createPace(rate, this.clock);
		const request: DownloadRequest = {...flags, timeoutMs: flags.timeout, intervalMs: flags.interval};
		const session = await this.session(flags);
		if (flags.sidecar) session.sidecar = true;
		if (!many) return downloadTask(session, args.task_id[0] ?? '', 0, request, {destinations, pace});
		const {default: pLimit} = await import('p-limit');
		const limit = pLimit(flags.concurrency);
		const ids = await readIds(args.task_id, this.notes);
		// Tasks that are waited for are all polled from the start.
		const once = flags.wait ? undefined : new Set(ids);
		const together = pollTogether(session, limit, once && {once, concurrency: flags.concurrency});
		const shared = {destinations: destinationsFor(ids.length), pace, limit, together};
		const indexOf = new Map(ids.map((id, index) => [id, index]));
		const one = (id: string) => downloadTask(session, id, indexOf.get(id) ?? 0, request, shared);
		if (flags.wait) return this.forEach(ids, one, 'counted');
		const {publishing} = session.network;
		return this.forEach(ids, one, 'counted', {
			atOnce: startedAtOnce(flags.concurrency),
			isBehind: () => publishing.isSlow && publishing.count > enoughForDisk,
		});
	}
}
