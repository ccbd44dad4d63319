import type {Clock} from '../system/clock.js';

/** The time used to sign tokens: this machine's, until Kling's responses show it to be wrong. */
export interface ServerClock {
	/** Unix milliseconds. */
	now(): number;
	/** Milliseconds added to this machine's time. */
	readonly offsetMs: number;
	/**
	 * Corrects the time, from a response that refused a token for its timestamps. It is corrected again only if
	 * this machine's clock was set in the meantime.
	 * @param date the response's `Date` header
	 * @param signedWith the offset with which the refused token was signed
	 * @returns undefined when another token is worth a try; otherwise what to tell the user about the clock
	 */
	correct(date: string | undefined, signedWith: number): string | undefined;
}

/** A `Date` outside this range is ignored. */
const plausible = {from: Date.UTC(2020, 0), to: Date.UTC(2100, 0)};

/**
 * Smallest difference that counts, in milliseconds. A token is valid from 5 s before it is signed, and `Date`
 * has no fractions of a second.
 */
const minSkewMs = 3000;
/**
 * Largest accepted difference in milliseconds: the hour of a summer-time mistake plus some drift. A token
 * valid years from now is worth as much as the key, so a single wrong `Date` must not cause one to be signed.
 */
const maxSkewMs = 65 * 60_000;
/** A server that contradicts itself does not cause more corrections than this. */
const maxCorrections = 3;

/** @param warn called once, when the clock is corrected */
export function serverClock(clock: Clock, warn: (text: string) => void): ServerClock {
	let offsetMs = 0;
	let corrections = 0;
	/** What to do when this machine's clock agrees with the server's. */
	const agree = () => {
		if (corrections === 0) return 'It agrees with the time of the server, so also check the keys.';
		corrections++;
		offsetMs = 0;
		warn('The clock of this machine was set right; using it again.');
		return undefined;
	};
	return {
		now: () => clock.now() + offsetMs,
		get offsetMs() {
			return offsetMs;
		},
		correct(date, signedWith) {
			// Another request has corrected it in the meantime.
			if (signedWith !== offsetMs) return undefined;
			const time = Date.parse(date ?? '');
			if (!(time > plausible.from && time < plausible.to)) {
				return `The server sent ${date === undefined ? 'no time' : 'an impossible time'} to correct it by.`;
			}
			const skewMs = time - clock.now();
			if (corrections > 0 && (corrections === maxCorrections || isNear(skewMs, offsetMs))) {
				return 'It was corrected by the time of the server, which refused that as well.';
			}
			if (isNear(skewMs, 0)) return agree();
			const side = skewMs < 0 ? 'ahead of' : 'behind';
			const difference = `${timeSpan(Math.abs(skewMs))} ${side}`;
			if (Math.abs(skewMs) > maxSkewMs) {
				return `It is ${difference} the time of the server; at most an hour is corrected automatically.`;
			}
			corrections++;
			offsetMs = skewMs;
			warn(
				`Warning: the clock of this machine is ${difference} Kling's; using Kling's time for now. Set the clock.`,
			);
			return undefined;
		},
	};
}

const isNear = (skewMs: number, otherMs: number) => Math.abs(skewMs - otherMs) < minSkewMs;

const units: readonly [name: string, ms: number][] = [
	['days', 86_400_000],
	['hours', 3_600_000],
	['minutes', 60_000],
];

/** Formats a duration in the largest unit that gives at least two. */
function timeSpan(ms: number): string {
	const [name, unit] = units.find(([, length]) => ms >= 2 * length) ?? ['seconds', 1000];
	return `${Math.round(ms / unit)} ${name}`;
}
