import {setTimeout} from 'node:timers/promises';
import type {ErrorDetails} from '../lib/errors/kling-error.js';
import {fileError} from '../lib/fs/file-errors.js';
import {toJson, visible} from '../lib/output/sanitize.js';
import type {Context} from './context.js';

/**
 * Makes sure that the process never ends without an explanation: when stdout is closed, after a bug that no
 * command caught, or when Node runs out of work before there is a result.
 * @returns a function to call when there is a result
 */
export function guardProcess(context: Context): () => void {
	// oclif's own listener throws, which would print a stack trace.
	process.stdout.removeAllListeners('error').on('error', (error) => leave(error, context));
	// Paid work does not stop because nobody reads its notes.
	process.stderr.on('error', () => {});
	for (const event of ['uncaughtException', 'unhandledRejection']) {
		process.once(event, (error: unknown) => lastResort(error, context));
	}
	// Waiting for an event that never comes leaves Node with nothing to do. That is not a success.
	const noResult = () => {
		const {printer} = context;
		void printer.error(printer.unfinished(), {stream: printer.lastStream});
	};
	process.once('beforeExit', noResult);
	return () => void process.off('beforeExit', noResult);
}

/** Milliseconds that a reader has to take what was written before an interruption. */
const patienceMs = 10_000;

/**
 * Ends the program, whatever else is going on, once the readers of its output have taken what was written.
 * `process.exit` alone would drop what a slow one has not.
 */
export async function exitOnceRead(): Promise<void> {
	const read = [process.stdout, process.stderr].map(
		(stream) => new Promise<void>((resolve) => void stream.write('', () => resolve())),
	);
	await Promise.race([Promise.all(read), setTimeout(patienceMs)]);
	process.exit();
}

/** Ends the program when stdout accepts no more, because its output cannot be delivered. */
function leave(error: NodeJS.ErrnoException, {printer}: Context): void {
	// The reader, such as `head`, has seen enough: not an error worth a message. 141 is what a shell reports
	// for SIGPIPE.
	if (error.code === 'EPIPE') {
		// What was paid for is listed on stderr, where someone may still read it.
		for (const line of printer.purchases.lines()) process.stderr.write(`${visible(line)}\n`);
		process.exit(141);
	}
	// What went wrong before counts for more than that it could not be printed.
	const {lost, lostError} = printer;
	if (lostError !== undefined && process.exitCode !== undefined) {
		process.stderr.write(`${toJson(lostError)}\n`);
		process.exit();
	}
	// If a document could not be printed, the task ids in it are.
	const hint = hintFor(lost);
	const failure = fileError(error, 'the output').with({path: undefined, ...lost, hint});
	const names = Object.values(lost ?? {}).join(' ');
	const text = `Error: ${failure.said} (${failure.code})${names && `, which was about ${names}`}`;
	process.stderr.write(
		`${printer.mode.human ? `${visible(text)}\n${visible(hint)}` : toJson(failure.toDocument())}\n`,
	);
	process.exit(failure.exit);
}

/** The hint when a document could not be printed: do not submit again what was submitted. */
function hintFor({task_id: id, external_task_id: name}: ErrorDetails = {}): string {
	if (id !== undefined) return `See the task again: kling video status ${id}`;
	if (name !== undefined) return `See whether there is a task: kling video reconcile ${name}`;
	return 'Make room where stdout goes, or send it elsewhere, and run the command again.';
}

/** Reports a bug that no command caught like any other error. Node would print it with all its fields. */
function lastResort(error: unknown, {printer}: Context): void {
	// Further errors from here on are ignored.
	for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => {});
	// The status is that of the error, as if the command had caught it. This one is for a failure to print it.
	process.exitCode = 1;
	void printer
		.error(error, {stream: printer.lastStream})
		.catch(() => {})
		.finally(() => process.exit());
}
