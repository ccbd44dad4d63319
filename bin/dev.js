#!/usr/bin/env -S npx tsx
// Runs src/ as it is, without a build.
const path = require('node:path');
const {pathToFileURL} = require('node:url');
const {Plugin, settings} = require('@oclif/core');

const root = path.join(__dirname, '..');

/** oclif's own plugins, and ours without its manifest, which names the built files. */
async function plugins() {
	const {oclif} = require('../package.json');
	const options = [
		{isRoot: true, root, ignoreManifest: true},
		...oclif.plugins.map((name) => ({type: 'core', name, root})),
	];
	return Promise.all(
		options.map(async (each) => {
			const plugin = new Plugin(each);
			await plugin.load();
			return plugin;
		}),
	);
}

async function dev() {
	settings.tsnodeEnabled = true;
	const {main} = await import(pathToFileURL(path.join(root, 'src', 'main.ts')).href);
	await main({root, plugins: await plugins()});
}

void dev();
