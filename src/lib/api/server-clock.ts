import type {Clock} from '../system/clock.js';

/** The time by which tokens are signed: this machine's, until Kling's has shown that to be wrong. */
export interface ServerClock {
	/** Unix milliseconds. */
	now(): number;
	/** Milliseconds that are added to this machine's time. */
	readonly offsetMs: number;
	/**
	 * Sets the time by a reply that refused a token for its times, once.
	 * @param date its `Date` header
	 * @param signedWith the offset with which the refused token was signed
	 * @returns undefined when another token is worth a try, else what to tell of the clock
	 */
	correct(date: string | undefined, signedWith: number): string | undefined;
}

/** A `Date` outside of these is no time. */
const plausible = {from: Date.UTC(2020, 0), to: Date.UTC(2100, 0)};

/** Milliseconds. A token is good from 5 s before it is signed, and `Date` is cut to seconds. */
const leastSkewMs = 3000;
/**
 * Milliseconds: an hour, which is what summer time gets wrong, and what a clock may be off besides. A token that is good years from
 * now is worth as much as the key: one wrong `Date` must not have it signed.
 */
const mostSkewMs = 65 * 60_000;

/** @param warn called once, when the clock is corrected */
export function serverClock(clock: Clock, warn: (text: string) => void): ServerClock {
	let offsetMs = 0;
	let corrected = false;
	return {
		now: () => clock.now() + offsetMs,
		get offsetMs() {
			return offsetMs;
		},
		correct(date, signedWith) {
			// Another request has corrected it meanwhile.
			if (signedWith !== offsetMs) return undefined;
			if (corrected) return 'It was corrected by the time of the server, which refused that as well.';
			const time = Date.parse(date ?? '');
			if (!(time > plausible.from && time < plausible.to)) {
				return `The server sent ${date === undefined ? 'no time' : 'an impossible time'} to correct it by.`;
			}
			const skewMs = time - clock.now();
			if (Math.abs(skewMs) < leastSkewMs) {
				return 'It agrees with the time of the server, so also check the keys.';
			}
			const side = skewMs < 0 ? 'ahead of' : 'behind';
			const difference = `${timeSpan(Math.abs(skewMs))} ${side}`;
			if (Math.abs(skewMs) > mostSkewMs) {
				return `It is ${difference} the time of the server; at most an hour is corrected automatically.`;
			}
			corrected = true;
			offsetMs = skewMs;
			warn(
				`Warning: the clock of this machine is ${difference} Kling's; using Kling's time for now. Set the clock.`,
			);
			return undefined;
		},
	};
}

const units: readonly [name: string, ms: number][] = [
	['days', 86_400_000],
	['hours', 3_600_000],
	['minutes', 60_000],
];

/** A time span in the unit that leaves at least two of it. */
function timeSpan(ms: number): string {
	const [name, unit] = units.find(([, length]) => ms >= 2 * length) ?? ['seconds', 1000];
	return `${Math.round(ms / unit)} ${name}`;
}
