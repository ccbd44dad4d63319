import os from 'node:os';
import {setTimeout as delay} from 'node:timers/promises';

/** Time is passed in, so that tests need not sleep. */
export interface Clock {
	/** Unix milliseconds. */
	now(): number;
	/**
	 * Milliseconds since the machine started, whatever its clock is set to. Optional for users that never
	 * read it.
	 */
	uptime?(): number;
	/** Resolves after this many milliseconds; throws the signal's reason when it aborts. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** A signal that aborts after this many milliseconds. It keeps no process alive. */
	deadline(ms: number): AbortSignal;
	/**
	 * Calls back after this many milliseconds. It keeps no process alive.
	 * @returns a function that prevents the call
	 */
	after(ms: number, call: () => void): () => void;
}

/** Longest delay of a Node timer. A longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1;
/** A delay that timers accept: from Node 22, a negative one writes a warning to the terminal. */
const timerMs = (ms: number) => Math.min(maxTimerMs, Math.max(0, Math.ceil(ms)));

export const systemClock: Clock = {
	now: Date.now,
	uptime: () => Math.round(os.uptime() * 1000),
	async sleep(ms, signal) {
		try {
			await delay(timerMs(ms), undefined, {...(signal && {signal})});
		} catch (error) {
			throw signal?.aborted ? signal.reason : error;
		}
	},
	deadline: (ms) => AbortSignal.timeout(timerMs(ms)),
	after(ms, call) {
		const timer = setTimeout(call, timerMs(ms)).unref();
		return () => clearTimeout(timer);
	},
};
