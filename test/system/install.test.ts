import {execFile} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify, stripVTControlCharacters} from 'node:util';
import {beforeAll, describe, expect, test} from 'vitest';
import {root} from '../e2e/kling.js';
import {blocksOf} from '../support/pages.js';

/** The packed program, installed as users do on a machine without a compiler, run by the oldest Node and the newest. */
const newest = '26';
const home = mkdtempSync(path.join(tmpdir(), 'kling-install-'));
const prefix = path.join(home, 'prefix');
const windows = process.platform === 'win32';
const installed = path.join(prefix, ...(windows ? ['node_modules'] : ['lib', 'node_modules']), 'kling-cli');
const installedJs = path.join(installed, 'bin', 'run.js');
const nodePackage = `node-${windows ? 'win' : process.platform}-${process.arch}`;
const newestNode = path.join(
	...[home, 'node', 'node_modules', nodePackage, 'bin', windows ? 'node.exe' : 'node'],
);

interface Ran {
	code: number;
	stdout: string;
	stderr: string;
}

async function run(file: string, args: string[], env: NodeJS.ProcessEnv, cwd = home): Promise<Ran> {
	try {
		return {code: 0, ...(await promisify(execFile)(file, args, {env, cwd}))};
	} catch (error) {
		return error as Ran;
	}
}

/** npm would ask the registry about flaws and about newer versions of itself each time. */
const silent = {npm_config_audit: 'false', npm_config_update_notifier: 'false'};

async function npm(...args: string[]): Promise<string> {
	const {code, stdout, stderr} = await run('npm', args, {...process.env, ...silent}, root);
	expect({code, stderr: code === 0 ? '' : stderr}).toEqual({code: 0, stderr: ''});
	return stdout.trim();
}

/** The settings that reach the registry from this machine. */
const networkNames = ['NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
const network = Object.fromEntries(
	networkNames.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, process.env[name]]),
);

let registry: string;

/** The environment of a user. All users share a download cache. */
const userEnv = (own: string): NodeJS.ProcessEnv => ({
	PATH: process.env.PATH,
	HOME: own,
	...network,
	npm_config_registry: registry,
	npm_config_cache: path.join(home, 'npm'),
	npm_config_prefer_offline: 'true',
	...silent,
});

beforeAll(async () => {
	mkdirSync(path.join(home, 'node'));
	const pack = async () => {
		const printed = await npm('pack', '--ignore-scripts', '--json', '--pack-destination', home);
		const [{filename}] = JSON.parse(printed) as [{filename: string}];
		await npm('install', '--global', '--prefix', prefix, '--ignore-scripts', path.join(home, filename));
	};
	const node = () =>
		npm(
			'install',
			'--no-save',
			'--ignore-scripts',
			'--prefix',
			path.join(home, 'node'),
			`${nodePackage}@${newest}`,
		);
	[registry] = await Promise.all([npm('config', 'get', 'registry'), pack(), node()]);
});

test('both names start it, and the package contains no tests, sources or source maps', async () => {
	const bin = windows ? prefix : path.join(prefix, 'bin');
	for (const name of ['kling', 'kling-cli']) {
		const {code, stdout} = await run(
			path.join(bin, windows ? `${name}.cmd` : name),
			['--version'],
			process.env,
		);
		expect({code, stdout}).toEqual({code: 0, stdout: expect.stringMatching(/^kling-cli\/\d/)});
	}
	const files = readdirSync(installed, {recursive: true, encoding: 'utf8'}).filter(
		(file) => !file.startsWith('node_modules'),
	);
	expect(files).toContain(path.join('dist', 'index.d.ts'));
	expect(files.filter((file) => /\.map$|\.test\.|(?<!\.d)\.ts$|^src/.test(file))).toEqual([]);
	const licences = readFileSync(path.join(installed, 'dist', 'THIRD_PARTY_LICENSES.txt'), 'utf8');
	for (const name of ['@oclif/core', 'got', 'jsonwebtoken', 'ajv']) {
		expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
	}
	expect(licences).not.toMatch(/^esbuild /m);
});

/** A plugin with a command and hooks, as an ES module or as CommonJS. */
function makePlugin(
	folder: string,
	name: string,
	type: 'module' | 'commonjs',
	extra: Record<string, string> = {},
) {
	const plugin = path.join(folder, name);
	const esm = type === 'module';
	const hooks = {init: './hooks/init.js', prerun: './hooks/prerun.js'};
	const hook = (event: string) =>
		`${esm ? 'export default' : 'module.exports ='} async function () { console.error('${name} ${event}'); };\n`;
	const head = esm
		? "import {KlingCommand, KlingError} from 'kling-cli';\nexport default"
		: "const {KlingCommand, KlingError} = require('kling-cli');\nmodule.exports =";
	const files: Record<string, string> = {
		'package.json': JSON.stringify({name, version: '1.0.0', type, oclif: {commands: './commands', hooks}}),
		'hooks/init.js': hook('init'),
		'hooks/prerun.js': hook('prerun'),
		[`commands/${name}.js`]: `${head} class extends KlingCommand {
			async run() {
				await this.parse();
				if (process.env.REFUSE) throw new KlingError('task_not_found', 'No such thing');
				return {success: true, plugin: '${name}'};
			}
		};\n`,
		...extra,
	};
	for (const [file, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(plugin, file)), {recursive: true});
		writeFileSync(path.join(plugin, file), text);
	}
	mkdirSync(path.join(plugin, 'node_modules'));
	symlinkSync(installed, path.join(plugin, 'node_modules', 'kling-cli'), 'junction');
	return plugin;
}

// This test and the next two have their own homes and run in parallel.
test.concurrent('the commands in the README of the example plugin work in a clone', async () => {
	const clone = mkdtempSync(path.join(home, 'clone-'));
	const example = path.join('examples', 'plugin-fitting');
	cpSync(path.join(root, example), path.join(clone, example), {recursive: true});
	const bin = windows ? prefix : path.join(prefix, 'bin');
	const env = {...userEnv(clone), PATH: [bin, process.env.PATH].join(path.delimiter)};
	const blocks = blocksOf(path.join(example, 'README.md')).filter(({language}) => language === 'sh');
	expect(blocks).toHaveLength(2);
	for (const {text} of blocks) {
		const {code, stdout, stderr} = await run('sh', ['-ec', text], env, clone);
		expect({code, stdout: code === 0 ? '' : stdout + stderr}).toEqual({code: 0, stdout: ''});
	}
	expect(readdirSync(clone).filter((name) => /png|tgz/.test(name))).toEqual([
		'fitted.png',
		'kling-plugin-fitting-0.1.0.tgz',
	]);
	const own = path.join(clone, example);
	const tests = 'kling plugins link . && npm test';
	expect(readFileSync(path.join(own, 'README.md'), 'utf8')).toContain(`\`${tests}\``);
	const tested = await run('sh', ['-ec', tests], env, own);
	expect({code: tested.code, stdout: tested.code === 0 ? '' : tested.stdout}).toEqual({code: 0, stdout: ''});
});

const packages = new Map<string, Promise<string>>();

/** The package of one of the official plugins, packed once. */
function packed(place: string): Promise<string> {
	const made = packages.get(place) ?? packPlugin(place);
	packages.set(place, made);
	return made;
}

/** Packs a plugin as its author would: with a manifest, for which the program is installed beside it. */
async function packPlugin(place: string): Promise<string> {
	const folder = path.join(mkdtempSync(path.join(home, 'plugin-')), path.basename(place));
	const isOwn = (file: string) => !file.includes('node_modules', root.length);
	cpSync(path.join(root, place), folder, {recursive: true, filter: isOwn});
	mkdirSync(path.join(folder, 'node_modules'), {recursive: true});
	symlinkSync(installed, path.join(folder, 'node_modules', 'kling-cli'), 'junction');
	const oclif = path.join(root, 'node_modules', 'oclif', 'bin', 'run.js');
	const quiet = {...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true'};
	expect(await run(process.execPath, [oclif, 'manifest'], quiet, folder)).toMatchObject({code: 0});
	const packing = ['pack', '--ignore-scripts', '--silent', '--pack-destination', home];
	const {stdout} = await run('npm', packing, {...process.env, ...silent}, folder);
	return path.join(home, stdout.trim());
}

const pluginFolders = new Map<string, Promise<string>>();

/** The data folder of a user who installed one of the official plugins with the Node of the tests. Both versions run it. */
function withPlugin(place: string): Promise<string> {
	const made = pluginFolders.get(place) ?? installPlugin(place);
	pluginFolders.set(place, made);
	return made;
}

async function installPlugin(place: string): Promise<string> {
	const own = mkdtempSync(path.join(home, 'user-'));
	const data = path.join(own, 'data');
	const env = {...userEnv(own), XDG_CACHE_HOME: path.join(home, 'cache'), XDG_DATA_HOME: data};
	const words = ['plugins', 'install', `file:${await packed(place)}`];
	const {code, stdout, stderr} = await run(process.execPath, [installedJs, ...words], env);
	expect({code, stdout: code === 0 ? '' : stdout + stderr}).toEqual({code: 0, stdout: ''});
	return data;
}

describe.concurrent.each([
	['the Node of the tests', process.execPath],
	[`Node ${newest}`, newestNode],
])('with %s', (_, node) => {
	let own: string;
	let env: NodeJS.ProcessEnv;

	beforeAll(() => {
		own = mkdtempSync(path.join(home, 'user-'));
		env = {
			...userEnv(own),
			SHELL: '/bin/bash',
			// The compiled code of both versions is kept side by side.
			XDG_CACHE_HOME: path.join(home, 'cache'),
			XDG_CONFIG_HOME: path.join(own, 'config'),
			XDG_DATA_HOME: path.join(own, 'data'),
		};
	});

	const kling = (...args: string[]) => run(node, [installedJs, ...args], env);

	test.sequential('version, help and a request, the first time and from the cache', async () => {
		for (let time = 0; time < 2; time += 1) {
			const [version, all, topic, one, list] = await Promise.all([
				kling('--version'),
				kling('--help'),
				kling('help', 'video'),
				kling('video', 'status', '--help'),
				kling('sandbox', 'exec', '--', 'kling', 'video', 'list', '--limit', '1'),
			]);
			expect(version.stdout).toMatch(/^kling-cli\/\S+ \S+ node-v\d+/);
			expect(all.stdout).toContain(version.stdout);
			expect(topic.stdout).toMatch(/^ {2}video status +\S/m);
			expect(one.stdout).toMatch(/^USAGE\n {2}\$ kling video status TASK_ID/m);
			expect(JSON.parse(list.stdout)).toMatchObject({success: true, count: 1});
			for (const {code, stderr} of [version, all, topic, one])
				expect({code, stderr}).toEqual({code: 0, stderr: ''});
		}
	});

	test.sequential('coloured help has the same text', async () => {
		const plain = await kling('video', '--help');
		env = {...env, FORCE_COLOR: '1'};
		const coloured = await kling('video', '--help');
		delete env.FORCE_COLOR;
		expect(plain.stdout).not.toContain('\u001B');
		expect(coloured.stdout).toContain('\u001B');
		expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout);
	});

	test.sequential('a misspelled command is suggested and not run', async () => {
		const {code, stdout} = await kling('video', 'statsu');
		expect(code).toBe(2);
		expect(JSON.parse(stdout).error).toMatchObject({
			code: 'unknown_command',
			hint: expect.stringContaining('`kling video status`'),
		});
	});

	test.sequential('completion is set up', async () => {
		expect(await kling('autocomplete', 'bash')).toMatchObject({
			code: 0,
			stdout: expect.stringContaining('bashrc'),
		});
	});

	test.sequential('a plugin from the registry is installed, runs and is removed', async () => {
		expect(await kling('plugins', 'install', '@oclif/plugin-version@2')).toMatchObject({code: 0});
		expect((await kling('plugins')).stdout).toContain('@oclif/plugin-version 2.');
		expect(await kling('version')).toMatchObject({code: 0, stdout: (await kling('--version')).stdout});
		expect(await kling('plugins', 'uninstall', '@oclif/plugin-version')).toMatchObject({code: 0});
		expect((await kling('version')).code).toBe(2);
	});

	test.sequential('without npm, plugins install and plugins update say what is missing', async () => {
		const bin = mkdtempSync(path.join(own, 'bin-'));
		symlinkSync(node, path.join(bin, path.basename(node)));
		for (const words of [['install', '@oclif/plugin-version'], ['update']]) {
			const command = [installedJs, 'plugins', ...words];
			const {code, stdout} = await run(node, command, {...env, PATH: bin});
			expect({code, error: JSON.parse(stdout).error}).toMatchObject({
				code: 2,
				error: {code: 'command_not_started', message: 'The program npm is not installed'},
			});
		}
	});

	test.sequential('the example plugin, packed, is installed beside the program, works, and passes its own tests', async () => {
		expect(
			await kling('plugins', 'install', `file:${await packed('examples/plugin-fitting')}`),
		).toMatchObject({code: 0});
		const used = await run(
			node,
			['--test', path.join(root, 'examples', 'plugin-fitting', 'test', 'fitting.test.js')],
			{
				...env,
				KLING: installedJs,
			},
		);
		expect({code: used.code, stdout: used.code === 0 ? '' : used.stdout}).toEqual({code: 0, stdout: ''});
		const [help, human] = await Promise.all([
			kling('fitting', 'create', '--help'),
			kling('sandbox', 'exec', '--', 'kling', 'fitting', 'list', '--human'),
		]);
		expect(help.stdout).toContain('$ kling fitting create --person');
		expect(human.code).toBe(0);
		expect(await kling('plugins', 'uninstall', 'kling-plugin-fitting')).toMatchObject({code: 0});
		expect((await kling('fitting', 'list')).code).toBe(2);
	});

	test.sequential('the timeline plugin, packed and installed beside the program, passes its own tests', async () => {
		const tests = path.join(root, 'plugins', 'timeline', 'test', 'timeline.test.js');
		const own = {...env, XDG_DATA_HOME: await withPlugin('plugins/timeline'), KLING: installedJs};
		const used = await run(node, ['--test', tests], own);
		expect({code: used.code, stdout: used.code === 0 ? '' : used.stdout}).toEqual({code: 0, stdout: ''});
	});

	test.sequential('the farm plugin, packed and installed beside the program with its own packages, passes its own tests', async () => {
		const folder = path.join(root, 'plugins', 'farm');
		const own = {...env, XDG_DATA_HOME: await withPlugin('plugins/farm')};
		const used = await run(
			node,
			['--import', './test/with-kling.js', '--test', 'test/trees.test.js', 'test/address.test.js'],
			{...own, KLING: installedJs},
			folder,
		);
		expect({code: used.code, stdout: used.code === 0 ? '' : used.stdout}).toEqual({code: 0, stdout: ''});
		const words = ['sandbox', 'exec', '--', 'kling', 'farm', 'status', '--queue', 'redis://127.0.0.1:1'];
		const [help, status] = await Promise.all([
			run(node, [installedJs, 'farm', '--help'], own),
			run(node, [installedJs, ...words], own),
		]);
		expect(help.stdout).toContain('farm clean');
		// It connects to the queue with its own packages.
		expect(status.code).toBe(5);
		expect(JSON.parse(status.stdout).error).toMatchObject({code: 'connection_error'});
	});

	test.sequential('linked plugins of both kinds run, with their hooks, beside one that throws when it is loaded', async () => {
		const esm = makePlugin(own, 'esm-plugin', 'module');
		const cjs = makePlugin(own, 'cjs-plugin', 'commonjs');
		const bad = makePlugin(own, 'bad-plugin', 'module', {
			'commands/bad-plugin.js': "throw new Error('boom');\n",
		});
		for (const plugin of [esm, cjs]) expect(await kling('plugins', 'link', plugin)).toMatchObject({code: 0});
		// The second run loads the program from the cache.
		for (let time = 0; time < 2; time += 1) {
			for (const name of ['esm-plugin', 'cjs-plugin']) {
				const {code, stdout, stderr} = await kling(name);
				expect({code, document: JSON.parse(stdout)}).toEqual({
					code: 0,
					document: {success: true, plugin: name},
				});
				for (const hook of ['esm-plugin init', 'cjs-plugin init', 'esm-plugin prerun', 'cjs-plugin prerun']) {
					expect(stderr).toContain(hook);
				}
			}
		}
		env = {...env, REFUSE: '1'};
		for (const name of ['esm-plugin', 'cjs-plugin']) {
			const {code, stdout} = await kling(name);
			expect({code, error: JSON.parse(stdout).error.code}).toEqual({code: 9, error: 'task_not_found'});
		}
		expect((await kling('plugins', 'link', bad)).code).toBe(0);
		const beside = await kling('esm-plugin');
		expect({code: beside.code, error: JSON.parse(beside.stdout).error.code}).toEqual({
			code: 9,
			error: 'task_not_found',
		});
		expect((await kling('video', '--help')).code).toBe(0);
	});
});
