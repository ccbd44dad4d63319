/** The state of a transfer at a tick. */
export interface TickState {
	/** Bytes received so far. */
	received: number;
	/** Bytes still to come. */
	rest: number;
	/** How often a rate limit has paused the transfer so far. */
	waits: number;
}

/** Milliseconds between two ticks. */
export const tickMs = 100;

/** Number of ticks over which speed is measured, before and while more connections are tried. */
const firstTicks = 2;
const lastTicks = 5;
/**
 * Ticks before additional connections are judged: a handshake with a distant server takes several round
 * trips.
 */
const trialTicks = 15;
/** Required speed-up. If it is not reached, the server or the line has one limit for all connections. */
const minGain = 1.2;
/**
 * Bytes per second at which one connection is as fast as this program gets. More would only compete for the
 * processor.
 */
const fastEnough = 250_000_000;
/** Minimum remaining milliseconds for another handshake to pay off. */
const worthwhileMs = 1000;

/**
 * Decides when a file is worth more connections, and whether they helped.
 * @returns a function to call at each tick, which returns `more` at most once, then `fewer` at most once
 */
export function createSplitting(): (state: TickState) => 'more' | 'fewer' | undefined {
	/** The state at each tick, and at the start. */
	const states: TickState[] = [{received: 0, rest: Number.POSITIVE_INFINITY, waits: 0}];
	let trial: {since: number; speed: number} | undefined;
	let isOver = false;

	/** Bytes per tick over the last ticks; undefined when a rate limit paused them. */
	const speed = (ticks: number): number | undefined => {
		const [before, now] = [states.at(-1 - ticks), states.at(-1)];
		if (!before || !now || now.waits !== before.waits) return undefined;
		return (now.received - before.received) / ticks;
	};

	return (state) => {
		states.push(state);
		if (isOver) return undefined;
		if (trial) {
			if (states.length - trial.since < trialTicks) return undefined;
			isOver = true;
			return (speed(lastTicks) ?? 0) < trial.speed * minGain ? 'fewer' : undefined;
		}
		const one = speed(firstTicks);
		if (one === undefined || state.rest * tickMs <= one * worthwhileMs) return undefined;
		if ((one * 1000) / tickMs >= fastEnough) return undefined;
		trial = {since: states.length, speed: one};
		return 'more';
	};
}
