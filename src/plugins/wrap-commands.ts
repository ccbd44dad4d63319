import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Command} from '@oclif/core';
import type {OutputMode} from '../cli/output/mode.js';

/*
 * `kling plugins …` is oclif's: what it prints when it succeeds stays its own. Here it is made to keep the rules of all
 * commands otherwise: flags of ours, nothing beside the document of a failure, npm's talk for those who ask for it.
 */

/** One run of `kling plugins …`, from its start to its end. */
export interface PluginsRun {
	/** What must be put right when the command has ended, the latest change first. */
	undo: (() => void)[];
	/** What a command would print that prints before it knows whether it succeeds. */
	held: (() => void)[];
	/** Where npm writes what it does. */
	logs?: string;
}

/** Options for oclif that carry the run to the hook before the command. */
export type CarriesRun = {pluginsRun?: PluginsRun};

export const startPluginsRun = (): PluginsRun => ({undo: [], held: []});

/** Flags of ours that change nothing for a command that does not know them. */
const common = ['--human', '--json', '--quiet', '-q', '--debug'] as const;

/** Whether a command runs npm, whose talk is all that it has for stdout. */
const runsNpm = (id: string) => /^plugins:(install|add|update|link|uninstall|unlink|remove)$/.test(id);

/** Silences the progress of a command of plugins, if that was asked for, before oclif keeps the stream for itself. */
export function hushPlugins(run: PluginsRun, {quiet}: {quiet: boolean}): void {
	if (quiet) redirect(run, process.stderr, () => true);
}

/**
 * Prepares a command of oclif's plugin.
 * @param argv its words, which are changed in place
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

/** oclif would print errors itself for --json, with an exit status of its own. */
function throwAlways({prototype}: Command.Class): void {
	const own = prototype as unknown as {catch: (error: unknown) => Promise<unknown>};
	const {catch: before} = own;
	own.catch = function (this: Command, error) {
		this.jsonEnabled = () => false;
		return before.call(this, error);
	};
}

/** Without flags that the command does not know and does not need, and with paths that also work in npm's folder. */
function wordsFor({id, flags, enableJsonFlag}: Command.Class, argv: readonly string[]): string[] {
	const known = new Set(Object.entries(flags ?? {}).flatMap(([name, {char}]) => [`--${name}`, `-${char}`]));
	if (enableJsonFlag) known.add('--json');
	const strange = new Set<string>(common.filter((flag) => !known.has(flag)));
	const words = argv.filter((word) => !strange.has(word));
	return /^plugins:(install|add)$/.test(id) ? words.map(absolute) : words;
}

/**
 * The file or folder that a word names as the place of a plugin: with `file:` before it, by an absolute path, by one that
 * begins with a dot, or by the name of a package's file. All else is for npm, or of GitHub.
 */
export function pluginFile(word: string): string | undefined {
	const [, given] = /^file:(.+)$/.exec(word) ?? [];
	const isFile =
		path.isAbsolute(word) || /^\.{1,2}([/\\]|$)/.test(word) || /^[^:@][^:]*\.t(ar\.)?gz$/.test(word);
	const file = given ?? (isFile ? word : undefined);
	return file === undefined ? undefined : path.resolve(file);
}

/** npm runs in the folder of the plugins, where a path means another file; and oclif takes one for a place on GitHub. */
function absolute(word: string): string {
	const file = pluginFile(word);
	return file === undefined ? word : `file:${file.replaceAll('\\', '/')}`;
}

function setDefault(name: string, value: string): void {
	if (!process.env[name]) process.env[name] = value;
}

/** npm logs why it failed, however little it prints. @param stay whether people were shown where the logs are */
function keepLogs(stay: boolean): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-npm-'));
	process.env.npm_config_logs_dir = folder;
	if (!stay) process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
	return folder;
}

/** Gives what is written to a stream to somebody else. */
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

/** Ends what was begun before a command of plugins. @param isDone whether it succeeded */
export function afterPlugins({undo, held}: PluginsRun, isDone: boolean): void {
	for (const putRight of undo.splice(0)) putRight();
	const lines = held.splice(0);
	if (isDone) for (const print of lines) print();
}
