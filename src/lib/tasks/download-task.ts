import type {Task} from '../api/task.js';
import {standardOutput} from '../downloads/output-path.js';
import type {Pace} from '../downloads/rate-limit.js';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';
import {type Destinations, filesOf} from './destinations.js';
import type {DownloadDocument} from './documents.js';
import {downloadCommand, fetchResult} from './download-result.js';
import {fetchTask, type Limit} from './fetch-task.js';
import type {SharedPolling} from './poll-together.js';
import {type ChosenTask, chooseTask} from './resolve-task.js';
import {fileFields, requireSuccess} from './results.js';
import {type SavedFile, saveResults} from './save-results.js';
import type {Session} from './task-context.js';
import {chooseTaskInTime, followTask} from './wait-with-progress.js';

/** The options of `kling video download`, the same for each of its tasks. */
export interface DownloadRequest {
	/** As the user wrote it. */
	output: string;
	/** Default: the type in the journal, or else `create`. */
	type?: TaskName | undefined;
	/** Default: the format that the task type makes. */
	format?: ResultFormat | undefined;
	watermark: boolean;
	force: boolean;
	connections: number;
	/** Adds the outcome of each download to the document. */
	verbose: boolean;
	/** Waits for the task to end first. */
	wait: boolean;
	/** Milliseconds. */
	timeoutMs: number;
	intervalMs?: number | undefined;
}

/** What the downloads of one command share. */
export interface SharedDownloads {
	destinations: Destinations;
	pace?: Pace | undefined;
	/** Runs a download when there is room for it. */
	limit?: Limit;
	/** How tasks are looked up and waited for. Default: one request per task. */
	together?: SharedPolling | undefined;
}

/**
 * Downloads the results of one task to the destinations that the command names.
 * @param id as the user gave it
 * @param index of the task in the command, from 0
 * @returns the document
 * @throws KlingError the errors of `chooseTask`, `followTask`, `requireSuccess` and `saveResults`;
 * `invalid_format`; `conflicting_input`
 */
export async function downloadTask(
	session: Session,
	id: string,
	index: number,
	request: DownloadRequest,
	shared: SharedDownloads,
): Promise<DownloadDocument> {
	const {output, watermark, verbose} = request;
	const chosen = request.wait
		? await chooseTaskInTime(session, id, request.type, {
				timeoutMs: request.timeoutMs,
				resume: () => downloadCommand(session, {id}, request),
			})
		: await chooseTask(session, id, request.type, shared.together?.lookUp);
	const {type} = chosen;
	const format = request.format ?? session.types.mainFormat(type);
	checkFormat(session.types, chosen, format, watermark);
	const toStdout = output === standardOutput;
	const early = toStdout ? undefined : await shared.destinations.early(chosen.id, type, index);
	// With several pictures, the others may be missing.
	if (early?.isThere && format !== 'image') {
		return toDocument(chosen.id, [{file: early.file, skipped: true}], verbose);
	}
	const task = await finishedTask(session, chosen, format, request, shared);
	const {force, connections} = request;
	const {pace, limit = (transfer) => transfer()} = shared;
	const fetch = {type, format, watermark, force, connections, pace, checksum: verbose};
	if (!toStdout) {
		// While a task is waited for, a file may appear.
		const isSure = format !== 'image' && !request.wait && task.id === chosen.id;
		const known = isSure ? early : undefined;
		const files = await saveResults(session, task, shared.destinations, {index, limit, known, ...fetch});
		return toDocument(task.id, files, verbose);
	}
	const count = filesOf(task, format);
	if (count > 1) throw tooManyForStdout(task.id, count);
	const fetched = await limit(() => fetchResult(session, task, {...fetch, target: process.stdout}));
	return toDocument(task.id, [{file: output, ...fetched}], verbose);
}

/** The task's own failure is reported before any problem with its file name. */
async function finishedTask(
	session: Session,
	chosen: ChosenTask,
	format: ResultFormat,
	request: DownloadRequest,
	{together}: SharedDownloads,
): Promise<Task> {
	const {wait, timeoutMs, intervalMs} = request;
	const task = wait
		? await followTask(session, chosen, {
				timeoutMs,
				intervalMs,
				together,
				resume: () => downloadCommand(session, chosen, {...request, type: chosen.type, format, wait: true}),
			})
		: await fetchTask(session, chosen, together?.lookUp);
	requireSuccess(task);
	return task;
}

function toDocument(taskId: string, files: readonly SavedFile[], verbose: boolean): DownloadDocument {
	const shown: readonly {file: string}[] = verbose ? files : files.map(({file}) => ({file}));
	return {success: true, task_id: taskId, ...fileFields(shown)};
}

const tooManyForStdout = (taskId: string, count: number) =>
	new KlingError('conflicting_input', `Task ${taskId} has ${count} pictures, and -o - takes one file`, {
		task_id: taskId,
		hint: 'Save them all with -o FOLDER/ or -o NAME.png.',
	});

/** A clip has no separate sound file. */
const howToGetSound = (id: string) =>
	`Make the sound first: kling video add-sound VIDEO_ID, with the video_id of: kling video status ${id}. Then download the task that it makes. If ${id} is such a task, add --type add-sound.`;

function checkFormat(
	types: TypeRegistry,
	{id, type}: Pick<ChosenTask, 'id' | 'type'>,
	format: ResultFormat,
	watermark: boolean,
): void {
	const {formats} = types.info(type);
	const isSound = format === 'mp3' || format === 'wav';
	if (!formats.includes(format)) {
		throw new KlingError(
			'invalid_format',
			`--format ${format} does not exist for --type ${type}: ${formats.join(', ')}`,
			{task_id: id, ...(isSound && formats.includes('video') && {hint: howToGetSound(id)})},
		);
	}
	if (watermark && format !== 'video' && format !== 'image') {
		throw new KlingError('conflicting_input', `--watermark is for videos; --format is ${format}`, {
			hint: 'Leave out --watermark or --format.',
		});
	}
}
