import type {KlingError} from '../errors/kling-error.js';
import {asKlingError} from './batch-errors.js';
import type {Schedulable, SchedulerOptions} from './scheduler-types.js';

/** How many submissions in a row may fail to reach Kling. */
const maxUnreached = 20;
/** How often the results of a task are fetched anew. */
const saveAttempts = 3;
/** Milliseconds. */
const backoff = {first: 1000, longest: 60_000};

/** How long to pause submissions while Kling cannot be reached, and when to give up. */
export class OutageBackoff {
	readonly #options: Pick<SchedulerOptions<Schedulable>, 'clock' | 'random' | 'onTrouble'>;
	/** Failures in a row. */
	#unreached = 0;
	/** Unix milliseconds. */
	pausedUntil = 0;

	constructor(options: Pick<SchedulerOptions<Schedulable>, 'clock' | 'random' | 'onTrouble'>) {
		this.#options = options;
	}

	reached(): void {
		this.#unreached = 0;
	}

	/** @returns false if it has failed too often to continue */
	pause(error: KlingError): boolean {
		const {clock, random, onTrouble} = this.#options;
		this.#unreached++;
		const usual = Math.min(backoff.longest, backoff.first * 2 ** Math.min(10, this.#unreached - 1));
		const wait = error.retryAfterMs ?? usual * (0.5 + random() / 2);
		this.pausedUntil = Math.max(this.pausedUntil, clock.now() + wait);
		onTrouble?.(error, wait);
		return this.#unreached < maxUnreached;
	}
}

/** Saves, and tries again if that can help. */
export async function withAttempts(
	save: () => Promise<void>,
	{clock, random, signal}: Pick<SchedulerOptions<Schedulable>, 'clock' | 'random' | 'signal'>,
): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await save();
		} catch (error) {
			const known = asKlingError(error);
			if (!known.retryable || attempt >= saveAttempts || signal.aborted || known.exit > 100) throw known;
			await clock.sleep(backoff.first * 2 ** attempt * (0.5 + random() / 2), signal);
		}
	}
}
