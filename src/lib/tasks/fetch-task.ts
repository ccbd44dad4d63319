import type {Task} from '../api/task.js';
import {createFinder} from '../api/tasks-endpoint.js';
import {KlingError} from '../errors/kling-error.js';
import type {TaskName} from '../task-types/registry.js';
import {needsApiKey} from '../task-types/standard.js';
import type {Session} from './task-context.js';

/** What the API finds a task by. */
export interface TaskAddress {
	/** Task id or external id. */
	id: string;
	type: TaskName;
	/** The task, where it was looked up to find out its type. */
	found?: Task | undefined;
	/** Neither the journal nor the API says the type: it is one that fits the results. */
	isTypeGuessed?: boolean;
}

/** Asks the API for a task; throws what the API says. */
export type LookUp = (task: TaskAddress, signal?: AbortSignal) => Promise<Task>;

/** Runs a request when there is room for it. */
export type Limit = <T>(request: () => Promise<T>) => Promise<T>;

/** What a look-up takes from a session. */
export type LookUpSession = Pick<Session, 'client' | 'types' | 'api' | 'find' | 'findOn'>;

/** Asks for one task at a time, on the path of its type; where the account can, together with others and whatever its type. */
export const lookUpOne =
	({client, types, api, find, findOn}: LookUpSession): LookUp =>
	({id, type}, signal) => {
		const {v1, lookup} = types.info(type).paths;
		if (lookup !== undefined && !api.hasApiKey) return Promise.reject(needsApiKey(type));
		if (lookup !== undefined) return (findOn?.(lookup) ?? createFinder(client, lookup))(id, signal);
		if (types.definition(type)?.isSynchronous) return Promise.reject(nothingToLookUp(type, id));
		if (!find) return client.getTask(v1, id, signal);
		if (api.choice === 'v1') {
			// A task of the newer standard is none that may be paid for again.
			return client.getTask(v1, id, signal).catch((error: unknown) => {
				if (isNotFound(error))
					return find(id, signal).catch((other) => Promise.reject(isWithoutTasks(other) ? error : other));
				throw error;
			});
		}
		// Whoever gives up does so at once; the request may be shared with others.
		return find(id, signal).catch((error: unknown) => {
			if (isWithoutTasks(error)) return client.getTask(v1, id, signal);
			throw error;
		});
	};

const nothingToLookUp = (type: TaskName, id: string) =>
	new KlingError('task_not_found', `The response to ${type} was its result: Kling keeps nothing to look up`, {
		task_id: id,
	});

export const isNotFound = (error: unknown) => error instanceof KlingError && error.code === 'task_not_found';

/** Whether a server does not have the look-up of the newer standard, as one of Kling's old host names. */
export const isWithoutTasks = (error: unknown): boolean =>
	error instanceof KlingError &&
	error.details.api_code !== 1201 &&
	(error.code === 'response_error' || error.code === 'invalid_request');

/**
 * A task as it is now; the journal learns of it.
 * @throws KlingError what the API says, such as `task_not_found`
 */
export async function fetchTask(
	session: Session,
	address: TaskAddress,
	lookUp: LookUp = lookUpOne(session),
): Promise<Task> {
	const task = address.found ?? (await lookUp(address));
	await session.journal.saw(address.type, task);
	return task;
}
