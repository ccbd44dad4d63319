import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Interfaces} from '@oclif/core';
import {type Finding, passed, warning} from '../lib/account/finding.js';
import {systemCode} from '../lib/fs/file-errors.js';
import {addedPlugins, listFile} from './installed.js';
import {reasonOf} from './load-warnings.js';

/**
 * Checks that each plugin that the user has added loads with all its commands. Their code is loaded for that,
 * because a manifest also lists commands that do not load.
 * @param config of oclif, which leaves out plugins that do not load at all
 */
export async function checkPlugins({
	dataDir,
	plugins,
}: Pick<Interfaces.Config, 'dataDir' | 'plugins'>): Promise<Finding> {
	const added = await addedPlugins(dataDir).catch((error: Error) => error);
	if (added instanceof Error) {
		const file = listFile(dataDir);
		return warning(
			'plugins',
			`No plugin is loaded: ${file}: ${added.message}`,
			`Fix ${file}, or remove it and install the plugins again.`,
		);
	}
	const broken: {name: string; reason: string}[] = [];
	const sound: string[] = [];
	for (const {name, root = path.join(dataDir, 'node_modules', name)} of added) {
		const plugin = [...plugins.values()].find((loaded) => loaded.root === root || loaded.name === name);
		const reason = plugin ? await brokenCommand(plugin) : await whyLost(root);
		if (reason !== undefined) broken.push({name, reason});
		else sound.push(`${plugin?.name} ${plugin?.version}`);
	}
	if (broken.length === 0) return passed('plugins', sound.length === 0 ? 'None' : sound.join(', '));
	const told = broken.map(({name, reason}) => `${name}: ${reason}`);
	const rest = sound.length > 0 ? [`sound: ${sound.join(', ')}`] : [];
	const it = broken.length === 1 ? 'it' : 'them';
	const names = broken.map(({name}) => name).join(' ');
	return warning(
		'plugins',
		[...told, ...rest].join('; '),
		`Fix ${it}, or remove ${it}: kling plugins uninstall ${names}`,
	);
}

/** The first command of a plugin that does not load, and the reason. */
async function brokenCommand(plugin: Interfaces.Plugin): Promise<string | undefined> {
	for (const id of plugin.commandIDs) {
		try {
			await plugin.findCommand(id, {must: true});
		} catch (error) {
			return `command ${id.replaceAll(':', ' ')}: ${reasonOf(error)}`;
		}
	}
	return undefined;
}

/** Why oclif left a plugin out. */
async function whyLost(root: string): Promise<string> {
	try {
		JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
		return 'it does not load';
	} catch (error) {
		return systemCode(error) === 'ENOENT' ? 'it is no longer there' : `package.json: ${reasonOf(error)}`;
	}
}
