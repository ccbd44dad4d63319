import type {Clock} from '../system/clock.js';
import {createBatchLookUp, type PageUse} from './batch-lookup.js';
import type {Limit, LookUp, LookUpSession} from './fetch-task.js';
import type {Session} from './task-context.js';
import type {WaitLimit} from './wait-limit.js';

/** Waits for this many milliseconds; throws the signal's reason when it aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** What the waits of one command share. */
export interface SharedPolling {
	lookUp: LookUp;
	/** At least 0 and below 1, the same for all, so that their pauses have equal length. */
	random: () => number;
	pause: Pause;
	/** When all of them end waiting, if they have begun together. */
	until?: WaitLimit | undefined;
}

/**
 * Polls the tasks of a command in rounds of a few requests each.
 * @param limit runs a request when there is room for it
 * @param pages see `createBatchLookUp`
 */
export function pollTogether(
	session: LookUpSession & Pick<Session, 'clock' | 'random'>,
	limit?: Limit,
	pages?: PageUse,
): SharedPolling {
	const spread = session.random();
	return {
		lookUp: createBatchLookUp(session, limit, pages),
		random: () => spread,
		pause: createSharedPause(session.clock),
	};
}

/** A task that is pausing. Times are Unix milliseconds. */
interface Sleeper {
	due: number;
	/** From this time on, the pause may end together with another. */
	half: number;
	wake: () => void;
}

/**
 * Pauses that end together. When one is over, every other that is at least half over ends as well. Tasks that
 * were polled at about the same time therefore stay in step, however slow the machine is.
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
