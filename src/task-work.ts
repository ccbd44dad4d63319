import type {Task} from './lib/api/task.js';
import {chooseTask} from './lib/tasks/choose.js';
import {fetchResult} from './lib/tasks/fetch-result.js';
import {followTask} from './lib/tasks/follow.js';
import {createPlaces} from './lib/tasks/places.js';
import type {Session} from './lib/tasks/session.js';
import {mainFormat, type TaskName, typeInfo} from './lib/tasks/type-registry.js';

/** What a plugin's command says of a download. */
export interface DownloadRequest {
	/** File, folder or template, as `kling video download -o` takes it; `-` is not among them. */
	output: string;
	/** Of the picture, from 0. */
	index?: number;
	watermark?: boolean;
	/** Replaces a file that is there. */
	force?: boolean;
}

/**
 * Looks a task up, and writes its status into the journal.
 * @param id task id, external id, `@last` or `last`: the newest task of the type
 * @throws KlingError `task_not_found`, or what else the API says
 */
export async function findTask(session: Session, type: TaskName, id: string): Promise<Task> {
	const chosen = await chooseTask(session, id, type);
	const task = await session.client.getTask(typeInfo(type).path, chosen.id);
	await session.journal.saw(type, task);
	return task;
}

/**
 * One page of the tasks of a type, in the order that Kling gives.
 * @param page number from 1, size 1-500
 */
export const listPage = (
	{client}: Session,
	type: TaskName,
	page: {number: number; size: number},
): Promise<Task[]> => client.listTasks(typeInfo(type).path, page);

/**
 * Waits until a task has ended, with progress on stderr.
 * @throws KlingError `wait_timeout` after `timeoutMs`; the task goes on
 */
export const waitFor = (session: Session, type: TaskName, id: string, timeoutMs: number): Promise<Task> =>
	followTask(session, {id, type}, {timeoutMs});

/**
 * Downloads a result of a finished task: complete and checked at its path, or the path is untouched.
 * @returns the absolute path and the size in bytes
 * @throws KlingError `task_not_ready`, `task_failed`, `result_unavailable`, `file_exists`, `download_error` …
 */
export async function downloadResult(
	session: Session,
	type: TaskName,
	task: Task,
	{output, index = 0, watermark = false, force = false}: DownloadRequest,
): Promise<{file: string; bytes: number}> {
	const format = mainFormat(type);
	const places = await createPlaces({
		...{output, format, force, skipExisting: false, count: undefined},
		...{clock: session.clock, picture: index},
	});
	const {file} = await places.of(task, type, index);
	const {bytes} = await fetchResult(session, task, {target: file, type, format, watermark, index, force});
	return {file, bytes};
}
