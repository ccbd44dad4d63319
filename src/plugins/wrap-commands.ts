import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Command, Interfaces} from '@oclif/core';
import {type Context, contextOf, type PluginRun} from '../cli/context.js';

/*
 * `kling plugins …` is oclif's: what it prints when it succeeds stays its own. Here it is made to keep the rules of all
 * commands otherwise: flags of ours, nothing beside the document of a failure, npm's talk for those who ask for it.
 */

/** Flags of ours that change nothing for who does not know them. */
const common = ['--human', '--json', '--quiet', '-q', '--debug'] as const;

/** Whether a command runs npm, whose talk is all that it has for stdout. */
const runsNpm = (id: string) => /^plugins:(install|add|update|link|uninstall|unlink|remove)$/.test(id);

/** Silences the progress of a command of plugins, if that was asked for, before oclif keeps the stream for itself. */
export function hushPlugins({printer, pluginRun}: Context): void {
	if (printer.mode.quiet) redirect(process.stderr, () => true, pluginRun);
}

/**
 * Prepares a command of oclif's plugin.
 * @param argv its words, which are changed in place
 */
export function beforePlugins(command: Command.Class, argv: string[], config: Interfaces.Config): void {
	const {id} = command;
	const {printer, pluginRun} = contextOf(config);
	const wantsTalk = printer.mode.debug || argv.includes('--verbose') || argv.includes('-v');
	setDefault('KLING_NPM_LOG_LEVEL', wantsTalk ? 'verbose' : 'silent');
	if (runsNpm(id)) keepLogs(wantsTalk, pluginRun);
	if (runsNpm(id) && !argv.includes('--json')) {
		redirect(process.stdout, (text) => process.stderr.write(text), pluginRun);
	}
	argv.splice(0, argv.length, ...wordsFor(command, argv));
	throwAlways(command);
	if (id === 'plugins:inspect') hold(command, pluginRun);
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

/** Without the flags that the command does not know and need not, and with paths that hold in npm's folder, too. */
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

/** npm writes down why it failed, however little it prints. @param stay whether people were told where the logs are */
function keepLogs(stay: boolean, pluginRun: PluginRun): void {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-npm-'));
	pluginRun.npmLogs = folder;
	process.env.npm_config_logs_dir = folder;
	if (!stay) process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
}

/** Gives what is written to a stream to somebody else. */
function redirect(
	stream: NodeJS.WriteStream,
	take: (text: string | Uint8Array) => boolean,
	{undo}: PluginRun,
): void {
	const {write} = stream;
	stream.write = (text: string | Uint8Array) => take(text);
	undo.unshift(() => {
		stream.write = write;
	});
}

/** `inspect` prints "failed" before it fails. */
function hold(command: Command.Class, {held}: PluginRun): void {
	const {log} = command.prototype;
	command.prototype.log = function (this: Command, ...words: Parameters<typeof log>) {
		held.push(() => log.apply(this, words));
	};
}

/** Ends what was begun before a command of plugins. @param isDone whether it succeeded */
export function afterPlugins({undo, held}: PluginRun, isDone: boolean): void {
	for (const putRight of undo.splice(0)) putRight();
	const lines = held.splice(0);
	if (isDone) for (const print of lines) print();
}
