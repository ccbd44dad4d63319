import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import {lookUpOne} from './fetch-task.js';
import type {Session} from './task-context.js';

/**
 * Milliseconds before each lookup of a task whose submission got no clear response. Such a task may appear
 * late.
 */
const lateDelaysMs = [0, 1000, 2000, 4000];

/**
 * Looks for some seconds for a task that may appear late.
 * @param id external id, or task id
 * @throws KlingError the error of the last lookup, such as `task_not_found`; the reason of the signal
 */
export async function findEventually(
	session: Session,
	type: TaskName,
	id: string,
	delaysMs: readonly number[] = lateDelaysMs,
): Promise<Task> {
	const {clock, signal} = session;
	const lookUp = lookUpOne(session);
	let lastError: unknown;
	for (const delayMs of delaysMs) {
		await clock.sleep(delayMs, signal);
		try {
			return await lookUp({id, type}, signal);
		} catch (error) {
			if (signal.aborted) throw error;
			lastError = error;
		}
	}
	throw lastError;
}
