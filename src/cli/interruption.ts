import {setMaxListeners} from 'node:events';
import {KlingError} from '../lib/errors/kling-error.js';

const interruptions = {SIGINT: 'interrupted', SIGTERM: 'terminated'} as const;

/**
 * A signal that aborts on SIGINT and SIGTERM, for work that must clean up before the process ends.
 * @param left what the error message says is left behind
 */
export function interruptionSignal(left: string): AbortSignal {
	const controller = new AbortController();
	// A thousand waits may listen at once.
	setMaxListeners(0, controller.signal);
	for (const [signal, code] of Object.entries(interruptions)) {
		process.once(signal, () => controller.abort(new KlingError(code, `Stopped by ${signal}. ${left}`)));
	}
	return controller.signal;
}
