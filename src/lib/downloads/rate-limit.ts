import type {Clock} from '../system/clock.js';

/** Holds the transfers of a command, all together, to a speed. */
export interface Pace {
	/**
	 * Tells how long to wait after so many bytes.
	 * @returns milliseconds, 0 when nothing is to be waited for
	 */
	after(bytes: number): number;
	/** How often something had to wait so far. */
	readonly waits: number;
}

/** Bytes that may come at once, in milliseconds of the speed. */
const slackMs = 50;

/** @param bytesPerSecond above 0 */
export function createPace(bytesPerSecond: number, clock: Clock): Pace {
	/** Unix milliseconds at which the bytes so far would have come at the speed. */
	let due = 0;
	let waits = 0;
	return {
		after(bytes) {
			const now = clock.now();
			due = Math.max(due, now) + (bytes / bytesPerSecond) * 1000;
			const wait = due - now;
			if (wait <= slackMs) return 0;
			waits++;
			return wait;
		},
		get waits() {
			return waits;
		},
	};
}
