import {flush, handle, type Interfaces, run, settings} from '@oclif/core';
import {parseError} from './cli/errors/oclif-errors.js';
import {output, reportError, unfinished, wantsDebug, wantsHuman, wantsQuiet} from './cli/output/printer.js';
import {secretsOf} from './lib/config/credentials.js';
import {type ErrorDetails, KlingError} from './lib/errors/kling-error.js';
import {fileError} from './lib/fs/file-errors.js';
import {hideSecrets, redactStream} from './lib/output/redact.js';
import {toJson, visible} from './lib/output/sanitize.js';
import {fillEnvironment} from './lib/system/folders.js';
import {honourIgnoredHangUp} from './lib/system/hang-up.js';
import {tellPluginTrouble} from './plugins/load-warnings.js';

/** Commands of oclif's own plugin. */
const aboutPlugins = (argv: readonly string[]) => /^plugins(:|$)/.test(argv[0] ?? '');

/**
 * Runs one command line and sets the exit status.
 * @param program where oclif finds the program: a file URL in the package, or more
 */
export async function main(program: Interfaces.LoadOptions, argv = process.argv.slice(2)): Promise<void> {
	fillEnvironment(process.env);
	honourIgnoredHangUp();
	// oclif's own listener throws, which ends in a stack trace.
	process.stdout.removeAllListeners('error').on('error', leave);
	// Work that costs money is not given up because nobody reads the notes about it.
	process.stderr.on('error', () => {});
	hideSecrets(...secretsOf(process.env));
	redactStream(process.stderr);
	tellPluginTrouble({debug: wantsDebug(argv), quiet: wantsQuiet(argv)});
	for (const event of ['uncaughtException', 'unhandledRejection']) process.once(event, lastResort);
	// Work that waits for what never comes leaves Node with nothing to do: that is no success.
	process.once('beforeExit', noResult);
	// oclif would otherwise look for TypeScript where NODE_ENV is development or test, and warn of linked plugins.
	settings.enableAutoTranspile = settings.tsnodeEnabled ?? false;
	try {
		if (argv[0] === 'help' && (await showTopic(argv.slice(1)))) return;
		if (aboutPlugins(argv)) await (await import('./plugins/run.js')).runPlugins(argv, program);
		else await run(forOclif(argv), program);
		await flush();
	} catch (error) {
		const exit = requestedExit(error);
		if (exit !== undefined) process.exitCode = exit;
		else if (isForeign(error, argv)) await handle(error);
		else await reportError(helpError(error, argv), wantsHuman(argv), streamFor(argv));
	} finally {
		process.off('beforeExit', noResult);
	}
	// A request that is under way would hold the process for half a minute after Ctrl-C.
	if (process.exitCode === 130 || process.exitCode === 143) process.exit();
}

/** Where an error goes: a shell runs what `kling autocomplete script` prints on stdout. */
const streamFor = ([first]: readonly string[]) =>
	/^autocomplete(:|$)/.test(first ?? '') ? process.stderr : process.stdout;

/** Prints help that belongs to no command. @returns whether that is all */
async function showTopic(words: readonly string[]): Promise<boolean> {
	const {helpTopic, topicNamed} = await import('./cli/help/topics.js');
	const name = words.filter((word) => !word.startsWith('-')).join(' ');
	const text = helpTopic(name);
	if (text !== undefined) process.stdout.write(`${text}\n`);
	// Of plugins, there are commands to list as well.
	return text !== undefined && topicNamed(name) !== 'plugins';
}

/** Flags of ours that oclif's help does not know, and that change nothing about it. */
const meaningless = new Set(['--human', '--json', '--quiet', '-q', '--debug']);

const forOclif = (argv: readonly string[]) =>
	argv[0] === 'help' ? argv.filter((word) => !meaningless.has(word)) : [...argv];

/** Whether an error is for oclif to print: those of plugins that are not built on KlingCommand. */
function isForeign(error: unknown, argv: readonly string[]): error is Error {
	if (error instanceof KlingError || !(error instanceof Error)) return false;
	return !asksForHelp(argv) && !aboutPlugins(argv) && 'oclif' in error;
}

/** What oclif says of the words of `kling help`. */
function helpError(error: unknown, argv: readonly string[]): unknown {
	if (!asksForHelp(argv) || error instanceof KlingError || !(error instanceof Error)) return error;
	return parseError(error, {});
}

function asksForHelp(argv: readonly string[]): boolean {
	const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
	return own[0] === 'help' || own.includes('--help');
}

/** Ends the program when stdout takes no more: what it was asked for cannot be given. */
function leave(error: NodeJS.ErrnoException): void {
	// `head` has seen enough: that is no error worth a message. 141 is what a shell shows for SIGPIPE.
	if (error.code === 'EPIPE') process.exit(141);
	// A document that names a task is not lost without its name.
	const hint = hintFor(output.lost);
	const failure = fileError(error, 'the output').with({path: undefined, ...output.lost, hint});
	const human = wantsHuman(process.argv.slice(2));
	const names = Object.values(output.lost ?? {}).join(' ');
	const text = `Error: ${failure.said} (${failure.code})${names && `, which was about ${names}`}`;
	process.stderr.write(`${human ? `${visible(text)}\n${visible(hint)}` : toJson(failure.toDocument())}\n`);
	process.exit(failure.exit);
}

/** What to do about a document that could not be printed: what was submitted is not submitted again. */
function hintFor({task_id: id, external_task_id: name}: ErrorDetails = {}): string {
	if (id !== undefined) return `See the task again: kling video status ${id}`;
	if (name !== undefined) return `See what became of the submit: kling video settle ${name}`;
	return 'Make room where stdout goes, or send it elsewhere, and run the command again.';
}

/** Tells of a bug that no command caught, in the way of every error: Node would print it with all that it holds. */
function lastResort(error: unknown): void {
	// Whatever else goes wrong from here on changes nothing.
	for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => {});
	// One document on stdout, not two.
	const stream = output.printed ? process.stderr : output.documents;
	void reportError(error, wantsHuman(process.argv.slice(2)), stream).finally(() => process.exit(1));
}

/** Reports a command that ended without a result. */
function noResult(): void {
	const stream = output.printed ? process.stderr : output.documents;
	void reportError(unfinished(), wantsHuman(process.argv.slice(2)), stream);
}

/** The status that a command asked for with `this.exit(n)`. */
function requestedExit(error: unknown): number | undefined {
	if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIT') return undefined;
	return (error as {oclif?: {exit?: number}}).oclif?.exit ?? 0;
}
