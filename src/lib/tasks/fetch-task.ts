import type {Task} from '../api/task.js';
import {createFinder} from '../api/tasks-endpoint.js';
import {KlingError} from '../errors/kling-error.js';
import type {TaskName} from '../task-types/registry.js';
import {needsApiKey} from '../task-types/standard.js';
import {nothingToLookUp} from './require-type.js';
import type {Session} from './task-context.js';

/** How the API finds a task. */
export interface TaskAddress {
	/** Task id or external id. */
	id: string;
	type: TaskName;
	/** The task itself, when finding out its type already fetched it. */
	found?: Task | undefined;
	/** Set when neither the journal nor the API gives the type, and it was guessed from the results. */
	isTypeGuessed?: boolean;
}

/** Requests a task from the API; throws the API's errors. */
export type LookUp = (task: TaskAddress, signal?: AbortSignal) => Promise<Task>;

/** Runs a request when there is room for it. */
export type Limit = <T>(request: () => Promise<T>) => Promise<T>;

/** What a lookup needs from a session. */
export type LookUpSession = Pick<Session, 'client' | 'types' | 'api' | 'find' | 'findOn'>;

/**
 * Returns a lookup for one task at a time, on the path of its type. Where the account allows it, lookups of
 * all types share requests.
 * @param otherwise the lookup for servers without the shared one, such as old host names. Default: one task
 * at a time.
 */
export const lookUpOne =
	({client, types, api, find, findOn}: LookUpSession, otherwise?: LookUp): LookUp =>
	({id, type}, signal) => {
		const {v1, lookup} = types.info(type).paths;
		if (lookup !== undefined && !api.hasApiKey) return Promise.reject(needsApiKey(type));
		if (lookup !== undefined) return (findOn?.(lookup) ?? createFinder(client, {path: lookup}))(id, signal);
		if (types.definition(type)?.isSynchronous) return Promise.reject(nothingToLookUp(type, id));
		if (!find) return client.getTask(v1, id, signal);
		if (api.choice === 'v1') {
			// The v1 path does not find tasks of the newer standard, so "not found" there is no reason to pay
			// again.
			return client.getTask(v1, id, signal).catch((error: unknown) => {
				if (isNotFound(error))
					return find(id, signal).catch((other) => Promise.reject(isWithoutTasks(other) ? error : other));
				throw error;
			});
		}
		// A caller that gives up stops waiting at once, though the request may be shared with others.
		return find(id, signal).catch((error: unknown) => {
			if (!isWithoutTasks(error)) throw error;
			return otherwise?.({id, type}, signal) ?? client.getTask(v1, id, signal);
		});
	};

export const isNotFound = (error: unknown) => error instanceof KlingError && error.code === 'task_not_found';

/** Whether a server lacks the lookup of the newer standard, as one of Kling's old host names does. */
export const isWithoutTasks = (error: unknown): boolean =>
	error instanceof KlingError &&
	error.details.api_code !== 1201 &&
	(error.code === 'response_error' || error.code === 'invalid_request');

/**
 * Fetches the current state of a task and records it in the journal.
 * @throws KlingError the API's error, such as `task_not_found`
 */
export async function fetchTask(
	session: Session,
	address: TaskAddress,
	lookUp: LookUp = lookUpOne(session),
): Promise<Task> {
	const task = address.found ?? (await lookUp(address));
	session.journal.saw(address.type, task);
	return task;
}
