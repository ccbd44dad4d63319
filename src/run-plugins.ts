import {type Interfaces, run} from '@oclif/core';
import {afterPlugins, hushPlugins, npmLogs} from './plugin-commands.js';
import {pluginFailure} from './plugin-failure.js';
import {isFullReset, resetAndReinstall} from './reset-plugins.js';

/**
 * Runs `kling plugins …`, whose commands are oclif's.
 * @throws KlingError for all that goes wrong, bugs apart
 */
export async function runPlugins(argv: readonly string[], program: Interfaces.LoadOptions): Promise<void> {
	hushPlugins(argv);
	try {
		await (isFullReset(argv) ? resetAndReinstall(argv, program) : run([...argv], program));
		afterPlugins(true);
	} catch (error) {
		afterPlugins(false);
		throw pluginFailure(error, npmLogs());
	}
}
