import type {Task} from '../lib/api/task.js';
import {KlingError} from '../lib/errors/kling-error.js';
import type {TaskTypeInfo} from '../lib/task-types/definition.js';
import type {TaskName} from '../lib/task-types/registry.js';
import {createDestinations} from '../lib/tasks/destinations.js';
import {fetchTask} from '../lib/tasks/fetch-task.js';
import {chooseTask} from '../lib/tasks/resolve-task.js';
import {fileFields, requireSuccess} from '../lib/tasks/results.js';
import {saveResults} from '../lib/tasks/save-results.js';
import type {Session} from '../lib/tasks/task-context.js';
import {followTask} from '../lib/tasks/wait-with-progress.js';

/** A download request of a plugin's command. */
export interface DownloadRequest {
	/** File, folder or template, like `kling video download -o`, except for `-`. */
	output: string;
	/** Index of the picture, from 0. Default: all pictures of the task. */
	index?: number | undefined;
	watermark?: boolean;
	/** Replaces an existing file. */
	force?: boolean;
}

/** The names of all task types, including those of plugins. */
export const typeNames = ({types}: Session): readonly TaskName[] => types.names;

export const isTaskType = ({types}: Session, name: string): boolean => types.has(name);

/** @throws KlingError `invalid_type` for an unknown type */
export const typeInfo = ({types}: Session, name: TaskName): TaskTypeInfo => types.info(name);

/**
 * Looks a task up and records its status in the journal.
 * @param id task id, external id, or `@last` or `last` for the newest task of the type
 * @throws KlingError `task_not_found`, which names the type that the journal knows it by; the API's other
 * errors
 */
export async function findTask(session: Session, type: TaskName, id: string): Promise<Task> {
	const chosen = await chooseTask(session, id, type);
	return fetchTask(session, chosen).catch(async (error: unknown) => {
		throw await withItsType(session, type, chosen.id, error);
	});
}

/**
 * Converts the error for a task that was not found under a command's type to one that names its real type, if
 * known.
 */
async function withItsType(session: Session, type: TaskName, id: string, error: unknown): Promise<unknown> {
	if (!(error instanceof KlingError) || error.code !== 'task_not_found') return error;
	const entry = session.journal.find(id);
	if (entry && entry.type !== type) {
		return new KlingError('task_not_found', `Task ${id} is of type ${entry.type}, not ${type}`, {
			...error.details,
			hint: `See it: ${session.command('video', 'status', id)}`,
		});
	}
	// A command for a single type has no --type to check.
	const elsewhere = session.command('video', 'status', id, '--type', 'TYPE');
	return error.with({hint: `Only tasks of type ${type} are looked for. One of another type: ${elsewhere}`});
}

/**
 * One page of the tasks of a type, in Kling's order.
 * @param page number from 1, size 1-500
 */
export const listPage = (
	{client, types}: Session,
	type: TaskName,
	page: {number: number; size: number},
): Promise<Task[]> => client.listTasks(types.info(type).paths.v1, page);

/**
 * Waits until a task has ended, with progress on stderr.
 * @throws KlingError `wait_timeout` after `timeoutMs`; the task keeps running
 */
export const waitFor = (session: Session, type: TaskName, id: string, timeoutMs: number): Promise<Task> =>
	followTask(session, {id, type}, {timeoutMs});

/** A downloaded file: its absolute path, and its size in bytes. */
interface DownloadedFile {
	file: string;
	bytes: number;
}

/**
 * Downloads the result of a finished task. Afterwards the file is complete and verified at its path, or the
 * path is untouched. If the task has several pictures, all are saved, with the same names as by `kling video
 * download`, unless `index` selects one. No download starts before every file has a destination.
 * @returns the first file and, if there are several pictures, all of them in `files`
 * @throws KlingError `task_not_ready`, `task_failed`, `result_unavailable`, `file_exists`, `download_error` …
 */
export async function downloadResult(
	session: Session,
	type: TaskName,
	task: Task,
	{output, index, watermark = false, force = false}: DownloadRequest,
): Promise<DownloadedFile & {files?: readonly DownloadedFile[]}> {
	requireSuccess(task);
	const format = session.types.mainFormat(type);
	const destinations = createDestinations({
		output,
		format,
		force,
		clock: session.clock,
		types: session.types,
	});
	const request = {type, format, watermark, force, picture: index};
	const saved = await saveResults(session, task, destinations, request);
	return fileFields(saved.map(({file, ...facts}) => ({file, bytes: 'bytes' in facts ? facts.bytes : 0})));
}
