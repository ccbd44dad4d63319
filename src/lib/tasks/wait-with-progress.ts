import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import {waitText} from '../output/progress-text.js';
import {typicalSeconds} from '../task-types/prices.js';
import type {TaskName} from '../task-types/registry.js';
import {type LookUp, lookUpOne} from './fetch-task.js';
import {waitForTask} from './poll.js';
import {type ChosenTask, chooseTask} from './resolve-task.js';
import type {Session} from './task-context.js';
import {withTimeLimit} from './time-limit.js';

export interface FollowOptions {
	/** Milliseconds from now after which waiting ends; the task keeps running. */
	timeoutMs: number;
	/** Milliseconds between two looks. */
	intervalMs?: number | undefined;
	/** The command that continues after an interruption, if not `kling video wait`. */
	resume?: string | undefined;
	/** How Kling is asked; left out, with a request for each task. */
	lookUp?: LookUp;
	/** From 0 up to 1, spreads the pauses. Tasks that are waited for together share it, so that they are asked for together. */
	random?: () => number;
}

/**
 * Waits for a task as a user sees it: progress on stderr, each status in the journal.
 * @throws KlingError as waitForTask
 */
export async function followTask(
	session: Session,
	{id, type, model}: ChosenTask,
	{
		timeoutMs,
		intervalMs,
		resume = session.command('video', 'wait', id, '--type', type),
		lookUp = lookUpOne(session),
		random = session.random,
	}: FollowOptions,
): Promise<Task> {
	const {journal, clock, notes, signal, types} = session;
	const start = clock.now();
	const seconds = typicalSeconds(types.info(type), model);
	const usualMs = seconds === undefined ? undefined : seconds * 1000;
	const row = notes.live();
	let status = 'looking';
	row.show((width) => waitText(id, status, clock.now() - start, usualMs, width));
	const seen: Promise<void>[] = [];
	try {
		return await waitForTask(
			lookUp,
			{id, type},
			{
				clock,
				random,
				signal,
				deadline: start + timeoutMs,
				...(intervalMs !== undefined && {intervalMs}),
				resume,
				onStatus(task) {
					status = task.status;
					row.change(`${task.id} ${task.status}`);
					seen.push(journal.saw(type, task));
				},
				onTrouble: (error) => row.change(`${id}: ${error.said}; looking again`),
			},
		);
	} finally {
		row.end();
		await Promise.all(seen);
	}
}

/**
 * The task that a user wants to wait for: to find out its type takes a request, which ends at the deadline too.
 * @param timeoutMs milliseconds from now after which waiting ends
 * @throws KlingError as chooseTask, and `wait_timeout` at the deadline
 */
export async function chooseInTime(
	session: Session,
	id: string,
	type: TaskName | undefined,
	timeoutMs: number,
): Promise<ChosenTask> {
	const deadline = session.clock.now() + timeoutMs;
	try {
		return await chooseTask(withTimeLimit(session, timeoutMs), id, type);
	} catch (error) {
		const isLate = error instanceof KlingError && error.code === 'timeout' && session.clock.now() >= deadline;
		if (!isLate) throw error;
		const typed = type === undefined ? [] : ['--type', type];
		throw new KlingError('wait_timeout', `No status of task ${id} was seen in time`, {
			cause: error,
			task_id: id,
			hint: `If the task exists, it is still running. Wait for it again: ${session.command('video', 'wait', id, ...typed)}`,
		});
	}
}
