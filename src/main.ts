import {flush, handle, type Interfaces, run, settings} from '@oclif/core';
import {createContext, withContext} from './cli/context.js';
import {parseError} from './cli/errors/oclif-errors.js';
import {outputFlags, outputMode} from './cli/output/mode.js';
import {exitOnceRead, guardProcess} from './cli/process-guard.js';
import {KlingError} from './lib/errors/kling-error.js';
import {correctEnvironment} from './lib/system/folders.js';
import {keepIgnoringHangUp} from './lib/system/hang-up.js';
import {reportPluginProblems} from './plugins/load-warnings.js';

/** Commands of oclif's own plugin. */
const aboutPlugins = ([first = '']: readonly string[]) => first === 'plugins' || first.startsWith('plugins:');

/**
 * Runs one command line and sets the exit status.
 * @param program where oclif finds the program
 */
export async function main(program: Interfaces.Options, argv = process.argv.slice(2)): Promise<void> {
	const ignored = correctEnvironment(process.env);
	keepIgnoringHangUp();
	const context = createContext(process.env);
	const {printer, redactor} = context;
	const endGuard = guardProcess(context);
	redactor.stream(process.stderr);
	const surroundings = {env: process.env, isTerminal: process.stdout.isTTY === true};
	// A command knows more flags, and reads them again with its own.
	printer.mode = await outputMode(argv, outputFlags, surroundings);
	printer.stream = streamFor(argv);
	if (!printer.mode.quiet) tellIgnored(ignored);
	reportPluginProblems(printer.mode);
	// Otherwise oclif would look for TypeScript when NODE_ENV is development or test, and warn about linked
	// plugins.
	settings.enableAutoTranspile = settings.tsnodeEnabled ?? false;
	try {
		if (argv[0] === 'help' && (await showTopic(argv.slice(1)))) return;
		const options = withContext(program, context);
		if (aboutPlugins(argv)) await (await import('./plugins/run.js')).runPlugins(argv, options);
		else await run(forOclif(argv), options);
		await flush();
	} catch (error) {
		const exit = requestedExit(error);
		if (exit !== undefined) process.exitCode = exit;
		else if (isForeign(error, argv)) await handle(error);
		else await printer.error(helpError(error, argv));
	} finally {
		endGuard();
	}
	// A request in progress would keep the process alive for half a minute after Ctrl-C.
	if (process.exitCode === 130 || process.exitCode === 143) await exitOnceRead();
}

function tellIgnored(names: readonly string[]): void {
	for (const name of names) {
		process.stderr.write(`Warning: ${name} is ignored: it must be an absolute path\n`);
	}
}

/** The stream for errors: a shell executes what `kling autocomplete script` prints on stdout. */
const streamFor = ([first = '']: readonly string[]) =>
	first === 'autocomplete' || first.startsWith('autocomplete:') ? process.stderr : process.stdout;

/**
 * Prints help that does not belong to a command.
 * @returns whether nothing else needs to be printed
 */
async function showTopic(words: readonly string[]): Promise<boolean> {
	const {helpTopic, topicNamed} = await import('./cli/help/topics.js');
	const name = words.filter((word) => !word.startsWith('-')).join(' ');
	const text = helpTopic(name);
	if (text !== undefined) process.stdout.write(`${text}\n`);
	// For plugins, there are commands to list as well.
	return text !== undefined && topicNamed(name) !== 'plugins';
}

/** This program's flags that oclif's help does not know and that do not affect it. */
const meaningless = new Set(['--human', '--json', '--quiet', '-q', '--debug']);

const forOclif = (argv: readonly string[]) =>
	argv[0] === 'help' ? argv.filter((word) => !meaningless.has(word)) : [...argv];

/** Whether oclif should print an error: one from a plugin command that is not based on KlingCommand. */
function isForeign(error: unknown, argv: readonly string[]): error is Error {
	if (error instanceof KlingError || !(error instanceof Error)) return false;
	return !asksForHelp(argv) && !aboutPlugins(argv) && 'oclif' in error;
}

/** Converts oclif's errors about the words of `kling help`. */
function helpError(error: unknown, argv: readonly string[]): unknown {
	if (!asksForHelp(argv) || error instanceof KlingError || !(error instanceof Error)) return error;
	return parseError(error, {});
}

function asksForHelp(argv: readonly string[]): boolean {
	const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
	return own[0] === 'help' || own.includes('--help');
}

/** The status that a command requested with `this.exit(n)`. */
function requestedExit(error: unknown): number | undefined {
	if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIT') return undefined;
	return (error as {oclif?: {exit?: number}}).oclif?.exit ?? 0;
}
