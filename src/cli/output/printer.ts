import {once} from 'node:events';
import {profilePrefersHuman} from '../../lib/config/human-preference.js';
import {type ErrorDetails, type ErrorDocument, isFailure, KlingError} from '../../lib/errors/kling-error.js';
import {redactDocument} from '../../lib/output/redact.js';
import {toJson, visible} from '../../lib/output/sanitize.js';

/** What this process prints its documents on, and what became of them. */
export const output = {
	/** A command that writes bytes to stdout moves it to stderr. */
	documents: process.stdout as NodeJS.WriteStream,
	/** Where the profiles are; undefined until a command runs. */
	configFolder: undefined as string | undefined,
	/** Whether a document was given away already. */
	printed: false,
	/** The tasks of the first document that the stream did not take. */
	lost: undefined as ErrorDetails | undefined,
	/** What this process has submitted: external ids, and the ids of the tasks that are known to be made. */
	submissions: new Map<string, string | undefined>(),
};

/** The words before `--`, which are ours. */
const ownWords = (argv: readonly string[]) =>
	argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** Whether text for people is the standing wish, of the environment or of the profile, which counts on terminals only. */
function prefersHuman(argv: readonly string[]): boolean {
	const {KLING_HUMAN: wish} = process.env;
	if (wish) return wish === '1';
	return output.configFolder !== undefined && profilePrefersHuman(output.configFolder, argv);
}

/** Whether people asked for text instead of JSON; --json beats all, and the setting is for terminals only. */
export function wantsHuman(argv: readonly string[]): boolean {
	const own = ownWords(argv);
	if (own.includes('--json')) return false;
	return own.includes('--human') || (process.stdout.isTTY === true && prefersHuman(own));
}

/** Whether people asked for all that helps to find a fault. */
export function wantsDebug(argv: readonly string[]): boolean {
	return process.env.KLING_DEBUG === '1' || ownWords(argv).includes('--debug');
}

/** Whether people asked for no notes. */
export const wantsQuiet = (argv: readonly string[]) =>
	ownWords(argv).some((word) => word === '--quiet' || /^-[a-z]*q$/.test(word));

/** The view of a stream, and what makes text of documents: loaded for people only. */
async function forPeople(stream: NodeJS.WriteStream, verbose = false) {
	const [human, {viewOf}] = await Promise.all([
		import('../../lib/output/human.js'),
		import('../../lib/output/view.js'),
	]);
	return {...human, view: viewOf(stream, process.env, Date.now(), verbose)};
}

/**
 * Prints a document without secrets, or what a query made of it: JSON on `stream`, or text for people.
 * @param verbose whether people asked for all that is known
 */
export async function printDocument(
	document: unknown,
	human: boolean,
	stream: NodeJS.WriteStream = process.stdout,
	verbose = false,
): Promise<void> {
	if (human) {
		const {humanText, view} = await forPeople(stream, verbose);
		if (isFailure(document)) await printError(document);
		put(await humanText(document, view), stream, document);
	} else put(toJson(document), stream, document);
}

async function printError(document: ErrorDocument): Promise<void> {
	const {humanError, view} = await forPeople(process.stderr);
	put(humanError(document, view), process.stderr, document);
}

/**
 * Prints one of many documents: one compact line of JSON on `stream`, or text for people. Resolves when
 * the stream takes more, so that a slow reader holds up whoever makes the documents.
 */
export async function printLine(
	document: unknown,
	human: boolean,
	stream: NodeJS.WriteStream = process.stdout,
	verbose = false,
): Promise<void> {
	if (!human) return writeLine(toJson(document, 0), stream, document);
	const {humanLine, view} = await forPeople(stream, verbose);
	return writeLine(await humanLine(document, view), stream, document);
}

/**
 * Resolves when the stream takes more.
 * @param document what the line is about
 */
export async function writeLine(
	line: string,
	stream: NodeJS.WriteStream = process.stdout,
	document?: unknown,
): Promise<void> {
	if (!put(line, stream, document)) await once(stream, 'drain');
}

/** @returns whether the stream takes more */
function put(text: string, stream: NodeJS.WriteStream, document: unknown): boolean {
	output.printed = true;
	return stream.write(`${text}\n`, (error) => {
		if (error) output.lost ??= namesOf(document);
	});
}

/** What a document is about: that must be told somewhere when the document itself cannot be. */
function namesOf(document: unknown): ErrorDetails {
	const {error, ...top} = Object(document) as Record<string, unknown>;
	const {task_id, external_task_id} = Object(error ?? top) as Record<string, unknown>;
	return {
		...(typeof task_id === 'string' && {task_id}),
		...(typeof external_task_id === 'string' && {external_task_id}),
	};
}

/** What was thrown, as an error of the table; a surprise is a bug of ours. Whatever failed, what was paid for is named. */
export function toKlingError(error: unknown): KlingError {
	const known =
		error instanceof KlingError
			? error
			: new KlingError('internal_error', error instanceof Error ? error.message : String(error), {
					cause: error,
				});
	const {external_task_id: named, task_id: id} = known.details;
	const [submission] = output.submissions;
	if (submission === undefined || output.submissions.size > 1 || named !== undefined) return known;
	return known.with({external_task_id: submission[0], task_id: id ?? submission[1]});
}

/** The error of a command that ended without a result: after a request that may have cost, its outcome is unknown. */
export function unfinished(): KlingError {
	const [name, ...others] = output.submissions.keys();
	if (name === undefined) return new KlingError('internal_error', 'The command ended without a result');
	return new KlingError('submit_unknown', `The command ended before the outcome of ${name} was known`, {
		external_task_id: name,
		task_id: output.submissions.get(name),
		hint: `Do not submit it again yet. See whether there is a task: kling video reconcile ${[name, ...others].join(' ')}`,
	});
}

/**
 * Prints an error and sets the exit status: JSON on `stream`, or text for people on stderr. Only the message
 * is shown, never the fields of an error: those of got hold the token. The stack of a bug is shown for --debug.
 * @param indent 0 where the documents before it were compact lines
 */
export async function reportError(
	error: unknown,
	human: boolean,
	stream: NodeJS.WriteStream = process.stdout,
	indent: 0 | 2 = 2,
): Promise<void> {
	const known = toKlingError(error);
	process.exitCode = known.exit;
	if (known.code === 'internal_error' && wantsDebug(process.argv.slice(2))) await printStack(error);
	const document = redactDocument(known.toDocument()) as ErrorDocument;
	if (human) await printError(document);
	else put(toJson(document, indent), stream, document);
}

async function printStack(error: unknown): Promise<void> {
	if (!(error instanceof Error)) return;
	const {withSourcePositions} = await import('./source-positions.js');
	const stack = await withSourcePositions(error.stack ?? '');
	for (const line of stack.split('\n')) process.stderr.write(`debug: ${visible(line)}\n`);
}
