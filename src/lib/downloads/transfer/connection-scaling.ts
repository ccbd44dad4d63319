/** What is seen of a transfer at each tick. */
export interface Sight {
	/** Bytes received so far. */
	received: number;
	/** Bytes to come. */
	rest: number;
	/** How often a limit held the transfer back so far. */
	waits: number;
}

/** Milliseconds between two ticks. */
export const tickMs = 100;

/** Ticks that the speed of one connection is measured over, before and while more are tried. */
const firstTicks = 2;
const lastTicks = 5;
/** Ticks until more connections are judged: a handshake far away takes several round trips. */
const trialTicks = 15;
/** More connections must bring this much, or the server (or the line) has one limit for all. */
const leastGain = 1.2;
/** Bytes a second from which one connection is as quick as this program gets: more would only compete for the processor. */
const fastEnough = 250_000_000;
/** Milliseconds that must remain for another handshake to pay. */
const worthwhileMs = 1000;

/**
 * Decides when a file is worth more connections, and whether they were worth it.
 * @returns a function to call at each tick: `more` once at most, then `fewer` once at most
 */
export function createSplitting(): (sight: Sight) => 'more' | 'fewer' | undefined {
	/** Where it stood at each tick, and at the begin. */
	const sights: Sight[] = [{received: 0, rest: Number.POSITIVE_INFINITY, waits: 0}];
	let trial: {since: number; speed: number} | undefined;
	let isOver = false;

	/** Bytes per tick over the last ticks; undefined when a limit held them back. */
	const speed = (ticks: number): number | undefined => {
		const [before, now] = [sights.at(-1 - ticks), sights.at(-1)];
		if (!before || !now || now.waits !== before.waits) return undefined;
		return (now.received - before.received) / ticks;
	};

	return (sight) => {
		sights.push(sight);
		if (isOver) return undefined;
		if (trial) {
			if (sights.length - trial.since < trialTicks) return undefined;
			isOver = true;
			return (speed(lastTicks) ?? 0) < trial.speed * leastGain ? 'fewer' : undefined;
		}
		const one = speed(firstTicks);
		if (one === undefined || sight.rest * tickMs <= one * worthwhileMs) return undefined;
		if ((one * 1000) / tickMs >= fastEnough) return undefined;
		trial = {since: sights.length, speed: one};
		return 'more';
	};
}
