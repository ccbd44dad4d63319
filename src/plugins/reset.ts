import {Config, type Interfaces, run} from '@oclif/core';
import {KlingError} from '../lib/errors/kling-error.js';
import {addedPlugins} from './installed.js';
import {pluginFailure} from './npm-errors.js';
import type {PluginsRun} from './wrap-commands.js';

/** Whether a command line is `plugins reset --hard --reinstall`. */
export function isFullReset(argv: readonly string[]): boolean {
	const words = argv.filter((word) => !word.startsWith('-')).join(' ');
	const asks = ['--hard', '--reinstall'].every((flag) => argv.includes(flag));
	return asks && /^plugins[ :]reset$/.test(words) && !argv.includes('--help') && !argv.includes('-h');
}

/**
 * Performs `plugins reset --hard --reinstall` as separate commands. `--hard` removes the package that stands
 * for this program among the plugins, and each install restores it (host-package.ts). In a single command,
 * npm would look for that package in the registry.
 * @throws KlingError `invalid_plugin` that names the plugins that were not reinstalled
 */
export async function resetAndReinstall(
	argv: readonly string[],
	program: Interfaces.LoadOptions,
	pluginsRun: PluginsRun,
): Promise<void> {
	const {dataDir} = await Config.load(program);
	const plugins = await addedPlugins(dataDir).catch(() => []);
	await run(
		argv.filter((word) => word !== '--reinstall'),
		program,
	);
	const failed: string[] = [];
	for (const {name, type, root = '', url, tag} of plugins) {
		const words = type === 'link' ? ['link', root, '--no-install'] : ['install', url ?? `${name}@${tag}`];
		try {
			await run(['plugins', ...words], program);
		} catch (error) {
			const told = pluginFailure(error, pluginsRun.logs);
			failed.push(`${name} (${told instanceof Error ? told.message : told})`);
		}
	}
	if (failed.length === 0) return;
	throw new KlingError('invalid_plugin', `These were not installed again: ${failed.join(', ')}`, {
		hint: 'Install them again by hand: kling plugins install NAME',
	});
}
