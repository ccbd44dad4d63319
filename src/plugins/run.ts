import {existsSync} from 'node:fs';
import {type Interfaces, run} from '@oclif/core';
import type {Context} from '../cli/context.js';
import {KlingError} from '../lib/errors/kling-error.js';
import {pluginFailure} from './npm-errors.js';
import {isFullReset, resetAndReinstall} from './reset.js';
import {afterPlugins, hushPlugins, pluginFile} from './wrap-commands.js';

/**
 * Runs `kling plugins …`, whose commands are oclif's.
 * @param load reads oclif's config anew
 * @throws KlingError for all that goes wrong, bugs apart
 */
export async function runPlugins(
	argv: readonly string[],
	load: () => Promise<Interfaces.Config>,
	context: Context,
): Promise<void> {
	const {pluginRun} = context;
	hushPlugins(context);
	try {
		if (argv[1] === 'install' || argv[1] === 'add') argv.slice(2).forEach(requireFile);
		await (isFullReset(argv) ? resetAndReinstall(argv, load, pluginRun) : run([...argv], await load()));
		afterPlugins(pluginRun, true);
	} catch (error) {
		afterPlugins(pluginRun, false);
		throw pluginFailure(error, pluginRun.npmLogs);
	}
}

/** npm would say so of a path that nobody has typed. */
function requireFile(word: string): void {
	const file = pluginFile(word);
	if (file === undefined || existsSync(file)) return;
	throw new KlingError('read_error', `There is no file ${file}`, {
		path: file,
		hint: 'Give the file of a package, such as ./x.tgz, or the name of one in the registry of npm.',
	});
}
