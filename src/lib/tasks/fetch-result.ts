import type {Writable} from 'node:stream';
import type {Task} from '../api/task.js';
import type {Pace} from '../media/pace.js';
import {transferText} from '../output/progress.js';
import {shellWord} from '../output/shell-word.js';
import {resultUrl} from './results.js';
import type {Session} from './session.js';
import {type ResultFormat, type TaskType, taskTypes} from './task-types.js';

/** What to take of a task, and where to put it. */
export interface ResultRequest {
	/** Absolute path, or a stream that takes the bytes. */
	target: string | Writable;
	type: TaskType;
	format: ResultFormat;
	watermark: boolean;
	force: boolean;
	/** The most connections for the file. */
	connections?: number;
	/** Shared by all transfers of a command. */
	pace?: Pace | undefined;
	/** Whether the SHA-256 is wanted. */
	checksum?: boolean;
}

/** What became of it. */
export interface FetchedResult {
	bytes: number;
	/** Whether it went on where an earlier download had stopped. */
	resumed: boolean;
	/** Hexadecimal; undefined when it was not asked for. */
	sha256: string | undefined;
	seconds: number;
}

export const usualConnections = 4;

/**
 * Downloads one result of a finished task, with progress on stderr. A link that has expired is asked for once more.
 * @throws KlingError as resultUrl and downloadFile
 */
export async function fetchResult(
	session: Session,
	task: Task,
	{target, connections = usualConnections, ...request}: ResultRequest,
): Promise<FetchedResult> {
	const {clock, random, notes, signal, client} = session;
	const {type, format, watermark, force, pace, checksum = false} = request;
	const [{createLink}, {downloadFile}, {downloadTo}] = await Promise.all([
		import('../media/link.js'),
		import('../media/download.js'),
		import('../media/download-to.js'),
	]);
	const link = createLink(resultUrl(task, format, watermark), async () =>
		resultUrl(await client.getTask(taskTypes[type].path, task.id), format, watermark),
	);
	const row = notes.live();
	const start = clock.now();
	let so: [bytes: number, total: number | undefined] = [0, undefined];
	let before: number | undefined;
	row.show(() => transferText(task.id, ...so, clock.now() - start, before));
	const transfer = {
		signal,
		pace,
		checksum,
		onProgress(bytes: number, total: number | undefined) {
			before ??= bytes;
			so = [bytes, total];
		},
	};
	try {
		const done = await (typeof target === 'string'
			? downloadFile(link, {
					...transfer,
					file: target,
					taskId: task.id,
					kind: watermark ? 'watermark' : format,
					format,
					force,
					connections,
					clock,
					random,
					onNote: (text) => notes.line(`Note: ${text}`),
					again: goesOn(session, task, target, request),
				})
			: downloadTo(link, target, transfer));
		return {...done, seconds: (clock.now() - start) / 1000};
	} finally {
		row.end();
	}
}

/** The command that goes on with a download. */
function goesOn(
	{command}: Session,
	{id}: Task,
	file: string,
	{type, format, watermark, force}: Omit<ResultRequest, 'target'>,
): string {
	return command(
		...['video', 'download', id, '--type', type],
		...(format === 'video' ? [] : ['--format', format]),
		...(watermark ? ['--watermark'] : []),
		...(force ? ['--force'] : []),
		...['-o', shellWord(file)],
	);
}
