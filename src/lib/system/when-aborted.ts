import {setMaxListeners} from 'node:events';

/**
 * Calls back once, when the first of the signals aborts; at once if one already has.
 * @returns a function that stops listening, so that the signals no longer keep alive what the call refers to
 */
export function whenAborted(signals: readonly (AbortSignal | undefined)[], call: () => void): () => void {
	const release = () => {
		for (const signal of signals) signal?.removeEventListener('abort', abort);
	};
	const abort = () => {
		release();
		call();
	};
	for (const signal of signals) {
		if (signal === undefined) continue;
		if (signal.aborted) {
			abort();
			break;
		}
		// One signal may end any number of requests and waits.
		setMaxListeners(0, signal);
		signal.addEventListener('abort', abort);
	}
	return release;
}
