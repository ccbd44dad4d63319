import {setTimeout as delay} from 'node:timers/promises';

/** Time is given, not taken, so that tests need not sleep. */
export interface Clock {
	/** Unix time in milliseconds. */
	now(): number;
	/** Resolves after so many milliseconds; throws the reason of the signal when that is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: Date.now,
	async sleep(ms, signal) {
		try {
			await delay(ms, undefined, {...(signal && {signal})});
		} catch (error) {
			throw signal?.aborted ? signal.reason : error;
		}
	},
};
