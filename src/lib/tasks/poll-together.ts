import type {Clock} from '../system/clock.js';
import {createBatchLookUp, type PageUse} from './batch-lookup.js';
import type {Limit, LookUp, LookUpSession} from './fetch-task.js';
import type {Session} from './task-context.js';

/** Waits for so many milliseconds; throws the reason of the signal when that is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** What those share who wait for the tasks of one command. */
export interface Together {
	lookUp: LookUp;
	/** From 0 up to 1, the same for all, so that their pauses are equally long. */
	random: () => number;
	pause: Pause;
}

/**
 * Lets the tasks of a command be polled in rounds, each of a few requests.
 * @param limit runs a request when there is room for it
 * @param pages see createBatchLookUp
 */
export function pollTogether(
	session: LookUpSession & Pick<Session, 'clock' | 'random'>,
	limit?: Limit,
	pages?: PageUse,
): Together {
	const spread = session.random();
	return {
		lookUp: createBatchLookUp(session, limit, pages),
		random: () => spread,
		pause: createSharedPause(session.clock),
	};
}

/** Somebody who pauses. Times are Unix milliseconds. */
interface Sleeper {
	due: number;
	/** From then on, the pause may end with that of another. */
	half: number;
	wake: () => void;
}

/**
 * Pauses that end together: when one is over, so is each of which at least half has passed. Whoever got an answer at about
 * the same time then asks again in the same moment, however long a slow machine took from one to the next.
 */
export function createSharedPause(clock: Clock): Pause {
	const sleepers = new Set<Sleeper>();
	let alarm: {at: number; stop: AbortController} | undefined;

	function setAlarm(): void {
		alarm?.stop.abort();
		alarm = undefined;
		if (sleepers.size === 0) return;
		let at = Number.POSITIVE_INFINITY;
		for (const {due} of sleepers) at = Math.min(at, due);
		const stop = new AbortController();
		alarm = {at, stop};
		clock.sleep(at - clock.now(), stop.signal).then(ring, () => {});
	}

	function ring(): void {
		const now = clock.now();
		for (const sleeper of sleepers) {
			if (sleeper.half > now && sleeper.due > now) continue;
			sleepers.delete(sleeper);
			sleeper.wake();
		}
		setAlarm();
	}

	return (ms, signal) =>
		new Promise((resolve, reject) => {
			const now = clock.now();
			const sleeper: Sleeper = {
				due: now + ms,
				half: now + ms / 2,
				wake() {
					signal.removeEventListener('abort', abort);
					resolve();
				},
			};
			const abort = () => {
				sleepers.delete(sleeper);
				// A timer that nobody needs would keep the process alive.
				if (sleepers.size === 0) setAlarm();
				reject(signal.reason);
			};
			if (signal.aborted) {
				reject(signal.reason);
				return;
			}
			signal.addEventListener('abort', abort, {once: true});
			sleepers.add(sleeper);
			if (alarm === undefined || sleeper.due < alarm.at) setAlarm();
		});
}
