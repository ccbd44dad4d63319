import type {Clock} from '../../src/lib/system/clock.js';

/** A clock that runs only while nothing else can: it jumps to the earliest sleeper. */
export function virtualClock(start = 1_790_000_000_000): Clock {
	let now = start;
	let sleepers: {at: number; wake: () => void}[] = [];
	let isAdvancing = false;

	const advance = () => {
		// Everything that needs no time runs first.
		setImmediate(() => {
			const [next] = sleepers.sort((a, b) => a.at - b.at);
			if (next === undefined) {
				isAdvancing = false;
				return;
			}
			now = Math.max(now, next.at);
			const due = sleepers.filter(({at}) => at <= now);
			sleepers = sleepers.filter(({at}) => at > now);
			for (const {wake} of due) wake();
			advance();
		});
	};

	return {
		now: () => now,
		sleep: (ms, signal) =>
			new Promise((resolve, reject) => {
				if (signal?.aborted) {
					reject(signal.reason);
					return;
				}
				const sleeper = {at: now + Math.max(0, ms), wake: resolve};
				sleepers.push(sleeper);
				signal?.addEventListener('abort', () => {
					sleepers = sleepers.filter((one) => one !== sleeper);
					reject(signal.reason);
				});
				if (!isAdvancing) advance();
				isAdvancing = true;
			}),
		deadline: () => new AbortController().signal,
		after: () => () => {},
	};
}
