import {classifyError, listPage} from 'kling-cli';

/** Milliseconds. */
const waits = {first: 1000, longest: 60_000};

/**
 * Checks with a free request whether Kling accepts the keys, and waits as long as Kling cannot be reached. A worker with a wrong secret
 * key would treat every job as forged.
 * @param {import('kling-cli').Session} session
 * @param {(error: import('kling-cli').KlingError, waitMs: number) => void} onTrouble
 * @throws {KlingError} `invalid_api_key` and other errors of sign-in
 */
export async function checkKeys(session, onTrouble) {
	for (let attempt = 0; !session.signal.aborted; attempt++) {
		try {
			await listPage(session, 'create', {number: 1, size: 1});
			return;
		} catch (error) {
			if (session.signal.aborted) return;
			if (classifyError(error) !== 'later') throw error;
			const wait = Math.min(waits.longest, waits.first * 2 ** attempt);
			onTrouble(error, wait);
			await session.clock.sleep(wait, session.signal).catch(() => {});
		}
	}
}
