import {KlingError} from '../errors/kling-error.js';
import {fullJitter} from '../system/backoff.js';
import type {Clock} from '../system/clock.js';
import {LinkRefusedError} from './transfer/open-asset.js';

export interface RetryOptions {
	clock: Clock;
	random: () => number;
	signal?: AbortSignal | undefined;
	/** Bytes that the next attempt need not download again. */
	stored: () => number;
}

/** Consecutive attempts without progress, and attempts in total, after which a server is given up. */
const fruitlessTries = 3;
/** A file made a moment ago may take some seconds to reach every server. */
const refusedTries = 5;
const allTries = 30;
/** Milliseconds. */
const backoff = {firstMs: 500};

/**
 * Retries what the network or the server broke off, with pauses that grow while there is no progress.
 * @throws the error of the last attempt, or the signal's reason
 */
export async function withRetries<T>(
	once: () => Promise<T>,
	{clock, random, signal, stored}: RetryOptions,
): Promise<T> {
	let fruitless = 0;
	for (let tries = 1; ; tries++) {
		const before = stored();
		try {
			return await once();
		} catch (error) {
			if (signal?.aborted) throw signal.reason;
			if (!(error instanceof KlingError) || !error.retryable || error.exit !== 5) throw error;
			fruitless = stored() > before ? 0 : fruitless + 1;
			const most = error instanceof LinkRefusedError ? refusedTries : fruitlessTries;
			if (fruitless >= most || tries >= allTries) throw error;
			await clock.sleep(fullJitter(backoff, Math.max(1, fruitless), random), signal);
		}
	}
}
