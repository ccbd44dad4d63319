import {isOfServer, queueErrorOf} from '../queue/queue-errors.js';
import {sleep} from './timing.js';

/** Milliseconds between two attempts. */
const pauses = {first: 250, longest: 5000};

/**
 * Repeats requests to the queue until it responds: tasks that run at Kling do not stop when the queue does.
 * @param {AbortSignal} signal ends the repetition
 * @param {string} shown the queue's address without its password
 * @param {(text: string) => void} note prints a warning, once until the queue responds again
 * @returns {<T>(ask: () => Promise<T>) => Promise<T>}
 */
export function createPersist(signal, shown, note) {
	let isWarned = false;
	return async (ask) => {
		for (let attempt = 0; ; attempt++) {
			try {
				const answer = await ask();
				isWarned = false;
				return answer;
			} catch (error) {
				if (signal.aborted || !isOfServer(error)) throw error;
				if (!isWarned) {
					isWarned = true;
					const {said} = queueErrorOf(shown, error);
					note(`Warning: ${said}. Running tasks continue, and the worker tries again`);
				}
				await sleep(Math.min(pauses.longest, pauses.first * 2 ** attempt));
			}
		}
	};
}
