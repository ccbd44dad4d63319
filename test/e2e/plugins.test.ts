import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {rootFile, serverCertificate} from '../support/certificates.js';
import {npmHome} from '../support/npm-home.js';
import {cleanEnv, type Env, kling, root, runJs} from './kling.js';

/** Each test has its own home, where plugins are linked and installed. */
let home: string;
let env: Env;
let keepCode: () => void;

beforeEach(() => {
	({home, env, keepCode} = npmHome('kling-plugins-'));
});
afterEach(() => keepCode());

/** A process of its own, because a process loads a plugin once. */
const run = (...args: string[]) => kling(args, {env, cwd: home, alone: true});

/** Makes a plugin of commands, by name, that can import the packages named in `packages`. */
function makePlugin(name: string, commands: Record<string, string>, pjson: object = {}): string {
	const folder = path.join(home, name);
	mkdirSync(path.join(folder, 'commands'), {recursive: true});
	const whole = {name, version: '1.0.0', type: 'module', oclif: {commands: './commands'}, ...pjson};
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(whole));
	for (const [command, code] of Object.entries(commands)) {
		writeFileSync(path.join(folder, 'commands', `${command}.js`), code);
	}
	mkdirSync(path.join(folder, 'node_modules', '@oclif'), {recursive: true});
	symlinkSync(
		path.join(root, 'node_modules', '@oclif', 'core'),
		path.join(folder, 'node_modules', '@oclif', 'core'),
	);
	symlinkSync(root, path.join(folder, 'node_modules', 'kling-cli'));
	return folder;
}

/** @returns the package of a folder, as npm would publish it, which takes npm longer than tar */
function pack(folder: string): string {
	const copy = path.join(mkdtempSync(path.join(home, 'pack-')), 'package');
	cpSync(folder, copy, {recursive: true, filter: (file) => path.basename(file) !== 'node_modules'});
	const file = `${folder}-1.0.0.tgz`;
	execFileSync('tar', ['-czf', file, '-C', path.dirname(copy), 'package']);
	return file;
}

const threeLines = `import {Command} from '@oclif/core';
export default class Hello extends Command {
	async run() { this.log('hello from a plugin'); } }
`;

test('a three-line plugin is linked, listed, run and removed', async () => {
	const folder = makePlugin('hello-plugin', {hello: threeLines});
	expect(await run('plugins')).toMatchObject({code: 0, stdout: 'No plugins installed.\n'});
	expect((await run('plugins', 'link', folder)).code).toBe(0);
	const [list, hello, help] = await Promise.all([run('plugins'), run('hello'), run('help')]);
	expect(list.stdout).toContain('hello-plugin 1.0.0 (link)');
	expect(hello).toMatchObject({code: 0, stdout: 'hello from a plugin\n', stderr: ''});
	expect(help.stdout).toMatch(/^ {2}hello$/m);

	expect((await run('plugins', 'uninstall', 'hello-plugin')).code).toBe(0);
	const [gone, after] = await Promise.all([run('hello'), run('plugins')]);
	expect(gone.code).toBe(2);
	expect(JSON.parse(gone.stdout).error.code).toBe('unknown_command');
	expect(after.stdout).toBe('No plugins installed.\n');
	// A linked folder belongs to the user, and still exists.
	expect(readdirSync(folder)).toContain('commands');
});

test('a plugin with a lock file is linked with its packages, and finds kling-cli afterwards', async () => {
	const code = `import {KlingCommand} from 'kling-cli';
		export default class extends KlingCommand { async run() { await this.parse(); return {success: true}; } }`;
	const peer = {peerDependencies: {'kling-cli': '*'}};
	const folder = makePlugin('locked', {locked: code}, peer);
	rmSync(path.join(folder, 'node_modules'), {recursive: true});
	const root = {name: 'locked', version: '1.0.0', ...peer};
	const lock = {name: 'locked', version: '1.0.0', lockfileVersion: 3, requires: true, packages: {'': root}};
	writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
	writeFileSync(path.join(folder, '.npmrc'), 'legacy-peer-deps=true\n');
	expect((await run('plugins', 'link', folder)).code).toBe(0);
	expect(await run('locked')).toMatchObject({code: 0, stdout: '{\n  "success": true\n}\n', stderr: ''});
});

test('a plugin is installed from its folder, where it finds kling-cli', async () => {
	const code = `import {KlingCommand} from 'kling-cli';
		export default class Own extends KlingCommand {
			async run() { return {success: true}; }
		}`;
	const folder = makePlugin('own-plugin', {own: code}, {peerDependencies: {'kling-cli': '>=0.1.0'}});
	rmSync(path.join(folder, 'node_modules'), {recursive: true});
	const {code: exit, stderr} = await run('plugins', 'install', './own-plugin');
	expect(exit, stderr).toBe(0);
	expect(stderr).toContain(path.join(folder, 'node_modules', 'kling-cli'));
	expect(await run('own')).toMatchObject({code: 0, stdout: expect.stringContaining('"success": true')});
});

test('a folder without the packages of its plugin is not installed but to be linked', async () => {
	const folder = makePlugin('needy plugin', {}, {dependencies: {'left-out': '1.0.0', '@oclif/core': '*'}});
	const {code, stdout} = await run('plugins', 'install', folder);
	expect({code, error: JSON.parse(stdout).error}).toMatchObject({
		code: 2,
		error: {
			code: 'invalid_plugin',
			message: expect.stringMatching(/not installed: left-out$/),
			hint: expect.stringContaining(`kling plugins link '${folder}'`),
		},
	});
	expect((await run('plugins')).stdout).toBe('No plugins installed.\n');
});

test('plugins unlink also removes it', async () => {
	const folder = makePlugin('hello-plugin', {hello: threeLines});
	await run('plugins', 'link', folder);
	expect((await run('plugins', 'unlink', 'hello-plugin')).code).toBe(0);
	expect((await run('plugins')).stdout).toBe('No plugins installed.\n');
});

describe('a command of a plugin', () => {
	test('that extends KlingCommand follows the rules of built-in commands', async () => {
		const head =
			"import {KlingCommand, KlingError} from 'kling-cli';\nexport default class extends KlingCommand {\n";
		const folder = makePlugin('contract', {
			answer: `${head} async run() { await this.parse(); return {success: true, answer: 42, odd: '\\u009B'}; } }`,
			refuse: `${head} async run() { throw new KlingError('task_not_found', 'No such thing', {task_id: 't1'}); } }`,
			crash: `${head} async run() { throw new TypeError('oops'); } }`,
			client: `${head} async run() { await this.client({}); } }`,
		});
		await run('plugins', 'link', folder);
		const [answer, human, refuse, refuseHuman, crash, client, flag] = await Promise.all([
			run('answer'),
			run('answer', '--human'),
			run('refuse'),
			run('refuse', '--human'),
			run('crash'),
			run('client'),
			run('answer', '--jsno'),
		]);
		expect(answer).toMatchObject({code: 0, stderr: ''});
		expect(answer.stdout).toBe('{\n  "success": true,\n  "answer": 42,\n  "odd": "\\u009b"\n}\n');
		expect(human).toMatchObject({code: 0, stdout: 'answer: 42\nodd:    \\u009b\n'});
		expect(refuse).toMatchObject({code: 9, stderr: ''});
		expect(JSON.parse(refuse.stdout).error).toMatchObject({
			code: 'task_not_found',
			message: 'No such thing',
			task_id: 't1',
		});
		expect(refuseHuman).toMatchObject({code: 9, stdout: ''});
		expect(refuseHuman.stderr).toMatch(/^Error: No such thing \(task_not_found, task t1\)\n/);
		expect(crash.code).toBe(1);
		expect(JSON.parse(crash.stdout).error).toMatchObject({code: 'internal_error', message: 'oops'});
		const {stderr: stack} = await run('crash', '--debug');
		expect(stack).toMatch(/^debug: .*src\/cli\/base-command\.ts:\d+:\d+/m);
		expect(stack).not.toContain('dist/code');
		expect(client.code).toBe(4);
		expect(JSON.parse(client.stdout).error.code).toBe('missing_api_key');
		expect(flag.code).toBe(2);
		expect(JSON.parse(flag.stdout).error).toMatchObject({code: 'invalid_flag', hint: 'Did you mean --json?'});
	});

	test('that is only based on oclif keeps its own errors and exit status', async () => {
		const folder = makePlugin('own-way', {
			stop: threeLines.replace("this.log('hello from a plugin')", "this.error('own words', {exit: 7})"),
			leave: threeLines.replace("this.log('hello from a plugin')", 'this.exit(5)'),
		});
		await run('plugins', 'link', folder);
		const [stop, leave] = await Promise.all([run('stop'), run('leave')]);
		expect(stop).toMatchObject({code: 7, stdout: ''});
		expect(stop.stderr).toContain('own words');
		expect(leave).toMatchObject({code: 5, stdout: '', stderr: ''});
	});
});

test('a plugin that cannot be loaded, or no longer exists, breaks nothing else', async () => {
	const bad = makePlugin('bad-plugin', {
		bad: "\nthrow new Error('boom at load\\nand more');",
		good: threeLines,
	});
	const lost = makePlugin('lost-plugin', {lost: threeLines});
	await run('plugins', 'link', bad);
	await run('plugins', 'link', lost);
	rmSync(lost, {recursive: true});
	const [list, good, version] = await Promise.all([run('video', 'list'), run('good'), run('--version')]);
	expect(list.code).toBe(4);
	expect(JSON.parse(list.stdout).error.code).toBe('missing_api_key');
	expect(new Set(list.stderr.trim().split('\n'))).toEqual(
		new Set([
			'Warning: plugin bad-plugin, command bad: boom at load',
			'Fix it, or remove it: kling plugins uninstall bad-plugin (more with --debug)',
			`Warning: plugin ${lost}: it is no longer there`,
			`Fix it, or remove it: kling plugins uninstall ${lost} (more with --debug)`,
		]),
	);
	expect(good).toMatchObject({code: 0, stdout: 'hello from a plugin\n'});
	expect(version.code).toBe(0);
	const debug = await run('video', 'list', '--debug');
	expect(debug.stderr).toMatch(/^debug: +at file:.*bad-plugin.*bad\.js:2/m);
	await run('plugins', 'uninstall', lost);
	await run('plugins', 'unlink', 'bad-plugin');
	expect(await run('plugins')).toMatchObject({code: 0, stdout: 'No plugins installed.\n', stderr: ''});
});

test('a plugin with several errors is reported once, and one that was removed by hand by its name', async () => {
	const bad = makePlugin('bad-plugin', {a: "import 'no-such-package';", b: 'const (', c: threeLines});
	const lost = makePlugin('lost-plugin', {lost: threeLines});
	await run('plugins', 'link', bad);
	await run('plugins', 'install', `file:${lost}`);
	rmSync(path.join(home, 'data', 'kling-cli', 'node_modules', 'lost-plugin'), {recursive: true});
	writeFileSync(path.join(bad, 'oclif.manifest.json'), '{');
	const {code, stdout, stderr} = await run('c');
	expect({code, stdout}).toEqual({code: 0, stdout: 'hello from a plugin\n'});
	const lines = stderr.trim().split('\n');
	expect(lines).toHaveLength(4);
	expect(lines).toContainEqual(
		expect.stringMatching(/^Warning: plugin bad-plugin, oclif\.manifest\.json: \S/),
	);
	expect(lines).toContain('Warning: plugin lost-plugin: it is no longer there');
	expect(lines).toContain('Fix it, or remove it: kling plugins uninstall lost-plugin (more with --debug)');
	expect((await run('plugins', 'uninstall', 'lost-plugin')).code).toBe(0);
	const quiet = await kling(['c'], {env: {...env, NODE_NO_WARNINGS: '1'}, cwd: home, alone: true});
	expect(quiet).toMatchObject({code: 0, stderr: ''});
	for (const words of [['-q'], ['--quiet'], ['-vq']]) {
		expect(await run('video', 'status', 'x', ...words)).toMatchObject({code: 4, stderr: ''});
	}
	// Words after -- belong to another program.
	expect((await run('sandbox', 'exec', '-q', '--', process.execPath, '-e', '')).stderr).toBe('');
	expect((await run('c', '--', '-q')).stderr).toContain('Warning: plugin bad-plugin');
	writeFileSync(path.join(bad, 'package.json'), '{');
	expect((await run('video', 'status', 'x')).stderr).toContain('\nSee what is wrong: kling doctor\n');
});

describe('kling doctor', () => {
	/** The doctor's row on plugins. Nothing responds to its requests. */
	const pluginsRow = async () => {
		const {stdout} = await kling(['doctor', '-q'], {
			env: {...env, KLING_BASE_URL: 'http://127.0.0.1:9'},
			cwd: home,
			alone: true,
		});
		const {checks} = JSON.parse(stdout) as {checks: {name: string; status: string}[]};
		return checks.find(({name}) => name === 'plugins');
	};

	test('names plugins that do not load completely, why, and the command that removes them', async () => {
		const good = makePlugin('good', {hello: threeLines});
		await run('plugins', 'link', good);
		expect(await pluginsRow()).toEqual({name: 'plugins', status: 'ok', message: 'good 1.0.0'});
		const folders = ['a-syntax', 'b-manifest', 'c-json', 'd-lost'].map((name) =>
			makePlugin(name, {[name]: threeLines}),
		);
		for (const folder of folders) await run('plugins', 'link', folder);
		const [syntax = '', manifest = '', json = '', lost = ''] = folders;
		writeFileSync(path.join(syntax, 'commands', 'a-syntax.js'), 'const (');
		// The content of its manifest is not checked when kling starts.
		const command = {id: 'b-manifest', aliases: [], args: {}, flags: {}, isESM: true};
		const commands = {'b-manifest': {...command, relativePath: ['commands', 'b-manifest.js']}};
		writeFileSync(path.join(manifest, 'oclif.manifest.json'), JSON.stringify({version: '1.0.0', commands}));
		writeFileSync(path.join(manifest, 'commands', 'b-manifest.js'), "throw new Error('boom');");
		writeFileSync(path.join(json, 'package.json'), '{');
		rmSync(lost, {recursive: true});
		const row = await pluginsRow();
		expect(row).toEqual({
			name: 'plugins',
			status: 'warning',
			message: expect.stringMatching(
				/^a-syntax: command a-syntax: Unexpected token .*; b-manifest: command b-manifest: boom; c-json: package\.json: .*; d-lost: it is no longer there; sound: good 1\.0\.0$/,
			),
			fix: 'Fix them, or remove them: kling plugins uninstall a-syntax b-manifest c-json d-lost',
		});
		const removed = await run('plugins', 'uninstall', 'a-syntax', 'b-manifest', 'c-json', 'd-lost');
		expect(removed.code).toBe(0);
		expect(await pluginsRow()).toEqual({name: 'plugins', status: 'ok', message: 'good 1.0.0'});
		const list = path.join(home, 'data', 'kling-cli', 'package.json');
		writeFileSync(list, '{');
		expect(await pluginsRow()).toMatchObject({status: 'warning', message: expect.stringContaining(list)});
	});
});

describe('plugins reset --hard --reinstall', () => {
	const code = `import {KlingCommand} from 'kling-cli';
		export default class extends KlingCommand { async run() { await this.parse(); return {success: true}; } }`;
	const peer = {peerDependencies: {'kling-cli': '*'}};

	test('reinstalls and relinks all, including those that need kling-cli, without the registry', async () => {
		await run('plugins', 'install', `file:${pack(makePlugin('packed', {packed: code}, peer))}`);
		await run('plugins', 'link', makePlugin('linked', {linked: code}, peer));
		const reset = await run('plugins', 'reset', '--hard', '--reinstall');
		expect(reset).toMatchObject({code: 0, stdout: expect.stringContaining('Uninstalled packed')});
		const {stdout} = await run('plugins');
		expect(stdout).toContain('packed 1.0.0');
		expect(stdout).toContain('linked 1.0.0 (link)');
		for (const command of ['packed', 'linked']) {
			expect(await run(command)).toMatchObject({code: 0, stdout: '{\n  "success": true\n}\n'});
		}
		expect((await run('plugins:reset', '--hard')).code).toBe(0);
		expect((await run('plugins')).stdout).toBe('No plugins installed.\n');
	});

	test('names what could not be reinstalled, and continues with the rest', async () => {
		const files = ['first', 'second'].map((name) => pack(makePlugin(name, {[name]: code}, peer)));
		for (const file of files) await run('plugins', 'install', `file:${file}`);
		rmSync(files[0] ?? '');
		const reset = await run('plugins', 'reset', '--hard', '--reinstall');
		expect(reset.code).toBe(2);
		expect(JSON.parse(reset.stdout.slice(reset.stdout.indexOf('{'))).error).toMatchObject({
			code: 'invalid_plugin',
			message: expect.stringMatching(/^These were not installed again: first \(There is no file .*first-1/),
		});
		expect(await run('second')).toMatchObject({code: 0, stderr: ''});
	});
});

describe('errors of kling plugins are like all others', () => {
	/** A package on disk that npm installs, with its package.json. */
	function makePackage(name: string, pjson: object): string {
		const folder = path.join(home, name);
		mkdirSync(folder, {recursive: true});
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify({name, version: '1.0.0', ...pjson}));
		return `file:${folder}`;
	}

	/** A failure must print a document and nothing else on stdout. */
	async function failure(args: string[], more: Env = {}) {
		// No plugin is loaded, and npm writes nothing.
		const options = {env: {...env, ...more}, cwd: home, alone: false};
		const {code, stdout, stderr} = await kling(['plugins', ...args], options);
		return {exit: code, error: JSON.parse(stdout).error, stderr};
	}

	test.each<[string[], number, string, RegExp]>([
		[['install'], 2, 'invalid_argument', /^Missing argument: PLUGIN$/],
		[['uninstall'], 2, 'invalid_argument', /^Missing argument: PLUGIN$/],
		[['inspect'], 2, 'invalid_argument', /^Missing argument: PLUGIN$/],
		[['uninstall', 'nope'], 2, 'unknown_plugin', /^The plugin nope is not installed$/],
		[['inspect', 'nope'], 2, 'unknown_plugin', /^The plugin nope is not installed$/],
		[['inspect', 'nope', '--json'], 2, 'unknown_plugin', /^The plugin nope is not installed$/],
		[['install', 'Bad_Name!'], 2, 'invalid_argument', /PLUGIN/],
		[['install', 'kling-cli'], 2, 'invalid_argument', /^kling-cli is this program/],
		[['link', '/nowhere'], 2, 'invalid_plugin', /\/nowhere.* no package\.json$/],
		[['install', 'file:none.tgz'], 10, 'read_error', /^There is no file .*none\.tgz$/],
		[['install', './none.tgz', '--json'], 10, 'read_error', /none\.tgz$/],
		[['install', '/nowhere/none.tgz'], 10, 'read_error', /^There is no file \/nowhere\/none\.tgz$/],
		[['install', 'none.tgz'], 10, 'read_error', /^There is no file .*none\.tgz$/],
		[['install', 'never-cached'], 5, 'connection_error', /never-cached/],
		[['--query', 'x'], 2, 'invalid_flag', /^Unknown flag --query$/],
		[['install', 'x', '--silent', '--verbose'], 2, 'invalid_flag', /--verbose/],
		[['frob'], 2, 'unknown_command', /kling plugins frob/],
		[['uninstal', 'x'], 2, 'unknown_command', /kling plugins uninstal/],
	])('%j', async (args, exit, code, message) => {
		const {exit: status, error, stderr} = await failure(args);
		expect({status, error}).toMatchObject({
			status: exit,
			error: {code, message: expect.stringMatching(message)},
		});
		expect(error.hint).toBeTruthy();
		expect(stderr).not.toMatch(/npm|exited with|›/);
	});

	/** A failed installation with a temporary folder of its own, and npm's logs that are left there. */
	async function logged(name: string, args: string[]) {
		const temporary = path.join(home, name);
		mkdirSync(temporary);
		const ended = await kling(['plugins', ...args], {env: {...env, TMPDIR: temporary}, cwd: home});
		const [, log] = /A complete log of this run can be found in: (\S+)/.exec(ended.stderr) ?? [];
		// The compiled code of npm itself, which it keeps from Node 22.
		const files = readdirSync(temporary).filter((file) => file !== 'node-compile-cache');
		return {...ended, files, logs: log && path.dirname(log), temporary};
	}

	test('npm’s output is shown on request, on stderr, and its logs are then kept', async () => {
		writeFileSync(path.join(home, 'bad.tgz'), 'junk');
		const bad = ['install', 'file:bad.tgz'];
		// Sequentially, because they share a list of plugins.
		const plain = await logged('plain', bad);
		const verbose = await logged('verbose', [...bad, '--verbose']);
		const debug = await logged('debug', [...bad, '--debug']);
		const quiet = await logged('quiet', [...bad, '--quiet']);
		const {error} = JSON.parse(plain.stdout);
		expect(error).toMatchObject({
			code: 'invalid_plugin',
			message: expect.stringContaining('TAR_BAD_ARCHIVE'),
		});
		for (const {code, stdout} of [plain, verbose, debug, quiet]) {
			expect({code, error: JSON.parse(stdout).error}).toEqual({code: 2, error});
		}
		expect(plain).toMatchObject({
			stderr: expect.stringMatching(/^kling-cli: Installing plugin .*\.\.\. failed\n$/),
			files: [],
		});
		for (const {stderr} of [verbose, debug]) expect(stderr).toMatch(/^npm verbose /m);
		expect(verbose.files).toEqual([expect.stringMatching(/^kling-npm-/)]);
		expect(verbose.logs).toBe(path.join(verbose.temporary, verbose.files[0] ?? ''));
		expect(quiet).toMatchObject({stderr: '', files: []});
	});

	test('npm’s logs are not kept after a success', async () => {
		const good = makePackage('good-plugin', {oclif: {commands: './commands'}});
		for (const flags of [['--verbose'], []]) {
			const installed = await logged(`good${flags}`, ['install', good, ...flags]);
			expect(installed).toMatchObject({code: 0, files: []});
		}
	});

	test('a package that is not a plugin, and one for another kling', async () => {
		const no = await failure(['install', makePackage('no-plugin', {})]);
		expect(no).toMatchObject({
			exit: 2,
			error: {code: 'invalid_plugin', message: expect.stringContaining('not a plugin')},
		});
		const other = makePackage('other-kling', {
			oclif: {commands: './commands'},
			peerDependencies: {'kling-cli': '^99.0.0'},
		});
		// npm links a folder without checking its dependencies.
		const {exit, error} = await failure(['install', `file:${pack(other.slice('file:'.length))}`]);
		expect({exit, error}).toMatchObject({exit: 2, error: {code: 'invalid_plugin'}});
		expect(error.message).toContain('kling-cli@"^99.0.0"');
		expect(error.hint).toMatch(/another version of kling/);
	});

	test('an unreachable registry is a network error', async () => {
		const nobody = {
			KLING_NPM_REGISTRY: 'http://127.0.0.1:9/',
			npm_config_offline: 'false',
			npm_config_fetch_retries: '0',
		};
		const {exit, error} = await failure(['install', 'some-plugin'], nobody);
		expect({exit, error}).toMatchObject({exit: 5, error: {code: 'connection_error', retryable: true}});
		expect(error.message).toContain('ECONNREFUSED');
	});

	test('KLING_CA_FILE holds for the registry as well', async () => {
		const registry = createServer(serverCertificate, (_, response) => response.writeHead(404).end('{}'));
		await once(registry.listen(0, '127.0.0.1'), 'listening');
		const {port} = registry.address() as AddressInfo;
		const here = {
			KLING_NPM_REGISTRY: `https://127.0.0.1:${port}/`,
			npm_config_offline: 'false',
			npm_config_fetch_retries: '0',
			NODE_EXTRA_CA_CERTS: '',
			// A cafile of the machine would replace all other certificates.
			npm_config_globalconfig: path.join(home, 'npmrc'),
		};
		const untrusted = await failure(['install', 'some-plugin'], here);
		const trusted = await failure(['install', 'some-plugin'], {...here, KLING_CA_FILE: rootFile});
		registry.close();
		expect(untrusted).toMatchObject({exit: 5, error: {code: 'connection_error'}});
		expect(untrusted.error.hint).toContain('KLING_CA_FILE');
		expect(trusted).toMatchObject({exit: 2, error: {code: 'unknown_plugin'}});
	});

	test.each(['inspect', 'install', 'uninstall'])('%s of a name that every object has', async (command) => {
		const {exit, error} = await failure([command, 'constructor']);
		expect({exit, error}).toMatchObject({exit: 2, error: {code: 'unknown_plugin'}});
	});

	test('people get two lines', async () => {
		expect(await run('plugins', 'inspect', 'nope', '--human')).toEqual(
			expect.objectContaining({
				code: 2,
				stdout: '',
				stderr:
					'Error: The plugin nope is not installed (unknown_plugin)\nSee the plugins that are installed: kling plugins\n',
			}),
		);
		expect((await run('plugins', 'link', '/nowhere', '--human')).stderr).toMatch(
			/ !\nError: There is no plugin/,
		);
	});

	test('this program’s flags do no harm, and success is printed by oclif', async () => {
		const folder = makePlugin('hello-plugin', {hello: threeLines});
		expect(await run('plugins', '--human', '--debug', '-q')).toMatchObject({
			code: 0,
			stdout: 'No plugins installed.\n',
		});
		expect(await run('plugins', 'link', folder, '--json', '-q')).toMatchObject({
			code: 0,
			stdout: '',
			stderr: '',
		});
		const listed = await run('plugins', '--json');
		expect(JSON.parse(listed.stdout)).toContainEqual(expect.objectContaining({name: 'hello-plugin'}));
		expect((await run('plugins', 'inspect', 'hello-plugin', '--human')).stdout).toMatch(
			/^└─ hello-plugin\n.*version 1\.0\.0/,
		);
		expect((await run('plugins', 'uninstall', 'hello-plugin', '--human')).code).toBe(0);
	});

	test('a package is found by a relative path', async () => {
		makePackage('near', {oclif: {commands: './commands'}});
		expect((await run('plugins', 'install', './near')).code).toBe(0);
		expect((await run('plugins')).stdout).toContain('near 1.0.0');
	});
});

describe('install scripts of packages do not run when a plugin is installed or linked', () => {
	/**
	 * A plugin with a script that leaves a trace, and the lockfile of a package manager that `link` installs
	 * with.
	 */
	function scripted(lockfile?: 'package-lock.json' | 'yarn.lock') {
		const mark = path.join(home, 'mark');
		const scripts = Object.fromEntries(
			['preinstall', 'install', 'postinstall'].map((name) => [
				name,
				`node -e "fs.writeFileSync('${mark}', '')"`,
			]),
		);
		const folder = makePlugin('scripted', {hello: threeLines}, {scripts});
		rmSync(path.join(folder, 'node_modules'), {recursive: true});
		if (lockfile === 'yarn.lock') writeFileSync(path.join(folder, lockfile), '# yarn lockfile v1\n');
		else if (lockfile) {
			const packages = {'': {name: 'scripted', version: '1.0.0', hasInstallScript: true}};
			writeFileSync(path.join(folder, lockfile), JSON.stringify({lockfileVersion: 3, packages}));
		}
		return {folder, marked: () => existsSync(mark)};
	}

	test('install of a folder: it runs, and leaves no trace', async () => {
		const {folder, marked} = scripted();
		expect((await run('plugins', 'install', `file:${folder}`)).code).toBe(0);
		expect(marked()).toBe(false);
		const {stdout} = await run('plugins');
		expect(stdout).toContain('scripted 1.0.0');
		const data = JSON.parse(readFileSync(path.join(home, 'data', 'kling-cli', 'package.json'), 'utf8'));
		expect(data.dependencies).toHaveProperty('scripted');
		expect((await run('plugins', 'uninstall', 'scripted')).code).toBe(0);
		expect((await run('plugins')).stdout).toBe('No plugins installed.\n');
	});

	test.each<['package-lock.json' | 'yarn.lock', Env, boolean]>([
		['package-lock.json', {}, false],
		['yarn.lock', {}, false],
		// An empty variable counts as unset, for npm and this program.
		['package-lock.json', {npm_config_ignore_scripts: ''}, false],
		// Users who want the scripts get them.
		['package-lock.json', {npm_config_ignore_scripts: 'false'}, true],
		['package-lock.json', {NPM_CONFIG_IGNORE_SCRIPTS: 'false'}, true],
		['yarn.lock', {npm_config_ignore_scripts: 'false'}, true],
		['yarn.lock', {YARN_IGNORE_SCRIPTS: 'false'}, true],
	])('link beside a %s with %j: scripts run: %s', async (lockfile, wish, runs) => {
		const {folder, marked} = scripted(lockfile);
		const {code} = await kling(['plugins', 'link', folder], {env: {...env, ...wish}, cwd: home});
		expect({code, marked: marked()}).toEqual({code: 0, marked: runs});
	});

	test('other commands do not change the environment', async () => {
		const print =
			'console.log(JSON.stringify([process.env.npm_config_ignore_scripts, process.env.yarn_ignore_scripts]))';
		const {stdout} = await run('sandbox', 'exec', '--', process.execPath, '-e', print);
		expect(JSON.parse(stdout)).toEqual([null, null]);
	});
});

describe('under umask 000', () => {
	test('plugins link leaves nothing that others can change, and tightens what was open', async () => {
		const folder = makePlugin('hello-plugin', {hello: threeLines});
		const line = `umask 000; exec "${process.execPath}" "${runJs}" plugins link "${folder}" --no-install`;
		execFileSync('sh', ['-c', line], {env: {...cleanEnv, ...env}, cwd: home, stdio: 'ignore'});
		const data = path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'kling-cli');
		const list = path.join(data, 'package.json');
		const openTo = (file: string) => statSync(file).mode & 0o022;
		expect([openTo(data), openTo(list)]).toEqual([0, 0]);
		chmodSync(data, 0o777);
		chmodSync(list, 0o666);
		const {code, stdout, stderr} = await run('hello');
		expect({code, stdout}).toEqual({code: 0, stdout: 'hello from a plugin\n'});
		expect(stderr).toContain(`others could change ${list}`);
		expect([openTo(data), openTo(list)]).toEqual([0, 0]);
		// The linked folder, as it is under umask 000; a group may keep its access.
		chmodSync(folder, 0o777);
		chmodSync(path.join(folder, 'package.json'), 0o666);
		expect((await run('hello')).stderr).toContain(`others could change ${folder}`);
		const modes = [folder, path.join(folder, 'package.json')].map((file) => statSync(file).mode & 0o777);
		expect(modes).toEqual([0o775, 0o664]);
		expect((await run('hello')).stderr).toBe('');
	});
});
