import type {Session} from './task-context.js';

/**
 * Awaits the response to a request that costs the user. Ctrl-C does not end it: what was made would be lost. A second
 * Ctrl-C ends the program.
 * @param why what the response tells, and what the user can do after a second Ctrl-C
 */
export async function uninterrupted<T>(
	{signal, notes}: Pick<Session, 'signal' | 'notes'>,
	answer: Promise<T>,
	{toLearn, then}: {toLearn: string; then: string},
): Promise<T> {
	const tell = () =>
		notes.line(`Waiting for Kling's response, ${toLearn}. Press Ctrl-C again to stop at once; ${then}`);
	signal.addEventListener('abort', tell);
	return answer.finally(() => signal.removeEventListener('abort', tell));
}
