import {once} from 'node:events';
import {type ErrorDocument, isFailure, KlingError} from './lib/errors/kling-error.js';
import {toJson} from './lib/output/sanitize.js';

/** Whether text for people is the standing wish, which counts on terminals only. */
const prefersHuman = () => process.env.KLING_HUMAN === '1';

/** Whether people asked for text in place of JSON; --json beats all, and the setting is for terminals only. */
export function wantsHuman(argv: readonly string[]): boolean {
	const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
	if (own.includes('--json')) return false;
	return own.includes('--human') || (prefersHuman() && process.stdout.isTTY === true);
}

/** The view of a stream, and what makes text of documents: loaded for people only. */
async function forPeople(stream: NodeJS.WriteStream, verbose = false) {
	const [human, {viewOf}] = await Promise.all([
		import('./lib/output/human.js'),
		import('./lib/output/view.js'),
	]);
	return {...human, view: viewOf(stream, process.env, Date.now(), verbose)};
}

/**
 * Prints a document, or what a query made of it: JSON on `stream`, or text for people.
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
		stream.write(`${await humanText(document, view)}\n`);
	} else stream.write(`${toJson(document)}\n`);
}

async function printError(document: ErrorDocument): Promise<void> {
	const {humanError, view} = await forPeople(process.stderr);
	process.stderr.write(`${humanError(document, view)}\n`);
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
	if (!human) return writeLine(toJson(document, 0), stream);
	const {humanLine, view} = await forPeople(stream, verbose);
	return writeLine(await humanLine(document, view), stream);
}

/** Resolves when the stream takes more. */
export async function writeLine(line: string, stream: NodeJS.WriteStream = process.stdout): Promise<void> {
	if (!stream.write(`${line}\n`)) await once(stream, 'drain');
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
 * is shown, never the stack or the fields of an error: those of got hold the token.
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
	if (human) await printError(known.toDocument());
	else stream.write(`${toJson(known.toDocument(), indent)}\n`);
}
