#!/usr/bin/env -S npx tsx
// Runs src/ as it is, without a build.
const path = require('node:path');
const {pathToFileURL} = require('node:url');
const {Plugin} = require('@oclif/core');
const pjson = require('../package.json');

const root = path.join(__dirname, '..');
const {oclif} = pjson;
const source = (file) => file.replace('./dist/', './src/').replace(/\.js$/, '.ts');
const hooks = Object.fromEntries(Object.entries(oclif.hooks).map(([event, file]) => [event, source(file)]));
const commands = {...oclif.commands, target: source(oclif.commands.target)};

/** Our plugin, from src/, without the manifest, which names the built files; and oclif's own plugins. */
const plugins = [
	new Plugin({
		isRoot: true,
		root,
		ignoreManifest: true,
		pjson: {...pjson, oclif: {...oclif, commands, hooks}},
	}),
	...oclif.plugins.map((name) => new Plugin({type: 'core', name, root})),
];

async function dev() {
	await Promise.all(plugins.map((plugin) => plugin.load()));
	const {main} = await import(pathToFileURL(path.join(root, 'src', 'main.ts')).href);
	const index = await import(pathToFileURL(path.join(root, 'src', 'index.ts')).href);
	globalThis[Symbol.for(pjson.name)] = () => index;
	await main({root, plugins});
}

void dev();
