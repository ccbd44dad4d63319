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

/** Options of a download by a plugin's command. */
export interface DownloadRequest {
	/** File, folder or template, as for `kling video download -o`; `-` is not allowed. */
	output: string;
	/** Number of the picture, from 0; if left out, all pictures of the task. */
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
 * Looks a task up, and writes its status into the journal.
 * @param id task id, external id, `@last` or `last`: the newest task of the type
 * @throws KlingError `task_not_found`, which names the type that the journal knows it by, or what else the API says
 */
export async function findTask(session: Session, type: TaskName, id: string): Promise<Task> {
	const chosen = await chooseTask(session, id, type);
	return fetchTask(session, chosen).catch(async (error: unknown) => {
		throw await withItsType(session, type, chosen.id, error);
	});
}

/** The error for a task that was not found under a command's type: it names the task's actual type, if that is known. */
async function withItsType(session: Session, type: TaskName, id: string, error: unknown): Promise<unknown> {
	if (!(error instanceof KlingError) || error.code !== 'task_not_found') return error;
	const entry = await session.journal.find(id);
	if (entry && entry.type !== type) {
		return new KlingError('task_not_found', `Task ${id} is of type ${entry.type}, not ${type}`, {
			...error.details,
			hint: `See it: ${session.command('video', 'status', id)}`,
		});
	}
	// A command for one type has no --type to check.
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
 * Downloads the result of a finished task: complete and verified at its path, or the path is untouched. If a task has several
 * pictures, all are saved, named as by `kling video download`, unless `index` selects one; none is started before each has a
 * destination.
 * @returns the first file, and for several pictures `files`, all of them
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
