import {existsSync} from 'node:fs';
import {type Interfaces, run} from '@oclif/core';
import {contextOf} from '../cli/context.js';
import {KlingError} from '../lib/errors/kling-error.js';
import {pluginFailure} from './npm-errors.js';
import {requireNpm} from './npm-program.js';
import {isFullReset, resetAndReinstall} from './reset.js';
import {afterPlugins, pluginFile, silenceProgress, startPluginsRun} from './wrap-commands.js';

/**
 * Runs `kling plugins …`, whose commands are oclif's.
 * @throws KlingError for every failure except bugs
 */
export async function runPlugins(argv: readonly string[], program: Interfaces.Options): Promise<void> {
	// What is installed here runs with the user's keys, so no other user may change it, whatever the shell's
	// umask allows.
	process.umask(process.umask() | 0o022);
	const pluginsRun = startPluginsRun();
	const options = {...program, pluginsRun};
	silenceProgress(pluginsRun, contextOf({options}).printer.mode);
	try {
		argv.slice(2).forEach(refuseReserved);
		if (installs(argv)) requireNpm();
		if (argv[1] === 'install' || argv[1] === 'add') {
			const words = argv.slice(2);
			words.forEach(requireFile);
			const {pluginFolders, requirePackages} = await import('./link.js');
			for (const folder of pluginFolders(words)) await requirePackages(folder);
		}
		await (isFullReset(argv) ? resetAndReinstall(argv, options, pluginsRun) : run([...argv], options));
		afterPlugins(pluginsRun, true);
	} catch (error) {
		afterPlugins(pluginsRun, false);
		throw pluginFailure(error, pluginsRun.logs);
	}
}

/** Whether the command line runs npm to fetch plugins. */
function installs(argv: readonly string[]): boolean {
	const isHelp = argv.includes('--help') || argv.includes('-h');
	return !isHelp && /^plugins[ :](install|add|update)( |$)/.test(argv.slice(0, 2).join(' '));
}

/** oclif finds what every object has among the other names of plugins. */
function refuseReserved(word: string): void {
	if (word in Object.prototype) throw new KlingError('unknown_plugin', `There is no plugin ${word}`);
}

/** npm would report the error with a path that nobody has typed. */
function requireFile(word: string): void {
	const file = pluginFile(word);
	if (file === undefined || existsSync(file)) return;
	throw new KlingError('read_error', `There is no file ${file}`, {
		path: file,
		hint: 'Give the file of a package, such as ./x.tgz, or the name of one in the npm registry.',
	});
}
