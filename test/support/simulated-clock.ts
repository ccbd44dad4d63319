import type {Clock} from '../../src/lib/system/clock.js';

/** A clock on which hours pass at once: the next of all sleeps and deadlines is always due. */
export function simulatedClock(): Clock & {skip(ms: number): void; readonly elapsedMs: number} {
	const start = 1_790_000_000_000;
	let now = start;
	const timers = new Set<{at: number; call: () => void}>();
	const advance = (to: number) => {
		now = Math.max(now, to);
		for (const timer of timers) {
			if (timer.at > now) continue;
			timers.delete(timer);
			timer.call();
		}
	};
	/** The first timer before a time. */
	const next = (before: number) => Math.min(before, ...[...timers].map(({at}) => at));
	const after = (ms: number, call: () => void) => {
		const timer = {at: now + ms, call};
		timers.add(timer);
		advance(now);
		return () => void timers.delete(timer);
	};
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
			after(ms, () => controller.abort(new DOMException('The time is up', 'TimeoutError')));
			return controller.signal;
		},
		after,
		/** As if a laptop's lid had been closed for this long. */
		skip: (ms) => advance(now + ms),
	};
}
