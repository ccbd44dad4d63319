import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import {waitText} from '../output/progress-text.js';
import {typicalSeconds} from '../task-types/prices.js';
import type {TaskName} from '../task-types/registry.js';
import {lookUpOne} from './fetch-task.js';
import {isNewest} from './newest.js';
import {waitForTask} from './poll.js';
import type {SharedPolling} from './poll-together.js';
import {type ChosenTask, chooseTask} from './resolve-task.js';
import type {Session} from './task-context.js';
import {withTimeLimit} from './time-limit.js';

export interface FollowOptions {
	/** Milliseconds from now after which waiting ends. The task keeps running. */
	timeoutMs: number;
	/** Milliseconds between polls. */
	intervalMs?: number | undefined;
	/** The command that continues after an interruption. Default: `kling video wait`. */
	resume?: (() => string) | undefined;
	/** For tasks that are waited for together. Default: each is polled on its own. */
	together?: SharedPolling | undefined;
	/** A status that is already known, such as the one in the response to the submission. */
	known?: string | undefined;
}

/**
 * Waits for a task, showing progress on stderr and recording each status in the journal.
 * @throws KlingError the errors of `waitForTask`
 */
export async function followTask(
	session: Session,
	{id, type, model, label}: ChosenTask,
	{
		timeoutMs,
		intervalMs,
		resume = () => session.command('video', 'wait', id, '--type', type),
		together,
		known,
	}: FollowOptions,
): Promise<Task> {
	const {journal, clock, notes, signal, types} = session;
	const start = clock.now();
	const seconds = typicalSeconds(types.info(type), model);
	const typicalMs = seconds === undefined ? undefined : seconds * 1000;
	const row = notes.live();
	const named = together && label !== undefined ? `  ${label}` : '';
	let status = known ?? 'checking';
	if (known !== undefined) row.change(`${id} ${known}${named}`);
	row.show((width) => waitText(id, status, clock.now() - start, typicalMs, width));
	const wake = session.taskEnds?.listen(id);
	try {
		return await waitForTask(
			together?.lookUp ?? lookUpOne(session),
			{id, type},
			{
				clock,
				random: together?.random ?? session.random,
				pause: together?.pause,
				signal,
				deadline: together?.until?.deadline ?? start + timeoutMs,
				limit: together?.until,
				...(intervalMs !== undefined && {intervalMs}),
				resume,
				wake,
				onStatus(task) {
					if (task.status !== status) row.change(`${task.id} ${task.status}${named}`);
					status = task.status;
					journal.saw(type, task);
				},
				onTrouble: (error) => row.change(`${id}: ${error.said}; checking again${named}`),
			},
		);
	} finally {
		row.end();
		wake?.end();
	}
}

/**
 * Resolves the task to wait for. Discovering its type takes requests, which also end at the deadline and on a
 * signal.
 * @param timeoutMs milliseconds from now after which waiting ends
 * @param resume the command that continues
 * @throws KlingError the errors of `chooseTask`; `wait_timeout` at the deadline; the reason of the signal
 * when it is aborted
 */
export async function chooseTaskInTime(
	session: Session,
	id: string,
	type: TaskName | undefined,
	{timeoutMs, resume}: {timeoutMs: number; resume: () => string},
): Promise<ChosenTask> {
	const {clock, signal} = session;
	const deadline = clock.now() + timeoutMs;
	try {
		// A task whose type is given is chosen without a request.
		const isLocal = type !== undefined && !isNewest(id);
		return await chooseTask(isLocal ? session : withTimeLimit(session, timeoutMs, signal), id, type);
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		const hint = `If there is such a task, it is still running. Wait for it again: ${resume()}`;
		if (signal.aborted) throw error.with({task_id: id, hint});
		if (error.code !== 'timeout' || clock.now() < deadline) throw error;
		throw new KlingError('wait_timeout', `No status of task ${id} was seen in time`, {
			cause: error,
			task_id: id,
			hint,
		});
	}
}
