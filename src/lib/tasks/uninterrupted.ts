import type {Session} from './task-context.js';

/**
 * Awaits the response to a request that costs the user. Ctrl-C does not end it: what was made would be lost. A second
 * Ctrl-C ends the program.
 * @param notice why it waits, and what a second Ctrl-C leads to
 */
export async function uninterrupted<T>(
	{signal, notes}: Pick<Session, 'signal' | 'notes'>,
	answer: Promise<T>,
	{why, afterwards}: {why: string; afterwards: string},
): Promise<T> {
	const tell = () =>
		notes.line(`Waiting for Kling's response, ${why}. Press Ctrl-C again to stop at once; ${afterwards}`);
	signal.addEventListener('abort', tell);
	return answer.finally(() => signal.removeEventListener('abort', tell));
}
