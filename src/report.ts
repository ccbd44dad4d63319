import {once} from 'node:events';
import {type ErrorDetails, KlingError} from './lib/errors/kling-error.js';
import {redactDocument} from './lib/output/redact.js';
import {toJson, visible} from './lib/output/sanitize.js';

/** What this process prints its documents on, and what became of them. */
export const output = {
	/** A command that writes bytes to stdout moves it to stderr. */
	documents: process.stdout as NodeJS.WriteStream,
	/** Whether a document was given away already. */
	printed: false,
	/** The tasks of the first document that the stream did not take. */
	lost: undefined as ErrorDetails | undefined,
};

/** The words before `--`, which are ours. */
const ownWords = (argv: readonly string[]) =>
	argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** Whether people asked for text in place of JSON; --json beats all, and the setting is for terminals only. */
export function wantsHuman(argv: readonly string[]): boolean {
	const own = ownWords(argv);
	if (own.includes('--json')) return false;
	return own.includes('--human') || (process.env.KLING_HUMAN === '1' && process.stdout.isTTY === true);
}

/** Whether people asked for all that helps to find a fault. */
export function wantsDebug(argv: readonly string[]): boolean {
	return process.env.KLING_DEBUG === '1' || ownWords(argv).includes('--debug');
}

/** Prints a document: JSON on `stream`, or text for people. */
export async function printDocument(
	document: object,
	human: boolean,
	stream: NodeJS.WriteStream = process.stdout,
): Promise<void> {
	await print(document, human, stream, 2);
}

/**
 * Prints one of many documents: one compact line of JSON on `stream`, or text for people. Resolves when
 * the stream takes more, so that a slow reader holds up whoever makes the documents.
 */
export async function printLine(
	document: object,
	human: boolean,
	stream: NodeJS.WriteStream = process.stdout,
): Promise<void> {
	if (!(await print(document, human, stream, 0))) await once(stream, 'drain');
}

/** @returns whether the stream takes more */
async function print(
	document: object,
	human: boolean,
	stream: NodeJS.WriteStream,
	indent: 0 | 2,
): Promise<boolean> {
	const safe = redactDocument(document) as object;
	const text = human ? (await import('./lib/output/human.js')).humanText(safe) : toJson(safe, indent);
	output.printed = true;
	return stream.write(`${text}\n`, (error) => {
		if (error) output.lost ??= namesOf(document);
	});
}

/** What a document is about: that must be told somewhere when the document itself cannot be. */
function namesOf(document: object): ErrorDetails {
	const {error, ...top} = document as Record<string, unknown>;
	const {task_id, external_task_id} = (error ?? top) as Record<string, unknown>;
	return {
		...(typeof task_id === 'string' && {task_id}),
		...(typeof external_task_id === 'string' && {external_task_id}),
	};
}

/** What was thrown, as an error of the table; a surprise is a bug of ours. */
export function toKlingError(error: unknown): KlingError {
	if (error instanceof KlingError) return error;
	return new KlingError('internal_error', error instanceof Error ? error.message : String(error), {
		cause: error,
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
	if (known.code === 'internal_error' && wantsDebug(process.argv.slice(2))) printStack(error);
	if (human) {
		const {humanError} = await import('./lib/output/human.js');
		const safe = redactDocument(known.toDocument()) as ReturnType<KlingError['toDocument']>;
		output.printed = true;
		process.stderr.write(`${humanError(safe)}\n`);
	} else await print(known.toDocument(), false, stream, indent);
}

function printStack(error: unknown): void {
	const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
	for (const line of lines) process.stderr.write(`debug: ${visible(line)}\n`);
}
