import type {Clock} from '../../src/lib/system/clock.js';

/** A clock on which hours pass at once: the next of all sleeps and deadlines is always due. */
export function simulatedClock(): Clock & {skip(ms: number): void; readonly elapsedMs: number} {
	const start = 1_790_000_000_000;
	let now = start;
	const deadlines: {at: number; controller: AbortController}[] = [];
	const advance = (to: number) => {
		now = Math.max(now, to);
		for (const {at, controller} of deadlines) {
			if (at <= now && !controller.signal.aborted) {
				controller.abort(new DOMException('The time is up', 'TimeoutError'));
			}
		}
	};
	/** The first deadline before a time. */
	const next = (before: number) => Math.min(before, ...deadlines.map(({at}) => at).filter((at) => at > now));
	return {
		now: () => now,
		get elapsedMs() {
			return now - start;
		},
		async sleep(ms, signal) {
			for (const end = now + ms; ; ) {
				if (signal?.aborted) throw signal.reason;
				if (now >= end) return;
				advance(next(end));
				await Promise.resolve();
			}
		},
		deadline(ms) {
			const controller = new AbortController();
			deadlines.push({at: now + ms, controller});
			advance(now);
			return controller.signal;
		},
		/** As if a laptop's lid had been closed for this long. */
		skip: (ms) => advance(now + ms),
	};
}
