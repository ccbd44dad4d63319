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

/** Prints the documents of a process, and knows whether that worked. */
export class Printer {
	/** Where documents go; a command that writes bytes to stdout moves it to stderr. */
	stream: NodeJS.WriteStream = process.stdout;
	/** Whether a document was given away already. */
	printed = false;
	/** The tasks of the first document that the stream did not take. */
	lost: ErrorDetails | undefined;
	/** What this process has paid for, or may have. */
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

	/** Where an error goes that ends the process: beside a document on stdout there is no room for another. */
	get lastStream(): NodeJS.WriteStream {
		return this.printed ? process.stderr : this.stream;
	}

	/** Prints a document without secrets, or what a query made of it: JSON, or text for people. */
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
	 * Prints one of many documents: one compact line of JSON, or text for people. Resolves when the stream takes more, so that a
	 * slow reader holds up whoever makes the documents.
	 */
	async line(document: unknown, stream = this.stream): Promise<void> {
		if (!this.mode.human || this.mode.raw) {
			return this.text(this.#json(document, 0), stream, document);
		}
		const {humanLine, view} = await this.#forPeople(stream);
		return this.text(await humanLine(document, view), stream, document);
	}

	/**
	 * Prints text as it is, and resolves when the stream takes more.
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
	 * Prints an error and sets the exit status: JSON, or text for people on stderr. Only the message is shown, never the fields of
	 * an error: those of got hold the token. The stack of a bug is shown for --debug.
	 * @param indent 0 where the documents before it were compact lines
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

	/** What was thrown, as an error of the table; a surprise is a bug of ours. Whatever failed, what was paid for is named. */
	known(error: unknown): KlingError {
		const known = knownError(error);
		const {ids, made} = this.purchases;
		const {external_task_id: named} = known.details;
		// An error that names a task is about that one.
		return known.with({...(named === undefined ? ids : made), ...definedOnly(known.details)});
	}

	/**
	 * What is printed where a query failed on a document. After a payment, that is no wrong command line any more: scripts would
	 * correct it and pay again.
	 * @returns the error, beside a result that can be had nowhere else
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
	 * The document of a call whose result was paid for and could not be saved: no command can ask for it again, so its links are shown.
	 * @param result what there is of it
	 */
	unsaved<R extends object>(error: unknown, result: R): ErrorDocument & R {
		const known = this.known(error);
		process.exitCode = known.exit;
		const hint =
			'It was paid for: fetch it from the links shown here. The same command again would cost again.';
		return {...known.with({hint}).toDocument(), ...result};
	}

	/** The error of a command that ended without a result: after a request that may have cost, its outcome is unknown. */
	unfinished(): KlingError {
		const {tasks, calls, ids, command} = this.purchases;
		const names = [...tasks.keys()];
		const [name = [...calls][0]?.noun] = names;
		if (name === undefined) return new KlingError('internal_error', 'The command ended without a result');
		const hint =
			names.length === 0
				? [...calls][0]?.hint
				: `Do not submit it again yet. See whether there is a task: ${command('video', 'reconcile', ...names)}`;
		return new KlingError('submit_unknown', `The command ended before the outcome of ${name} was known`, {
			...{external_task_id: names[0], ...ids, hint},
		});
	}

	async #errorForPeople(document: ErrorDocument): Promise<void> {
		const {humanError, view} = await this.#forPeople(process.stderr);
		this.#put(humanError(document, view), process.stderr, document);
	}

	/** A document as JSON, or as --raw has it; undefined for an empty list, of which --raw prints nothing. */
	#json(document: unknown, indent: 0 | 2): string | undefined {
		const lines = this.mode.raw ? rawLines(document) : undefined;
		if (lines === undefined) return toJson(document, indent);
		return lines.length === 0 ? undefined : lines.join('\n');
	}

	/** The view of a stream, and what makes text of documents: loaded for people only. */
	async #forPeople(stream: NodeJS.WriteStream) {
		const [human, {viewOf}] = await Promise.all([
			import('../../lib/output/human.js'),
			import('../../lib/output/view.js'),
		]);
		return {...human, view: viewOf(stream, process.env, Date.now(), this.mode.verbose)};
	}

	/** @returns whether the stream takes more */
	#put(text: string | undefined, stream: NodeJS.WriteStream, document: unknown): boolean {
		this.printed = true;
		if (text === undefined) return true;
		return stream.write(`${text}\n`, (error) => {
			if (error) this.lost ??= namesOf(document);
		});
	}
}

/** What a document is about: that must be shown somewhere when the document itself cannot be. */
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
