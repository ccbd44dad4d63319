import type {ErrorDetails} from '../lib/errors/kling-error.js';
import {fileError} from '../lib/fs/file-errors.js';
import {toJson, visible} from '../lib/output/sanitize.js';
import type {Context} from './context.js';

/**
 * Makes sure that the process never ends without saying why: when stdout takes no more, after a bug that no command caught, and when Node
 * has nothing left to do before there is a result.
 * @returns to call when there is a result
 */
export function guardProcess(context: Context): () => void {
	// oclif's own listener throws, which ends in a stack trace.
	process.stdout.removeAllListeners('error').on('error', (error) => leave(error, context));
	// Work that costs money does not stop because nobody reads the notes about it.
	process.stderr.on('error', () => {});
	for (const event of ['uncaughtException', 'unhandledRejection']) {
		process.once(event, (error: unknown) => lastResort(error, context));
	}
	// Work that waits for what never comes leaves Node with nothing to do: that is no success.
	const noResult = () => {
		const {printer} = context;
		void printer.error(printer.unfinished(), {stream: printer.lastStream});
	};
	process.once('beforeExit', noResult);
	return () => void process.off('beforeExit', noResult);
}

/** Ends the program when stdout takes no more: what it was asked for cannot be given. */
function leave(error: NodeJS.ErrnoException, {printer}: Context): void {
	// `head` has seen enough: that is no error worth a message. 141 is what a shell shows for SIGPIPE.
	if (error.code === 'EPIPE') {
		// What was paid for is named where somebody may still read it.
		for (const line of printer.purchases.lines()) process.stderr.write(`${visible(line)}\n`);
		process.exit(141);
	}
	// A document that names a task is not lost without its name.
	const {lost} = printer;
	const hint = hintFor(lost);
	const failure = fileError(error, 'the output').with({path: undefined, ...lost, hint});
	const names = Object.values(lost ?? {}).join(' ');
	const text = `Error: ${failure.said} (${failure.code})${names && `, which was about ${names}`}`;
	process.stderr.write(
		`${printer.mode.human ? `${visible(text)}\n${visible(hint)}` : toJson(failure.toDocument())}\n`,
	);
	process.exit(failure.exit);
}

/** What to do about a document that could not be printed: what was submitted is not submitted again. */
function hintFor({task_id: id, external_task_id: name}: ErrorDetails = {}): string {
	if (id !== undefined) return `See the task again: kling video status ${id}`;
	if (name !== undefined) return `See whether there is a task: kling video reconcile ${name}`;
	return 'Make room where stdout goes, or send it elsewhere, and run the command again.';
}

/** Reports a bug that no command caught, in the way of every error: Node would print it with all that it holds. */
function lastResort(error: unknown, {printer}: Context): void {
	// Whatever else goes wrong from here on changes nothing.
	for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => {});
	void printer.error(error, {stream: printer.lastStream}).finally(() => process.exit(1));
}
