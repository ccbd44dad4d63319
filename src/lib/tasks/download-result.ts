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

/** Which result of a task to download, and where to. */
export interface ResultRequest {
	/** Absolute path, or a stream that receives the bytes. */
	target: string | Writable;
	type: TaskName;
	format: ResultFormat;
	watermark: boolean;
	/** Index of the picture, from 0. */
	index?: number;
	/** As the user wrote it, when it covers the files of all pictures. */
	output?: string | undefined;
	force: boolean;
	/** Whether this program chose the target's extension and may therefore correct it. */
	isNamedByUs?: boolean;
	/** Maximum number of connections for the file. */
	connections?: number | undefined;
	/** Shared by all downloads of a command. */
	pace?: Pace | undefined;
	/** Whether to compute the SHA-256. */
	checksum?: boolean | undefined;
	shared?: SharedResult | undefined;
}

type DownloadWords = Pick<ResultRequest, 'watermark' | 'force'> & {
	/** Undefined while it is not known, like the format. */
	type?: ResultRequest['type'] | undefined;
	format?: ResultRequest['format'] | undefined;
	/** As the user would write it. */
	output: string;
	/** Whether the task may not have ended yet. */
	wait: boolean;
};

/** The outcome of a download. */
export interface FetchedResult {
	bytes: number;
	/** Whether an earlier download was resumed. */
	resumed: boolean;
	/** Whether another process has put the file there in the meantime. */
	isThere?: boolean;
	/** Oddities of a file that was kept nevertheless. */
	warnings?: string[];
	/** Path of the file, when it differs from the one requested. */
	file?: string;
	/** Hexadecimal; undefined when it was not requested. */
	sha256: string | undefined;
	seconds: number;
}

export const defaultConnections = 4;

/**
 * Downloads one result of a finished task and shows progress on stderr. When the file server rejects the
 * link, the task is looked up again for a fresh one.
 * @throws KlingError the errors of `resultUrl` and `downloadFile`
 */
export async function fetchResult(
	session: Session,
	task: Task,
	request: ResultRequest,
): Promise<FetchedResult> {
	const {network, clock, random, notes, signal} = session;
	const {target, type, format, watermark, index = 0, output, force, pace, shared} = request;
	const {isNamedByUs = false, connections = defaultConnections} = request;
	const checksum = request.checksum === true || session.sidecar === true;
	const {createLink, downloadFile} = await import('../downloads/download.js');

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
			const {downloadTo} = await import('../downloads/download-to-stream.js');
			return {...(await downloadTo(link, target, transfer)), seconds: seconds()};
		}
		const done = await downloadFile(link, {
			file: target,
			taskId: task.id,
			kind: kindOf(format, watermark, index),
			force,
			extension: isNamedByUs ? 'ours' : 'as asked',
			connections,
			shared,
			onSaved: (file, bytes) => recordSaved(session, task, request, {file, bytes}),
			again: () =>
				index > 0 && output === undefined
					? 'the same command'
					: downloadCommand(session, task, {...request, output: output ?? target, wait: false}),
			// Last, because V8 makes many copies of an object that grows after its first fields were copied.
			...transfer,
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

/** Records the first file of a task, so that the same command line, run again, finds it already downloaded. */
function recordSaved(
	{types, journal}: Session,
	task: Task,
	{type, format, watermark, index = 0}: ResultRequest,
	{file, bytes}: {file: string; bytes: number},
): void {
	if (format === types.mainFormat(type) && !watermark && index === 0) journal.saved(task, file, bytes);
}

/** What distinguishes the files of a task. */
function kindOf(format: ResultFormat, watermark: boolean, index: number): AssetKind {
	if (format === 'image') return watermark ? `image${index}-watermark` : `image${index}`;
	return watermark ? 'watermark' : format;
}

/** The command that downloads the results of a task, or resumes that download. */
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
		// With several pictures, some of the files may exist already.
		...(force ? ['--force'] : format === 'image' ? ['--skip-existing'] : []),
	);
}
