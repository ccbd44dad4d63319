import type {Clock} from '../system/clock.js';

/** Limits the combined speed of a command's downloads. */
export interface Pace {
	/**
	 * How long to pause after receiving this many bytes.
	 * @returns milliseconds, 0 when no pause is needed
	 */
	after(bytes: number): number;
	/** Number of pauses so far. */
	readonly waits: number;
}

/** Bytes that may arrive in a burst, expressed in milliseconds at the limit. */
const slackMs = 50;

/** @param bytesPerSecond above 0 */
export function createPace(bytesPerSecond: number, clock: Clock): Pace {
	/** Unix milliseconds at which all bytes so far would have arrived at the limit. */
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
