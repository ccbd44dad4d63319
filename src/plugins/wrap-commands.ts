import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Command} from '@oclif/core';
import type {OutputMode} from '../cli/output/mode.js';

/*
 * `kling plugins …` belongs to oclif: what it prints on success is left unchanged. Here it is made to follow the rules of all
 * commands in other respects: our flags work, a failure prints only its document, and npm's messages appear only on request.
 */

/** One run of `kling plugins …`, from its start to its end. */
export interface PluginsRun {
	/** What must be undone when the command has ended, the latest change first. */
	undo: (() => void)[];
	/** Output that is held back, from commands that print before they know whether they succeed. */
	held: (() => void)[];
	/** The folder for npm's logs. */
	logs?: string;
}

/** Options for oclif that carry the run to the prerun hook. */
export type CarriesRun = {pluginsRun?: PluginsRun};

export const startPluginsRun = (): PluginsRun => ({undo: [], held: []});

/** Our flags that do nothing for a command that does not know them. */
const common = ['--human', '--json', '--quiet', '-q', '--debug'] as const;

/** Whether a command runs npm, whose messages are all that it would print to stdout. */
const runsNpm = (id: string) => /^plugins:(install|add|update|link|uninstall|unlink|remove)$/.test(id);

/** Silences the progress of a plugin command, if requested, before oclif takes the stream for itself. */
export function hushPlugins(run: PluginsRun, {quiet}: {quiet: boolean}): void {
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
	const wantsTalk = debug || verbose;
	setDefault('KLING_NPM_LOG_LEVEL', wantsTalk ? 'verbose' : 'silent');
	if (runsNpm(id)) run.logs = keepLogs(wantsTalk);
	if (runsNpm(id) && !json) {
		redirect(run, process.stdout, (text) => process.stderr.write(text));
	}
	argv.splice(0, argv.length, ...wordsFor(command, argv));
	throwAlways(command);
	if (id === 'plugins:inspect') hold(run, command);
}

/** With --json, oclif would print errors itself, with its own exit status. */
function throwAlways({prototype}: Command.Class): void {
	const own = prototype as unknown as {catch: (error: unknown) => Promise<unknown>};
	const {catch: before} = own;
	own.catch = function (this: Command, error) {
		this.jsonEnabled = () => false;
		return before.call(this, error);
	};
}

/**
 * The arguments without flags that the command does not know and does not need, and with paths that also work in npm's
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
 * The file or folder that an argument names: with `file:` in front, as an absolute path, as one that begins with a dot, or as
 * the name of a package file. Anything else is for npm, or on GitHub.
 */
export function pluginFile(word: string): string | undefined {
	const [, given] = /^file:(.+)$/.exec(word) ?? [];
	const isFile =
		path.isAbsolute(word) || /^\.{1,2}([/\\]|$)/.test(word) || /^[^:@][^:]*\.t(ar\.)?gz$/.test(word);
	const file = given ?? (isFile ? word : undefined);
	return file === undefined ? undefined : path.resolve(file);
}

/** npm runs in the plugins folder, where a relative path means another file; and oclif takes one for a repository on GitHub. */
function absolute(word: string): string {
	const file = pluginFile(word);
	return file === undefined ? word : `file:${file.replaceAll('\\', '/')}`;
}

function setDefault(name: string, value: string): void {
	if (!process.env[name]) process.env[name] = value;
}

/** npm logs why it failed, even if it prints little. */
function keepLogs(stay: boolean): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-npm-'));
	process.env.npm_config_logs_dir = folder;
	if (!stay) process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
	return folder;
}

/** Redirects what is written to a stream. */
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

/** `inspect` prints "failed" before it fails. */
function hold({held}: PluginsRun, command: Command.Class): void {
	const {log} = command.prototype;
	command.prototype.log = function (this: Command, ...words: Parameters<typeof log>) {
		held.push(() => log.apply(this, words));
	};
}

/** Undoes what was set up before a plugin command. */
export function afterPlugins({undo, held}: PluginsRun, isDone: boolean): void {
	for (const putRight of undo.splice(0)) putRight();
	const lines = held.splice(0);
	if (isDone) for (const print of lines) print();
}
