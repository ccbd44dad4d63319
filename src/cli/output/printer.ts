import {once} from 'node:events';
import {
	definedOnly,
	type ErrorDetails,
	type ErrorDocument,
	isFailure,
	KlingError,
} from '../../lib/errors/kling-error.js';
import {knownError} from '../../lib/fs/file-errors.js';
import type {Redactor} from '../../lib/output/redact.js';
import {rawLines, toJson, visible} from '../../lib/output/sanitize.js';
import {Purchases} from '../../lib/tasks/purchases.js';
import type {OutputMode} from './mode.js';

/** Prints the documents of a process, and keeps track of whether that worked. */
export class Printer {
	/** The stream for documents. A command that writes bytes to stdout moves it to stderr. */
	stream: NodeJS.WriteStream = process.stdout;
	/** Whether a document has been printed. */
	printed = false;
	/** The tasks in the first document that the stream did not accept. */
	lost: ErrorDetails | undefined;
	/** The first error that stdout did not accept, without secrets. */
	lostError: ErrorDocument | undefined;
	/** What this process has, or may have, paid for. */
	readonly purchases = new Purchases();
	mode: OutputMode = {
		human: false,
		json: false,
		raw: false,
		quiet: false,
		debug: false,
		csv: false,
		verbose: false,
	};

	constructor(private readonly redactor: Redactor) {}

	/**
	 * The stream for an error that ends the process. With a document on stdout there is no room for another.
	 */
	get lastStream(): NodeJS.WriteStream {
		return this.printed ? process.stderr : this.stream;
	}

	/** Prints a document, or a query's result on it, without secrets, as JSON or text. */
	async document(document: unknown): Promise<void> {
		if (!this.mode.human || this.mode.raw) {
			this.#put(this.#json(document, 2), this.stream, document);
			return;
		}
		const {humanText, view} = await this.#forPeople(this.stream);
		if (isFailure(document)) await this.#errorForPeople(document);
		this.#put(await humanText(document, view), this.stream, document);
	}

	/**
	 * Prints one of many documents, as one compact line of JSON or as text. Resolves when the stream accepts
	 * more, so that a slow reader slows the producer down.
	 */
	async line(document: unknown, stream = this.stream): Promise<void> {
		if (!this.mode.human || this.mode.raw) {
			return this.text(this.#json(document, 0), stream, document);
		}
		const {humanLine, view} = await this.#forPeople(stream);
		return this.text(await humanLine(document, view), stream, document);
	}

	/**
	 * Prints text unchanged, and resolves when the stream accepts more.
	 * @param document what the text is about
	 */
	async text(
		text: string | undefined,
		stream: NodeJS.WriteStream = process.stdout,
		document?: unknown,
	): Promise<void> {
		if (!this.#put(text, stream, document)) await once(stream, 'drain');
	}

	/**
	 * Prints an error and sets the exit status: JSON, or text for people on stderr. Only the message is
	 * shown, never the error's fields, because those of got contain the token. The stack of a bug is shown
	 * with --debug.
	 * @param indent 0 when the documents before it were compact lines
	 */
	async error(
		error: unknown,
		{stream = this.stream, indent = 2}: {stream?: NodeJS.WriteStream; indent?: 0 | 2} = {},
	): Promise<void> {
		const known = this.known(error);
		process.exitCode = known.exit;
		if (known.code === 'internal_error' && this.mode.debug) await printStack(error);
		const document = this.redactor.document(known.toDocument()) as ErrorDocument;
		if (this.mode.human) await this.#errorForPeople(document);
		else this.#put(toJson(document, indent), stream, document);
	}

	/**
	 * Converts anything thrown to an error of the table; an unexpected one is a bug. The error also lists
	 * what was paid for.
	 */
	known(error: unknown): KlingError {
		const known = error instanceof KlingError ? error : this.#unforeseen(knownError(error));
		const {ids, made} = this.purchases;
		const {external_task_id: named} = known.details;
		// An error that already names a task keeps that one.
		return known.with({...(named === undefined ? ids : made), ...definedOnly(known.details)});
	}

	/**
	 * What to print when a query failed on a document. After a payment, the error must not claim that the
	 * command line is wrong, because a script would correct it and pay again.
	 * @returns the error, with any result that exists nowhere else
	 * @throws the error
	 */
	unqueried(error: unknown, document: object): object {
		const {tasks, hasResult, ids, command} = this.purchases;
		if (!(error instanceof KlingError) || (tasks.size === 0 && !hasResult)) throw error;
		const {task_id: id} = ids;
		const hint = id && `Only the query failed. See the task: ${command('video', 'status', id)}`;
		const failed = new KlingError('query_failed', error.said, {...ids, hint, cause: error});
		if (tasks.size > 0) throw failed;
		process.exitCode = failed.exit;
		return {...document, ...failed.toDocument()};
	}

	/**
	 * The document for a paid result that could not be saved. No command can request it again, so its links
	 * are shown.
	 * @param result what exists of it
	 */
	unsaved<R extends object>(error: unknown, result: R): ErrorDocument & R {
		const known = this.known(error);
		process.exitCode = known.exit;
		// Work that failed at Kling has no result to fetch.
		if (known.exit === 3) return {...known.toDocument(), ...result};
		const hint =
			'It was paid for: fetch it from the links shown here. The same command again would cost again.';
		return {...known.with({hint, retryable: false}).toDocument(), ...result};
	}

	/**
	 * The error for a command that ended without a result. If it sent a paid request, the outcome is unknown.
	 */
	unfinished(): KlingError {
		const {tasks, calls} = this.purchases;
		if (tasks.size + calls.size === 0) {
			return new KlingError('internal_error', 'The command ended without a result');
		}
		return this.#unknownOutcome([...tasks.keys()]);
	}

	/**
	 * An error that no part of the program expected, such as code that cannot be loaded because too many files
	 * are open. After a paid request it must not read like a failure that cost nothing.
	 */
	#unforeseen(error: KlingError): KlingError {
		const {tasks, calls, ids, command} = this.purchases;
		const open = [...tasks].filter(([, id]) => id === undefined).map(([name]) => name);
		if (open.length + calls.size > 0) return this.#unknownOutcome(open, error);
		const {task_id: id} = ids;
		if (id === undefined) return error;
		return error.with({hint: `The task is safe. See it: ${command('video', 'status', id)}`});
	}

	/**
	 * @param names external ids of the tasks that may have been made
	 * @param cause what ended the command, if that is known
	 */
	#unknownOutcome(names: readonly string[], cause?: KlingError): KlingError {
		const {calls, ids, command} = this.purchases;
		const [call] = calls;
		const hint =
			names.length === 0
				? call?.hint
				: `Do not submit it again yet. See whether there is a task: ${command('video', 'reconcile', ...names)}`;
		const why = cause === undefined ? '' : `: ${cause.said}`;
		return new KlingError(
			'submit_unknown',
			`The command ended before the outcome of ${names[0] ?? call?.noun} was known${why}`,
			{external_task_id: names[0], ...ids, hint, cause},
		);
	}

	async #errorForPeople(document: ErrorDocument): Promise<void> {
		const {humanError, view} = await this.#forPeople(process.stderr);
		this.#put(humanError(document, view), process.stderr, document);
	}

	/**
	 * Formats a document as JSON, or for --raw; undefined for an empty list with --raw, which prints nothing.
	 */
	#json(document: unknown, indent: 0 | 2): string | undefined {
		const lines = this.mode.raw ? rawLines(document) : undefined;
		if (lines === undefined) return toJson(document, indent);
		return lines.length === 0 ? undefined : lines.join('\n');
	}

	/** The view of a stream, and the text formatter, which is loaded only when needed. */
	async #forPeople(stream: NodeJS.WriteStream) {
		const [human, {viewOf}] = await Promise.all([
			import('../../lib/output/human.js'),
			import('../../lib/output/view.js'),
		]);
		return {...human, view: viewOf(stream, process.env, Date.now(), this.mode.verbose)};
	}

	/** @returns whether the stream accepts more */
	#put(text: string | undefined, stream: NodeJS.WriteStream, document: unknown): boolean {
		this.printed = true;
		if (text === undefined) return true;
		return stream.write(`${text}\n`, (error) => {
			if (!error) return;
			this.lost ??= namesOf(document);
			if (isFailure(document)) this.lostError ??= document;
		});
	}
}

/** The ids in a document. They must be shown somewhere when the document itself cannot be. */
function namesOf(document: unknown): ErrorDetails {
	const {error, ...top} = Object(document) as Record<string, unknown>;
	const {task_id, external_task_id} = Object(error ?? top) as Record<string, unknown>;
	return {
		...(typeof task_id === 'string' && {task_id}),
		...(typeof external_task_id === 'string' && {external_task_id}),
	};
}

async function printStack(error: unknown): Promise<void> {
	if (!(error instanceof Error)) return;
	const {withSourcePositions} = await import('./source-positions.js');
	const stack = await withSourcePositions(error.stack ?? '');
	for (const line of stack.split('\n')) process.stderr.write(`debug: ${visible(line)}\n`);
}
