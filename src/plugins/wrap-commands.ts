import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Command} from '@oclif/core';
import type {OutputMode} from '../cli/output/mode.js';

/*
 * The commands of `kling plugins …` are oclif's, and keep their own output on success. Here they are made to
 * follow the rules of all other commands: this program's flags, nothing but the document on failure, and
 * npm's output only on request.
 */

/** One run of `kling plugins …`, from start to end. */
export interface PluginsRun {
	/** What must be undone when the command has ended, the latest change first. */
	undo: (() => void)[];
	/** Output of commands that print before they know whether they succeed. */
	held: (() => void)[];
	/** Folder of npm's logs. */
	logs?: string;
	/** Whether the command has failed. */
	hasFailed: boolean;
}

/** Options that carry the run through oclif to the prerun hook. */
export type PluginsRunOptions = {pluginsRun?: PluginsRun};

export const startPluginsRun = (): PluginsRun => ({undo: [], held: [], hasFailed: false});

/** This program's flags that do not change a command that does not know them. */
const common = ['--human', '--json', '--quiet', '-q', '--debug'] as const;

/** Whether a command runs npm, whose messages are its only output on stdout. */
const runsNpm = (id: string) => /^plugins:(install|add|update|link|uninstall|unlink|remove)$/.test(id);

/** Silences the progress of a plugins command, if requested, before oclif stores the stream. */
export function silenceProgress(run: PluginsRun, {quiet}: {quiet: boolean}): void {
	if (quiet) redirect(run, process.stderr, () => true);
}

/**
 * Prepares a command of oclif's plugin.
 * @param argv its arguments, which are changed in place
 */
export function beforePlugins(
	run: PluginsRun,
	command: Command.Class,
	argv: string[],
	{debug, verbose, json}: Pick<OutputMode, 'debug' | 'verbose' | 'json'>,
): void {
	const {id} = command;
	const showsOutput = debug || verbose;
	setDefault('KLING_NPM_LOG_LEVEL', showsOutput ? 'verbose' : 'silent');
	if (runsNpm(id)) {
		run.logs = openLogs(run, showsOutput);
		const {KLING_CA_FILE: ca} = process.env;
		// npm is a program of Node as well.
		if (ca) setDefault('NODE_EXTRA_CA_CERTS', path.resolve(ca));
	}
	if (runsNpm(id) && !json) {
		redirect(run, process.stdout, (text) => process.stderr.write(text));
	}
	argv.splice(0, argv.length, ...wordsFor(command, argv));
	throwAlways(command);
	if (id === 'plugins:inspect') hold(run, command);
}

/** With --json, oclif would print errors itself, with an exit status of its own. */
function throwAlways({prototype}: Command.Class): void {
	const own = prototype as unknown as {catch: (error: unknown) => Promise<unknown>};
	const {catch: before} = own;
	own.catch = function (this: Command, error) {
		this.jsonEnabled = () => false;
		return before.call(this, error);
	};
}

/**
 * The words without flags that the command does not know or need, and with paths that also work in npm's
 * folder.
 */
function wordsFor({id, flags, enableJsonFlag}: Command.Class, argv: readonly string[]): string[] {
	const known = new Set(Object.entries(flags ?? {}).flatMap(([name, {char}]) => [`--${name}`, `-${char}`]));
	if (enableJsonFlag) known.add('--json');
	const strange = new Set<string>(common.filter((flag) => !known.has(flag)));
	const words = argv.filter((word) => !strange.has(word));
	return /^plugins:(install|add)$/.test(id) ? words.map(absolute) : words;
}

/**
 * The file or folder that a word names as the source of a plugin: with `file:` before it, as an absolute
 * path, as a path that starts with a dot, or by the file name of a package. Anything else is a name for npm
 * or GitHub.
 */
export function pluginFile(word: string): string | undefined {
	const [, given] = /^file:(.+)$/.exec(word) ?? [];
	const isFile =
		path.isAbsolute(word) || /^\.{1,2}([/\\]|$)/.test(word) || /^[^:@][^:]*\.t(ar\.)?gz$/.test(word);
	const file = given ?? (isFile ? word : undefined);
	return file === undefined ? undefined : path.resolve(file);
}

/**
 * An absolute path. npm runs in the plugins' folder, where a relative path means another file, and oclif
 * takes one for a GitHub repository.
 */
function absolute(word: string): string {
	const file = pluginFile(word);
	return file === undefined ? word : `file:${file.replaceAll('\\', '/')}`;
}

function setDefault(name: string, value: string): void {
	if (!process.env[name]) process.env[name] = value;
}

/**
 * Makes npm log why it failed, however little it prints. The logs are removed at exit, unless the command failed and npm
 * printed where they are.
 * @returns the folder of the logs
 */
function openLogs(run: PluginsRun, showsOutput: boolean): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-npm-'));
	process.env.npm_config_logs_dir = folder;
	process.once('exit', () => {
		if (!(run.hasFailed && showsOutput)) rmSync(folder, {recursive: true, force: true});
	});
	return folder;
}

/** Passes what is written to a stream to a function instead. */
function redirect(
	{undo}: PluginsRun,
	stream: NodeJS.WriteStream,
	take: (text: string | Uint8Array) => boolean,
): void {
	const {write} = stream;
	stream.write = (text: string | Uint8Array) => take(text);
	undo.unshift(() => {
		stream.write = write;
	});
}

/** Holds back output, because `inspect` prints "failed" before it fails. */
function hold({held}: PluginsRun, command: Command.Class): void {
	const {log} = command.prototype;
	command.prototype.log = function (this: Command, ...words: Parameters<typeof log>) {
		held.push(() => log.apply(this, words));
	};
}

/**
 * Undoes what was done before a plugins command.
 * @param isDone whether it succeeded
 */
export function afterPlugins(run: PluginsRun, isDone: boolean): void {
	run.hasFailed = !isDone;
	for (const revert of run.undo.splice(0)) revert();
	const lines = run.held.splice(0);
	if (isDone) for (const print of lines) print();
}
