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

/** What a plugin's command says of a download. */
export interface DownloadRequest {
	/** File, folder or template, as `kling video download -o` takes it; `-` is not among them. */
	output: string;
	/** Of the picture, from 0; left out, all pictures of the task are meant. */
	index?: number | undefined;
	watermark?: boolean;
	/** Replaces a file that is there. */
	force?: boolean;
}

/** The names of all types of task, those of plugins included. */
export const typeNames = ({types}: Session): readonly TaskName[] => types.names;

export const isTaskType = ({types}: Session, name: string): boolean => types.has(name);

/** @throws KlingError `invalid_type` for a type that nobody has added */
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

/** Of a task that was not found under the type of a command: the error that says which type it has, as far as that is known. */
async function withItsType(session: Session, type: TaskName, id: string, error: unknown): Promise<unknown> {
	if (!(error instanceof KlingError) || error.code !== 'task_not_found') return error;
	const entry = await session.journal.find(id);
	if (entry && entry.type !== type) {
		return new KlingError('task_not_found', `Task ${id} is of type ${entry.type}, not ${type}`, {
			...error.details,
			hint: `See it: ${session.command('video', 'status', id)}`,
		});
	}
	// A command of one type has no --type to check.
	const elsewhere = session.command('video', 'status', id, '--type', 'TYPE');
	return error.with({hint: `Only tasks of type ${type} are looked for. One of another type: ${elsewhere}`});
}

/**
 * One page of the tasks of a type, in the order that Kling gives.
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

/** A file that was downloaded: its absolute path, and its size in bytes. */
interface DownloadedFile {
	file: string;
	bytes: number;
}

/**
 * Downloads the result of a finished task: complete and checked at its path, or the path is untouched. Of a task with several
 * pictures all are saved, named as `kling video download` does, unless `index` asks for one; none is begun before each has a place.
 * @returns the first file, and of several pictures `files`, all of them
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
