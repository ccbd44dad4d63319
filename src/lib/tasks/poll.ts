import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import type {LookUp, TaskAddress} from './fetch-task.js';
import type {Pause} from './poll-together.js';
import type {TaskEndListener} from './task-ends.js';
import {lastPollMs, type WaitLimit, waitLimit} from './wait-limit.js';

/** Milliseconds before each of the first polls. They are short because some tasks end soon. */
const firstPauses = [1000, 2000, 3000];
/** After those, the interval is random between 5 and 10 s. Source: docs/kling-api.md §13. */
const defaultPause = {minMs: 5000, spreadMs: 5000};
/**
 * A wait that ends this many milliseconds past its deadline means that the machine was asleep. The task is
 * then polled once more, with this time limit.
 */
const slept = {from: lastPollMs + 1000, poll: 10_000};
/** Polls that keep failing are spaced further and further apart, up to this many milliseconds. */
const maxPauseMs = 60_000;

export interface WaitOptions {
	clock: Clock;
	random: () => number;
	/** Unix milliseconds at which waiting ends. The task keeps running. */
	deadline: number;
	/** Milliseconds between polls, instead of the usual intervals. */
	intervalMs?: number | undefined;
	signal: AbortSignal;
	/** The same deadline and signal, where several waits share them. */
	limit?: WaitLimit | undefined;
	/** Called with the first status and with each change. */
	onStatus: (task: Task) => void;
	/** Called when a poll failed in a way that may pass. */
	onTrouble: (error: KlingError) => void;
	/** The command that resumes waiting, for the hint. */
	resume: () => string;
	/** Pauses between polls. Default: `clock.sleep`. */
	pause?: Pause | undefined;
	/** Ends a pause when a callback reports that the task has ended. */
	wake?: TaskEndListener | undefined;
}

/**
 * Polls until a task has succeeded or failed. Never changes the task.
 * @throws KlingError `wait_timeout` at the deadline, or the signal's reason when it aborts, both with the
 * command that resumes in the hint; a poll's error when waiting cannot fix it, such as `task_not_found`
 */
export async function waitForTask(lookUp: LookUp, address: TaskAddress, options: WaitOptions): Promise<Task> {
	const {clock, deadline, signal, limit} = options;
	const own = limit ?? waitLimit(clock, deadline, signal);
	try {
		return await pollUntil(own, lookUp, address, options);
	} catch (error) {
		const isLate = error instanceof KlingError && error.code === 'wait_timeout';
		if (!isLate || clock.now() < deadline + slept.from) throw error;
		const again = waitLimit(clock, clock.now() + slept.poll, signal, 0);
		const task = await again.unlessEnded(lookUp(address, again.end)).catch(() => undefined);
		again.release();
		if (task === undefined || !hasEnded(task)) throw error;
		options.onStatus(task);
		return task;
	} finally {
		if (limit === undefined) own.release();
	}
}

async function pollUntil(
	{end, isLate, unlessEnded}: WaitLimit,
	lookUp: LookUp,
	{id, type}: TaskAddress,
	{clock, random, deadline, intervalMs, signal, onStatus, onTrouble, resume, wake, ...options}: WaitOptions,
): Promise<Task> {
	let status: string | undefined;
	let trouble: KlingError | undefined;
	let failures = 0;
	let asked = 0;
	const resumeDetails = () => ({
		task_id: id,
		status,
		hint: `The task is still running. Wait for it again: ${resume()}`,
	});
	const timeout = () =>
		new KlingError(
			'wait_timeout',
			status === undefined
				? `No status of task ${id} was seen${trouble ? `: ${trouble.said}` : ' in time'}`
				: `Task ${id} is still ${status}`,
			resumeDetails(),
		);
	const whileAllowed = <T>(promise: Promise<T>) =>
		unlessEnded(promise).catch((error: unknown) => {
			if (signal.aborted)
				throw signal.reason instanceof KlingError ? signal.reason.with(resumeDetails()) : error;
			throw isLate() ? timeout() : error;
		});

	for (let attempt = 0; ; attempt++) {
		try {
			const task = await whileAllowed(lookUp({id, type}, end));
			failures = asked = 0;
			if (task.status !== status) onStatus(task);
			status = task.status;
			if (hasEnded(task)) return task;
		} catch (error) {
			if (end.aborted || !(error instanceof KlingError) || !error.retryable) throw error;
			failures++;
			asked = error.retryAfterMs ?? 0;
			trouble = error;
			onTrouble(error);
		}
		const pause = intervalMs ?? firstPauses[attempt] ?? defaultPause.minMs + defaultPause.spreadMs * random();
		const backoff = Math.min(maxPauseMs, Math.max(asked, pause * 2 ** Math.max(0, failures - 1)));
		const left = deadline - clock.now();
		if (left <= 0) throw timeout();
		// A delay requested by a server in trouble is not shortened.
		const {pause: wait = clock.sleep} = failures === 0 ? options : {};
		const isWoken = await whileAllowed(sleep(Math.min(backoff, left), {wait, end, wake}));
		// The callback can arrive before the lookup knows that the task has ended, so the next poll follows
		// soon.
		if (isWoken) attempt = -1;
	}
}

/**
 * Pauses, unless a callback ends the pause early.
 * @returns whether a callback did
 */
async function sleep(
	ms: number,
	{wait, end, wake}: {wait: Pause; end: AbortSignal; wake: TaskEndListener | undefined},
): Promise<boolean> {
	if (wake === undefined) {
		await wait(ms, end);
		return false;
	}
	const early = new AbortController();
	const stop = () => early.abort(end.reason);
	end.addEventListener('abort', stop, {once: true});
	let isWoken = false;
	wake.next(() => {
		isWoken = true;
		early.abort();
	});
	try {
		await wait(ms, early.signal);
	} catch (error) {
		if (!isWoken || end.aborted) throw error;
	} finally {
		wake.next(undefined);
		end.removeEventListener('abort', stop);
	}
	return isWoken;
}

/** Whether a task has reached its final status. An unknown status does not count as final. */
const hasEnded = ({status}: Task) => status === 'succeed' || status === 'failed';
