import {setTimeout as delay} from 'node:timers/promises';

/** Time is given, not taken, so that tests need not sleep. */
export interface Clock {
	/** Unix time in milliseconds. */
	now(): number;
	/** Resolves after so many milliseconds. */
	sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
	now: Date.now,
	async sleep(ms) {
		await delay(ms);
	},
};
