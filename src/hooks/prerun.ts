import path from 'node:path';
import type {Command, Hook} from '@oclif/core';
import {contextOf} from '../cli/context.js';
import {visible} from '../lib/output/sanitize.js';
import type {PluginsRunOptions} from '../plugins/wrap-commands.js';

const hook: Hook.Prerun = async ({Command, argv, config}) => {
	if (Command.plugin?.type === 'core') ignoreStdin(Command);
	if (isPlugins(Command.id)) {
		ignoreScripts();
		const {beforePlugins, startPluginsRun} = await import('../plugins/wrap-commands.js');
		// oclif's types omit the options.
		const {options = {}} = config as {options?: PluginsRunOptions};
		const {pluginsRun = startPluginsRun()} = options;
		beforePlugins(pluginsRun, Command, argv, contextOf(config).printer.mode);
	}
	if (Command.id === 'autocomplete' || Command.id.startsWith('autocomplete:')) {
		(await import('../plugins/adapt-autocomplete.js')).adaptAutocomplete(Command, config);
	}
	if (installing.has(Command.id)) {
		await (await import('../plugins/host-package.js')).writeHostPackage(config);
		const {linkHostPackage, pluginFolders} = await import('../plugins/link.js');
		for (const folder of pluginFolders(argv)) report(await linkHostPackage(folder, config));
	}
	if (Command.id === 'plugins:link') {
		const folder = path.resolve(argv.find((word) => !word.startsWith('-')) ?? '.');
		const {needsNoInstall, linkHostPackage} = await import('../plugins/link.js');
		const isSaid = argv.some((word) => /^--(no-)?install$/.test(word));
		if (!isSaid && (await needsNoInstall(folder, config))) argv.unshift('--no-install');
		report(await linkHostPackage(folder, config));
	}
	const plugins = [...config.plugins.values()];
	if (plugins.some(({type}) => type === 'user' || type === 'link')) {
		const {closeLinkedFolder, closePluginFiles} = await import('../plugins/close-folder.js');
		const linked = plugins.filter(({type, root}) => type === 'link' && closeLinkedFolder(root));
		for (const file of [...closePluginFiles(config.dataDir), ...linked.map(({root}) => root)]) {
			process.stderr.write(
				`Warning: others could change ${visible(file)}, whose code runs with your keys; now only you can\n`,
			);
		}
	}
	if (plugins.some(({hasManifest}) => !hasManifest)) {
		await (await import('../plugins/manifests.js')).keepManifests(plugins, config);
	}
};

/** @param link that was created in a plugin's folder, if any */
function report(link: string | undefined): void {
	if (link) process.stderr.write(`Created ${visible(link)}, where the plugin finds this kling\n`);
}

/** The commands that run npm. */
const installing: ReadonlySet<string> = new Set(
	['install', 'add', 'update', 'reset'].map((name) => `plugins:${name}`),
);

const isPlugins = (id: string) => id === 'plugins' || id.startsWith('plugins:');

/**
 * oclif reads a missing argument from stdin, which consumes the input of a surrounding loop. This program's
 * arguments opt out themselves; those of `help` and `plugins` are handled here.
 */
function ignoreStdin({args}: Command.Class): void {
	for (const arg of Object.values(args ?? {})) arg.ignoreStdin = true;
}

/**
 * The user chose to run a plugin's code, but not the install scripts of its dependencies. Therefore neither
 * npm nor yarn 1, which `plugins link` runs beside a yarn.lock, may run them. A user who sets npm's variable
 * decides for both.
 */
function ignoreScripts(): void {
	const wish = settingOf('npm_config_ignore_scripts') ?? 'true';
	for (const name of ['npm_config_ignore_scripts', 'yarn_ignore_scripts']) {
		if (settingOf(name) === undefined) process.env[name] = wish;
	}
}

/** npm and yarn accept the name in any case, and treat an empty value as unset. */
function settingOf(name: string): string | undefined {
	return Object.entries(process.env).find(([key, value]) => key.toLowerCase() === name && value)?.[1];
}

export default hook;
