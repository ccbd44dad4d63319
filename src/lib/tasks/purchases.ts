import {errorRow} from '../errors/error-table.js';
import {type ErrorDetails, KlingError} from '../errors/kling-error.js';

/** How many tasks are listed where there is room for a line. */
const longestList = 20;

/** A call without a name whose outcome is open. */
interface OpenCall {
	/** What it makes, as the subject of a sentence. */
	noun: string;
	/** How to find out what happened to it. */
	hint: string;
}

/** What this process has asked for that costs. However the process ends, it names what may have been paid for. */
export class Purchases {
	/** What was submitted, from before the request until it is known that no task was made: external ids, and the ids of the tasks. */
	readonly tasks = new Map<string, string | undefined>();
	/** Calls without a name that are under way. */
	readonly calls = new Set<OpenCall>();

	/** Waits for a call without a name, whose outcome is open until then. */
	async during<T>(call: OpenCall, response: Promise<T>): Promise<T> {
		this.calls.add(call);
		return response.finally(() => this.calls.delete(call));
	}

	/** Whether a call without a name was paid for, whose result can be had nowhere else. */
	hasResult = false;
	/** What calls made that another command can use. */
	readonly made: Pick<ErrorDetails, 'session_id' | 'audio_id'> = {};
	/** Writes a command that works on the same account. */
	command = (...words: string[]): string => ['kling', ...words].join(' ');

	/** The ids that belong in the error of this process: of several tasks, none. */
	get ids(): ErrorDetails {
		const [submission] = this.tasks;
		if (submission === undefined || this.tasks.size > 1) return this.made;
		const [external_task_id, task_id] = submission;
		return {external_task_id, ...(task_id !== undefined && {task_id}), ...this.made};
	}

	/** What was paid for, or may have been: one line for each, for whoever did not get the document. */
	lines(): string[] {
		const tasks = [...this.tasks].map(([name, id]) =>
			id === undefined
				? `Kling may have made the task ${name}, or not. See: ${this.command('video', 'reconcile', name)}`
				: `Task ${id} was submitted with the external id ${name}. See: ${this.command('video', 'status', id)}`,
		);
		const more = tasks.length - longestList;
		const {session_id: session, audio_id: audio} = this.made;
		return [
			...tasks.slice(0, longestList),
			...(more > 0 ? [`${more} more tasks: ${this.command('video', 'history')}`] : []),
			...(session === undefined ? [] : [`Faces were detected; to use them again: --session ${session}`]),
			...(audio === undefined ? [] : [`Speech was made; to use it again: --audio-id ${audio}`]),
			...[...this.calls].map(({noun, hint}) => `${noun} may have been made and paid for, or not. ${hint}`),
		];
	}
}

/**
 * An error of the second of two paid steps: what to type so that the first is not paid for again.
 * @param again the command that uses what the first step made
 */
export function afterPaidStep(error: unknown, again: string): unknown {
	if (!(error instanceof KlingError)) return error;
	const {code, exit, retryable, details} = error;
	const {hint = errorRow(code).hint ?? '', task_id: made} = details;
	// Of a task that was made, or may have been, its own hint says what to do.
	if (made !== undefined || code === 'submit_unknown' || hint.includes(again)) return error;
	const isToRepeat = retryable || exit >= 100;
	return error.with({
		hint: isToRepeat
			? `Continue without paying for the first step again: ${again}`
			: `${hint} The first step need not be paid for again: ${again}`.trim(),
	});
}
