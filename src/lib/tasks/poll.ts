import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import type {LookUp, TaskAddress} from './fetch-task.js';
import type {Pause} from './poll-together.js';
import type {Wake} from './wakes.js';

/** Milliseconds between the first looks: some tasks end soon. */
const firstLooks = [1000, 2000, 3000];
/** Then Kling is asked every 5 to 10 s, spread. Source: docs/kling-api.md §13. */
const usualLook = {least: 5000, spread: 5000};
/** Milliseconds that a look at the deadline may still take. */
const lastLook = 2000;
/** Milliseconds past the deadline that only a machine which slept meanwhile can show, and that it then has for one more look. */
const slept = {from: lastLook + 1000, look: 10_000};
/** After so many looks in a row without an answer the interval grows, up to this. */
const longestLook = 60_000;

export interface WaitOptions {
	clock: Clock;
	random: () => number;
	/** Unix milliseconds after which waiting ends; the task keeps running. */
	deadline: number;
	/** Milliseconds between two looks, instead of the usual ones. */
	intervalMs?: number | undefined;
	signal: AbortSignal;
	/** Called with the first status and with each change. */
	onStatus: (task: Task) => void;
	/** Called when a check failed in a way that may pass. */
	onTrouble: (error: KlingError) => void;
	/** The command that continues, for the hint. */
	resume: string;
	/** Pauses between two looks; left out, as the clock does. */
	pause?: Pause | undefined;
	/** Ends a pause when a callback says that the task has ended. */
	wake?: Wake | undefined;
}

/**
 * Waits until a task has ended, well or badly. The task itself is never touched.
 * @throws KlingError `wait_timeout` at the deadline, the reason of the signal when it is aborted, both with
 * the command that continues in the hint; what a look says when that cannot pass, such as `task_not_found`
 */
export async function waitForTask(lookUp: LookUp, address: TaskAddress, options: WaitOptions): Promise<Task> {
	const {clock, deadline, signal} = options;
	try {
		return await lookUntilEnd(lookUp, address, options);
	} catch (error) {
		const isLate = error instanceof KlingError && error.code === 'wait_timeout';
		if (!isLate || clock.now() < deadline + slept.from) throw error;
		const end = AbortSignal.any([signal, clock.deadline(slept.look)]);
		const task = await unlessAborted(lookUp(address, end), end).catch(() => undefined);
		if (task === undefined || !hasEnded(task)) throw error;
		options.onStatus(task);
		return task;
	}
}

async function lookUntilEnd(
	lookUp: LookUp,
	{id, type}: TaskAddress,
	{clock, random, deadline, intervalMs, signal, onStatus, onTrouble, resume, wake, ...options}: WaitOptions,
): Promise<Task> {
	let status: string | undefined;
	let trouble: KlingError | undefined;
	let failures = 0;
	let asked = 0;
	const late = clock.deadline(deadline - clock.now() + lastLook);
	const end = AbortSignal.any([signal, late]);
	const goOn = () => ({
		task_id: id,
		status,
		hint: `The task is still running. Wait for it again: ${resume}`,
	});
	const timeout = () =>
		new KlingError(
			'wait_timeout',
			status === undefined
				? `No status of task ${id} was seen${trouble ? `: ${trouble.said}` : ' in time'}`
				: `Task ${id} is still ${status}`,
			goOn(),
		);
	const whileAllowed = <T>(promise: Promise<T>) =>
		unlessAborted(promise, end).catch((error: unknown) => {
			if (signal.aborted) throw signal.reason instanceof KlingError ? signal.reason.with(goOn()) : error;
			throw late.aborted ? timeout() : error;
		});

	for (let look = 0; ; look++) {
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
		const pause = intervalMs ?? firstLooks[look] ?? usualLook.least + usualLook.spread * random();
		const backoff = Math.min(longestLook, Math.max(asked, pause * 2 ** Math.max(0, failures - 1)));
		const left = deadline - clock.now();
		if (left <= 0) throw timeout();
		// What a server in trouble asks for is not shortened.
		const {pause: doze = clock.sleep} = failures === 0 ? options : {};
		const isWoken = await whileAllowed(sleep(Math.min(backoff, left), {doze, end, wake}));
		// A callback may come before the look-up knows of it: then the next one is soon.
		if (isWoken) look = -1;
	}
}

/**
 * A pause, which a callback ends early.
 * @returns whether one did
 */
async function sleep(
	ms: number,
	{doze, end, wake}: {doze: Pause; end: AbortSignal; wake: Wake | undefined},
): Promise<boolean> {
	if (wake === undefined) {
		await doze(ms, end);
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
		await doze(ms, early.signal);
	} catch (error) {
		if (!isWoken || end.aborted) throw error;
	} finally {
		wake.next(undefined);
		end.removeEventListener('abort', stop);
	}
	return isWoken;
}

/** Whether nothing more will happen to a task. A status never seen before is not taken for an end. */
const hasEnded = ({status}: Task) => status === 'succeed' || status === 'failed';

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const abort = () => reject(signal.reason);
		if (signal.aborted) abort();
		signal.addEventListener('abort', abort, {once: true});
		// Listened to in any case: a request that fails after the abort is nobody's error.
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
	});
}
