import os from 'node:os';
import {setTimeout as delay} from 'node:timers/promises';

/** Time is given, not taken, so that tests need not sleep. */
export interface Clock {
	/** Unix time in milliseconds. */
	now(): number;
	/** Milliseconds for which the machine has been running, whatever its clock is set to; left out where nobody asks. */
	uptime?(): number;
	/** Resolves after so many milliseconds; throws the reason of the signal when that is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** A signal that is aborted after so many milliseconds; it keeps no process alive. */
	deadline(ms: number): AbortSignal;
}

/** What a timer of Node holds; more would fire at once. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
	now: Date.now,
	uptime: () => Math.round(os.uptime() * 1000),
	async sleep(ms, signal) {
		try {
			await delay(ms, undefined, {...(signal && {signal})});
		} catch (error) {
			throw signal?.aborted ? signal.reason : error;
		}
	},
	deadline: (ms) => AbortSignal.timeout(Math.min(longestTimer, Math.max(0, Math.ceil(ms)))),
};
