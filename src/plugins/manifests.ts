import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Interfaces} from '@oclif/core';
import {manifestsFile} from '../completion/command-index.js';
import {writeAtomically} from '../lib/fs/write-atomic.js';

/**
 * Stores what completion needs about plugins without a manifest, whose commands oclif has just loaded. It is
 * thus as recent as the last command that ran.
 * @param plugins all plugins of the program
 */
export async function keepManifests(
	plugins: Iterable<Interfaces.Plugin>,
	{dataDir}: Pick<Interfaces.Config, 'dataDir'>,
): Promise<void> {
	const lacking = [...plugins].filter((plugin) => plugin.type !== 'core' && !plugin.hasManifest);
	if (lacking.length === 0) return;
	const manifestOf = ({commands}: Interfaces.Plugin) => ({
		commands: Object.fromEntries(commands.map((command) => [command.id, command])),
	});
	const kept = Object.fromEntries(lacking.map((plugin) => [plugin.root, manifestOf(plugin)]));
	const text = JSON.stringify(kept);
	const file = path.join(dataDir, manifestsFile);
	const before = await readFile(file, 'utf8').catch(() => undefined);
	if (before === text) return;
	try {
		writeAtomically(file, text);
	} catch {
		// If it cannot be written, completion works without it.
	}
}
