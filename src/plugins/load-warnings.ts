import path from 'node:path';
import {readError, systemCode} from '../lib/fs/file-errors.js';
import {visible} from '../lib/output/sanitize.js';

/** Why a plugin, or one of its commands, does not load. */
interface Problem {
	/** The plugin and the affected part, for people. */
	what: string;
	reason: string;
	/** The argument for `kling plugins uninstall`; undefined when it is not known. */
	plugin: string | undefined;
	error: Error;
}

/**
 * Reports in two lines which plugin does not load, why, and what to do, once per plugin. oclif's own warnings
 * have eight lines per command. Other warnings are not changed.
 * @param debug whether to show everything
 * @param quiet whether to stay silent
 */
export function reportPluginProblems({debug, quiet}: {debug: boolean; quiet: boolean}): void {
	const usual = process.emitWarning as (...args: unknown[]) => void;
	const reported = new Set<string>();
	process.emitWarning = (...args: unknown[]) => {
		const problem = problemIn(args[0], args[1]);
		if (problem === undefined) return usual.apply(process, args);
		// Users who want no warnings at all have told Node so.
		if (quiet || process.listenerCount('warning') === 0) return;
		const {what, reason, plugin, error} = problem;
		if (!reported.has(plugin ?? reason)) {
			process.stderr.write(`Warning: ${what}: ${visible(reason)}\n${adviceFor(plugin)}\n`);
			reported.add(plugin ?? reason);
		}
		const {stack = '', detail = ''} = error as Error & {detail?: string};
		const lines = debug ? `${detail}\n${stack}`.split('\n') : [];
		for (const line of lines) process.stderr.write(`debug: ${visible(line)}\n`);
	};
}

const adviceFor = (plugin: string | undefined) =>
	plugin === undefined
		? 'See what is wrong: kling doctor'
		: `Fix it, or remove it: kling plugins uninstall ${visible(plugin)} (more with --debug)`;

/**
 * oclif warns in two ways: about part of a plugin, with its name and the error; about a whole plugin, with
 * only the error.
 */
function problemIn(warning: unknown, given: unknown): Problem | undefined {
	if (given instanceof Error && 'detail' in given) {
		const {plugin, task} = Object.fromEntries(
			[...String(given.detail).matchAll(/^(plugin|task): (.*)$/gm)].map(([, key, value]) => [key, value]),
		);
		if (plugin === undefined) return undefined;
		const what = [`plugin ${visible(plugin)}`, partOf(task)].filter(Boolean).join(', ');
		return {what, reason: reasonOf(given), plugin, error: given};
	}
	if (!(warning instanceof Error)) return undefined;
	const {path: file = ''} = warning as NodeJS.ErrnoException;
	if (
		systemCode(warning) !== undefined &&
		path.basename(file) === 'package.json' &&
		warning.name === 'Error'
	) {
		// The error is about the list of all plugins in the data folder.
		return {
			what: 'no plugin is loaded',
			reason: readError(warning, file).said,
			plugin: undefined,
			error: warning,
		};
	}
	// oclif reads no other JSON than that list and the plugins' own, which it names.
	if (warning.name === 'SyntaxError' && /JSON/.test(warning.message)) {
		const reason = `the list of plugins is not JSON: ${reasonOf(warning)}`;
		return {what: 'no plugin is loaded', reason, plugin: undefined, error: warning};
	}
	if (!/ Plugin: /.test(warning.name)) return undefined;
	const plugin = lostPlugin(warning);
	const what = plugin === undefined ? 'a plugin' : `plugin ${visible(plugin)}`;
	return {what, reason: reasonOf(warning), plugin, error: warning};
}

function partOf(task: string | undefined): string | undefined {
	const command = /^findCommand \((.*)\)$/.exec(task ?? '')?.[1];
	if (command !== undefined) return `command ${visible(command.replaceAll(':', ' '))}`;
	return task === 'readManifest' ? 'oclif.manifest.json' : undefined;
}

/** The name of an installed plugin, or the folder of a linked one, whose package.json is missing. */
function lostPlugin(error: Error & {path?: string}): string | undefined {
	if (error.path !== undefined) return path.dirname(error.path);
	return /^could not find package\.json with .*?\bname: '([^']+)'/s.exec(error.message)?.[1];
}

/** The first line of a message, without oclif's prefix. */
export const reasonOf = (error: unknown) =>
	((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '')
		.replace(/^(\[\w+\] )?(import\(\)|require) failed to load .*?: /, '')
		.replace(/^could not find package\.json with .*|^ENOENT: .*package\.json'$/, 'it is no longer there');
