import {once} from 'node:events';
import {KlingError} from './lib/errors/kling-error.js';
import {toJson} from './lib/output/sanitize.js';

/** Whether people asked for text in place of JSON; --json beats all, and the setting is for terminals only. */
export function wantsHuman(argv: readonly string[]): boolean {
	const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
	if (own.includes('--json')) return false;
	return own.includes('--human') || (process.env.KLING_HUMAN === '1' && process.stdout.isTTY === true);
}

/** Prints a document: JSON on `stream`, or text for people. */
export async function printDocument(
	document: object,
	human: boolean,
	stream: NodeJS.WriteStream = process.stdout,
): Promise<void> {
	if (human) {
		const {humanText} = await import('./lib/output/human.js');
		stream.write(`${humanText(document)}\n`);
	} else stream.write(`${toJson(document)}\n`);
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
	const text = human ? (await import('./lib/output/human.js')).humanText(document) : toJson(document, 0);
	if (!stream.write(`${text}\n`)) await once(stream, 'drain');
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
	if (human) {
		const {humanError} = await import('./lib/output/human.js');
		process.stderr.write(`${humanError(known.toDocument())}\n`);
	} else stream.write(`${toJson(known.toDocument(), indent)}\n`);
}
