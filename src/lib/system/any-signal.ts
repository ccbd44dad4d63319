import {setMaxListeners} from 'node:events';

/** A signal that follows others until it is released. */
export interface CombinedSignal {
	signal: AbortSignal;
	/** Stops following, so that the others no longer keep alive what waits for this one. */
	release: () => void;
}

/**
 * A signal that aborts as soon as one of the others does, with its reason. For work that ends long before the
 * others could abort: `AbortSignal.any` keeps what listens to it until they do.
 */
export function anySignal(others: readonly (AbortSignal | undefined)[]): CombinedSignal {
	const controller = new AbortController();
	const listening: (() => void)[] = [];
	const release = () => {
		for (const stop of listening.splice(0)) stop();
	};
	for (const other of others) {
		if (other === undefined) continue;
		const abort = () => {
			release();
			controller.abort(other.reason);
		};
		if (other.aborted) {
			abort();
			break;
		}
		// One signal may end any number of requests and waits.
		setMaxListeners(0, other);
		other.addEventListener('abort', abort, {once: true});
		listening.push(() => other.removeEventListener('abort', abort));
	}
	return {signal: controller.signal, release};
}
