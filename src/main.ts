import {flush, handle, run} from '@oclif/core';
import {KlingError} from './lib/errors/kling-error.js';
import {reportError, wantsHuman} from './report.js';

/** Commands of oclif's own plugins, which print in oclif's way. */
const foreign = /^(plugins|autocomplete)\b/;

/**
 * Runs one command line and sets the exit status.
 * @param root a file URL in the package, from which oclif finds package.json
 */
export async function main(root: string, argv = process.argv.slice(2)): Promise<void> {
	process.stdout.on('error', leaveOnClosedPipe);
	process.stderr.on('error', leaveOnClosedPipe);
	try {
		await run(argv, root);
		await flush();
	} catch (error) {
		const exit = requestedExit(error);
		if (exit !== undefined) process.exitCode = exit;
		else if (foreign.test(argv[0] ?? '') && error instanceof Error) await handle(error);
		else await reportError(helpError(error, argv), wantsHuman(argv));
	}
}

/** `kling help` reports an unknown command with an error of oclif. */
function helpError(error: unknown, argv: readonly string[]): unknown {
	if (argv[0] !== 'help' || error instanceof KlingError || !(error instanceof Error)) return error;
	return new KlingError('unknown_command', error.message, {cause: error});
}

/** `head` has seen enough: that is no error worth a message. 141 is what a shell shows for SIGPIPE. */
function leaveOnClosedPipe(error: NodeJS.ErrnoException): void {
	if (error.code !== 'EPIPE') throw error;
	process.exit(141);
}

/** The status that a command asked for with `this.exit(n)`. */
function requestedExit(error: unknown): number | undefined {
	if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIT') return undefined;
	return (error as {oclif?: {exit?: number}}).oclif?.exit ?? 0;
}
