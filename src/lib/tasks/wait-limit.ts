import {setMaxListeners} from 'node:events';
import type {Clock} from '../system/clock.js';

/** When waiting ends: after a deadline, or when it is cancelled. The waits of a command may share it. */
export interface WaitLimit {
	/** Unix milliseconds. */
	readonly deadline: number;
	/** Aborts when waiting ends. */
	readonly end: AbortSignal;
	/** Whether waiting has ended because it is late. */
	isLate(): boolean;
	/** Resolves and rejects like the promise, unless waiting ends first: then it rejects with the reason. */
	unlessEnded<T>(promise: Promise<T>): Promise<T>;
	/** Stops following the clock and the signal. */
	release(): void;
}

/** Milliseconds that a poll in flight at the deadline may still take. */
export const lastPollMs = 2000;

/**
 * @param deadline Unix milliseconds
 * @param signal cancels the waiting
 * @param graceMs milliseconds between the deadline and the end
 */
export function waitLimit(
	clock: Clock,
	deadline: number,
	signal: AbortSignal,
	graceMs: number = lastPollMs,
): WaitLimit {
	const controller = new AbortController();
	const {signal: end} = controller;
	let isLate = false;
	// A signal compares each new listener with all others, which is slow where a thousand tasks are waited for.
	const pending = new Set<(reason: unknown) => void>();
	const stop = (reason: unknown) => {
		controller.abort(reason);
		for (const reject of pending) reject(reason);
	};
	const cancelled = () => stop(signal.reason);
	// Any number of waits may share a signal, and pauses and requests this end.
	setMaxListeners(0, signal, end);
	signal.addEventListener('abort', cancelled, {once: true});
	if (signal.aborted) cancelled();
	const cancel = clock.after(deadline - clock.now() + graceMs, () => {
		isLate = true;
		stop(new DOMException('The deadline has passed', 'TimeoutError'));
	});
	return {
		deadline,
		end,
		isLate: () => isLate,
		unlessEnded: (promise) =>
			new Promise((resolve, reject) => {
				if (end.aborted) reject(end.reason);
				pending.add(reject);
				// Handled in any case, so that a request failing after the end is not reported as an unhandled
				// rejection.
				promise.then(resolve, reject).finally(() => pending.delete(reject));
			}),
		release() {
			signal.removeEventListener('abort', cancelled);
			cancel();
		},
	};
}
