import type {Writable} from 'node:stream';
import type {Task} from '../api/task.js';
import type {SharedResult} from '../downloads/options.js';
import {standardOutput} from '../downloads/output-path.js';
import type {Pace} from '../downloads/rate-limit.js';
import type {AssetKind} from '../media/asset-kind.js';
import type {ResultFormat} from '../media/result-format.js';
import {transferText} from '../output/progress-text.js';
import {pathWord} from '../output/shell.js';
import type {TaskName} from '../task-types/registry.js';
import {fetchTask, type TaskAddress} from './fetch-task.js';
import {resultUrl} from './results.js';
import {mayBeDeleted} from './retention.js';
import type {Session} from './task-context.js';

/** What to take of a task, and where to put it. */
export interface ResultRequest {
	/** Absolute path, or a stream that takes the bytes. */
	target: string | Writable;
	type: TaskName;
	format: ResultFormat;
	watermark: boolean;
	/** Of the picture, from 0. */
	index?: number;
	/** As the user wrote it, where it stands for the files of all pictures. */
	output?: string;
	force: boolean;
	/** Whether the extension of the target was chosen here, and so may be corrected. */
	isNamedByUs?: boolean;
	/** The most connections for the file. */
	connections?: number;
	/** Shared by all transfers of a command. */
	pace?: Pace | undefined;
	/** Whether the SHA-256 is wanted. */
	checksum?: boolean;
	shared?: SharedResult | undefined;
}

type DownloadWords = Pick<ResultRequest, 'watermark' | 'force'> & {
	/** Left out where it is not known yet, as the format. */
	type?: ResultRequest['type'] | undefined;
	format?: ResultRequest['format'] | undefined;
	/** As the user would write it. */
	output: string;
	/** Whether the task may still have to be waited for. */
	wait: boolean;
};

/** What became of it. */
export interface FetchedResult {
	bytes: number;
	/** Whether it went on where an earlier download had stopped. */
	resumed: boolean;
	/** Whether another process has put the file there meanwhile. */
	isThere?: boolean;
	/** What looks odd about a file that is kept anyway. */
	warnings?: string[];
	/** Where the file is, when it is called otherwise than asked. */
	file?: string;
	/** Hexadecimal; undefined when it was not asked for. */
	sha256: string | undefined;
	seconds: number;
}

export const usualConnections = 4;

/**
 * Downloads one result of a finished task, with progress on stderr. When the file server refuses the link, the task is asked for a fresh one.
 * @throws KlingError as resultUrl and downloadFile
 */
export async function fetchResult(
	session: Session,
	task: Task,
	{target, connections = usualConnections, ...request}: ResultRequest,
): Promise<FetchedResult> {
	const {network, clock, random, notes, signal, journal, types} = session;
	const {type, format, watermark, index = 0, output, force, pace, isNamedByUs = false, shared} = request;
	const checksum = request.checksum === true || session.sidecar === true;
	const [{createLink}, {downloadFile}, {downloadTo}] = await Promise.all([
		import('../downloads/signed-url.js'),
		import('../downloads/download.js'),
		import('../downloads/download-to-stream.js'),
	]);

	const link = createLink(
		network,
		resultUrl(task, format, watermark, index),
		async () => resultUrl(await fetchTask(session, {id: task.id, type}), format, watermark, index),
		() => mayBeDeleted(task.updatedAt ?? task.createdAt, clock.now()),
	);
	const row = notes.live();
	const start = clock.now();
	let so: [bytes: number, total: number | undefined] = [0, undefined];
	let before: number | undefined;
	row.show((width) => transferText(task.id, so, clock.now() - start, before ?? 0, width));
	const transfer = {
		network,
		clock,
		random,
		signal,
		pace,
		checksum,
		format,
		seconds: format === 'mp3' ? Number(task.audios[0]?.mp3Duration) || undefined : undefined,
		onNote: (text: string) => notes.line(`Note: ${text}`),
		onProgress(bytes: number, total: number | undefined) {
			before ??= bytes;
			so = [bytes, total];
		},
	};
	try {
		const seconds = () => (clock.now() - start) / 1000;
		if (typeof target !== 'string') {
			return {...(await downloadTo(link, target, transfer)), seconds: seconds()};
		}
		const done = await downloadFile(link, {
			...transfer,
			file: target,
			taskId: task.id,
			kind: kindOf(format, watermark, index),
			force,
			extension: isNamedByUs ? 'ours' : 'as asked',
			connections,
			shared,
			// So that the same line, typed again, finds its work done.
			async onSaved(file, bytes) {
				if (format === types.mainFormat(type) && !watermark && index === 0)
					await journal.saved(task.id, file, bytes);
			},
			again:
				index > 0 && output === undefined
					? 'the same command'
					: downloadCommand(session, task, {...request, output: output ?? target, wait: false}),
		});
		const file = done.file ?? target;
		if (session.sidecar && !done.isThere) {
			const {writeSidecar} = await import('./sidecar.js');
			await writeSidecar(session, task, {...done, file, type, format, watermark});
		}
		return {...done, seconds: seconds()};
	} finally {
		row.end();
	}
}

/** What distinguishes the files of a task. */
function kindOf(format: ResultFormat, watermark: boolean, index: number): AssetKind {
	if (format === 'image') return watermark ? `image${index}-watermark` : `image${index}`;
	return watermark ? 'watermark' : format;
}

/** The command that downloads a task, or resumes its download. */
export function downloadCommand(
	{command}: Session,
	{id}: Pick<TaskAddress, 'id'>,
	{type, output, format, watermark, force, wait}: DownloadWords,
): string {
	return command(
		...['video', 'download', id],
		...(type === undefined ? [] : ['--type', type]),
		...(wait ? ['--wait'] : []),
		...['-o', output === standardOutput ? output : pathWord(output)],
		...(format === undefined || format === 'video' ? [] : ['--format', format]),
		...(watermark ? ['--watermark'] : []),
		// Some of several pictures may be there.
		...(force ? ['--force'] : format === 'image' ? ['--skip-existing'] : []),
	);
}
