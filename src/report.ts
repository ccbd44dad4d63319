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
 * Prints an error and sets the exit status: JSON on `stream`, or text for people on stderr. Only the message
 * is shown, never the stack or the fields of an error: those of got hold the token.
 */
export async function reportError(
	error: unknown,
	human: boolean,
	stream: NodeJS.WriteStream = process.stdout,
): Promise<void> {
	const known =
		error instanceof KlingError
			? error
			: new KlingError('internal_error', error instanceof Error ? error.message : String(error), {
					cause: error,
				});
	process.exitCode = known.exit;
	if (human) {
		const {humanError} = await import('./lib/output/human.js');
		process.stderr.write(`${humanError(known.toDocument())}\n`);
	} else stream.write(`${toJson(known.toDocument())}\n`);
}
