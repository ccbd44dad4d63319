/**
 * Calls back once, when the first of the signals aborts; at once if one already has.
 * @returns a function that prevents the call, so that the signals no longer keep alive what it refers to
 */
export type OnAbort = (signals: readonly (AbortSignal | undefined)[], call: () => void) => () => void;

/**
 * Listens to signals for many short pieces of work. A signal has one listener for all of them: to add and
 * remove one for each takes longer than much of the work.
 */
export function createAbortCalls(): OnAbort {
	const listening = new Map<AbortSignal, {calls: Set<() => void>; abort: () => void}>();

	const add = (signal: AbortSignal, call: () => void) => {
		const known = listening.get(signal);
		if (known) {
			known.calls.add(call);
			return;
		}
		const calls = new Set([call]);
		const abort = () => {
			for (const each of calls) each();
		};
		signal.addEventListener('abort', abort, {once: true});
		listening.set(signal, {calls, abort});
	};

	const remove = (signal: AbortSignal, call: () => void) => {
		const known = listening.get(signal);
		known?.calls.delete(call);
		if (known?.calls.size !== 0) return;
		signal.removeEventListener('abort', known.abort);
		listening.delete(signal);
	};

	return (signals, call) => {
		const release = () => {
			for (const signal of signals) if (signal) remove(signal, abort);
		};
		const abort = () => {
			release();
			call();
		};
		if (signals.some((signal) => signal?.aborted)) call();
		else for (const signal of signals) if (signal) add(signal, abort);
		return release;
	};
}
