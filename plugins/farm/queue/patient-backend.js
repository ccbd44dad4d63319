import {setTimeout} from 'node:timers/promises';

/** How long a worker waits before it asks again, in milliseconds. A job that ends hands its slot on at once. */
const fullMs = 250;

/**
 * BullMQ's backend for PostgreSQL takes any waiting job for one that can start: while all slots are taken, its workers ask for
 * jobs without a pause, about 150 times a second. This one lets them wait.
 * @param create BullMQ's own factory
 * @param {(milliseconds: number) => Promise<unknown>} pause
 * @returns a factory of backends
 */
export function patientBackend(create, pause = setTimeout) {
	return (...args) => {
		const backend = create(...args);
		const waitForJob = backend.waitForJob.bind(backend);
		backend.waitForJob = async (seconds) => {
			const found = await waitForJob(seconds).catch(async (error) => {
				await pause(fullMs);
				throw error;
			});
			if (found !== null && (await backend.isMaxed().catch(() => true))) await pause(fullMs);
			return found;
		};
		return backend;
	};
}
