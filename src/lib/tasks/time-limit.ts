import {KlingError} from '../errors/kling-error.js';
import type {Session} from './task-context.js';

/**
 * The same session with a time limit: its requests, retries and pauses all end when the time is up.
 * @param ms from now on
 * @param stop ends the work as well; its reason is thrown
 * @returns a session whose client and clock throw `timeout` when the time is up
 */
export function withTimeLimit(session: Session, ms: number, stop?: AbortSignal): Session {
	const {client, clock, find} = session;
	const controller = new AbortController();
	clock.deadline(ms).addEventListener('abort', () =>
		controller.abort(
			new KlingError('timeout', `There was no response within ${Math.round(ms / 100) / 10} s`, {
				hint: 'Run the command again, with a longer --timeout if it has one.',
			}),
		),
	);
	const end = stop ? AbortSignal.any([stop, controller.signal]) : controller.signal;
	const until = (signal?: AbortSignal) => (signal ? AbortSignal.any([signal, end]) : end);
	// Not a copy: reading the signal would start listening for Ctrl-C.
	return Object.create(session, {
		client: {
			value: {
				...client,
				getTask: (path, id, signal) => client.getTask(path, id, until(signal)),
				listTasks: (path, page, signal) => client.listTasks(path, page, until(signal)),
			} satisfies Session['client'],
		},
		...(find && {find: {value: (id, signal) => find(id, until(signal))} satisfies {value: Session['find']}}),
		clock: {
			value: {
				...clock,
				sleep: (time, signal) => clock.sleep(time, until(signal)),
			} satisfies Session['clock'],
		},
	}) as Session;
}
