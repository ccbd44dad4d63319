import {errorRow} from '../errors/error-table.js';
import {type ErrorDetails, KlingError} from '../errors/kling-error.js';

/** Most tasks that are listed by name. */
const maxListLength = 20;

/** A call without an external id whose outcome is open. */
interface OpenCall {
	/** What the call makes, as the subject of a sentence. */
	noun: string;
	/** How to find out what happened to it. */
	hint: string;
}

/**
 * What this process has asked for that costs money. However the process ends, it lists what may have been
 * paid for.
 */
export class Purchases {
	/** Task ids by external id, from before the request until it is known that no task was made. */
	readonly tasks = new Map<string, string | undefined>();
	/** Calls without an external id that are in flight. */
	readonly calls = new Set<OpenCall>();

	/** Awaits the response to a call without an external id; its outcome is open until then. */
	async during<T>(call: OpenCall, response: Promise<T>): Promise<T> {
		this.calls.add(call);
		return response.finally(() => this.calls.delete(call));
	}

	/** Whether such a call was paid for and its result exists only in this process. */
	hasResult = false;
	/** Name of the budget reservation for the paid steps of this process and their task. */
	reservedSteps: string | undefined;
	/** Results of calls that another command can reuse. */
	readonly made: Pick<ErrorDetails, 'session_id' | 'audio_id'> = {};
	/** Formats a command that works on the same account. */
	command = (...words: string[]): string => ['kling', ...words].join(' ');

	/** The ids to include in this process's error; empty when there are several tasks. */
	get ids(): ErrorDetails {
		const [submission] = this.tasks;
		if (submission === undefined || this.tasks.size > 1) return this.made;
		const [external_task_id, task_id] = submission;
		return {external_task_id, ...(task_id !== undefined && {task_id}), ...this.made};
	}

	/**
	 * One line for each thing that was, or may have been, paid for, for users who did not get the document.
	 */
	lines(): string[] {
		const tasks = [...this.tasks].map(([name, id]) =>
			id === undefined
				? `Kling may have made the task ${name}, or not. See: ${this.command('video', 'reconcile', name)}`
				: `Task ${id} was submitted with the external id ${name}. See: ${this.command('video', 'status', id)}`,
		);
		const more = tasks.length - maxListLength;
		const {session_id: session, audio_id: audio} = this.made;
		return [
			...tasks.slice(0, maxListLength),
			...(more > 0 ? [`${more} more tasks: ${this.command('video', 'history')}`] : []),
			...(session === undefined ? [] : [`Faces were detected; to use them again: --session ${session}`]),
			...(audio === undefined ? [] : [`Speech was made; to use it again: --audio-id ${audio}`]),
			...[...this.calls].map(({noun, hint}) => `${noun} may have been made and paid for, or not. ${hint}`),
		];
	}
}

/**
 * Adds to an error of the second of two paid steps how to retry without paying for the first again.
 * @param again the command that reuses the result of the first step
 */
export function afterPaidStep(error: unknown, again: string): unknown {
	if (!(error instanceof KlingError)) return error;
	const {code, exit, retryable, details} = error;
	const {hint = errorRow(code).hint ?? '', task_id: made} = details;
	// If the task was made, or may have been, the error's own hint says what to do.
	if (made !== undefined || code === 'submit_unknown' || hint.includes(again)) return error;
	const isToRepeat = retryable || exit >= 100;
	return error.with({
		hint: isToRepeat
			? `Continue without paying for the first step again: ${again}`
			: `${hint} The first step need not be paid for again: ${again}`.trim(),
	});
}
