import {execFileSync} from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {npmHome} from '../support/npm-home.js';
import {type Env, envOf, kling, root} from './kling.js';

let home: string;
let env: Env;
let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({port: 0, speed: 1000});
});
afterAll(() => sandbox.close());

beforeEach(() => {
	const fresh = npmHome('kling-plugin-api-');
	home = fresh.home;
	env = {...envOf(sandbox), ...fresh.env};
});

/** The description in `kling commands`. */
interface Described {
	name: string;
	exit_statuses?: number[];
	flags: {name: string; choices?: string[]}[];
}

const run = (...args: string[]) => kling(args, {env, cwd: home});

/** A plugin that contains nothing but its commands. */
function makePlugin(name: string, commands: Record<string, string>, pjson: object = {}): string {
	const folder = path.join(home, name);
	mkdirSync(path.join(folder, 'commands'), {recursive: true});
	const whole = {
		name,
		version: '1.0.0',
		type: 'module',
		oclif: {commands: './commands'},
		peerDependencies: {'kling-cli': '*'},
		...pjson,
	};
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(whole));
	for (const [command, code] of Object.entries(commands)) {
		writeFileSync(path.join(folder, 'commands', `${command}.js`), code);
	}
	return folder;
}

function pack(folder: string): string {
	const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
	execFileSync(npm, ['pack', '--silent', '--pack-destination', home], {
		cwd: folder,
		env: {...process.env, ...env},
	});
	return `file:${path.join(home, `${path.basename(folder)}-1.0.0.tgz`)}`;
}

const refuse = `import {KlingCommand, KlingError} from 'kling-cli';
export default class extends KlingCommand {
	async run() { throw new KlingError('task_not_found', 'No such thing'); } }
`;

describe('a plugin gets the modules of the running program', () => {
	test('installed from a package, without a copy of kling-cli and without the registry', async () => {
		const file = pack(makePlugin('packed', {refuse}));
		expect((await run('plugins', 'install', file)).code).toBe(0);
		const [refused, list] = await Promise.all([run('refuse'), run('plugins')]);
		expect(refused).toMatchObject({code: 9, stderr: ''});
		expect(JSON.parse(refused.stdout).error).toMatchObject({
			code: 'task_not_found',
			message: 'No such thing',
		});
		expect(list.stdout).toBe('packed 1.0.0\n');
		expect((await run('plugins', 'uninstall', 'packed')).code).toBe(0);
		expect((await run('plugins')).stdout).toBe('No plugins installed.\n');
	});

	test('when it has a copy of its own', async () => {
		const folder = makePlugin('copied', {refuse});
		const copy = path.join(folder, 'node_modules', 'kling-cli');
		for (const file of ['package.json', 'dist/package.json', 'dist/index.js', 'dist/kling.js', 'dist/code']) {
			cpSync(path.join(root, file), path.join(copy, file), {recursive: true});
		}
		await run('plugins', 'link', folder);
		expect(await run('refuse')).toMatchObject({code: 9, stderr: ''});
	});

	test('linked from a folder without an install, or whose kling-cli link is dangling', async () => {
		const folder = makePlugin('bare', {refuse});
		const place = path.join(folder, 'node_modules', 'kling-cli');
		for (const before of [undefined, path.join(home, 'nowhere'), path.join(home, 'nothing')]) {
			rmSync(place, {force: true});
			if (before) symlinkSync(before, place, 'junction');
			const {code, stderr} = await run('plugins', 'link', 'bare');
			expect({code, stderr}).toEqual({
				code: 0,
				stderr: expect.stringMatching(/^Created .*kling-cli, where/m),
			});
			expect(await run('refuse')).toMatchObject({code: 9, stderr: ''});
		}
		// An existing link is left alone.
		const target = readlinkSync(place);
		expect((await run('plugins', 'link', 'bare')).stderr).not.toContain('Created');
		expect(readlinkSync(place)).toBe(target);
		const other = makePlugin('other', {}, {peerDependencies: {}});
		expect((await run('plugins', 'link', 'other')).stderr).not.toContain('Created');
		expect(existsSync(path.join(other, 'node_modules'))).toBe(false);
	});

	test('linked without a warning about lockfiles, unless it needs other packages or an install', async () => {
		const others = {dependencies: {'left-pad': '*'}};
		makePlugin('alone', {refuse}, {devDependencies: {oclif: '*'}});
		makePlugin('needy', {refuse}, others);
		const warning = 'No lockfile found';
		const {code, stderr} = await run('plugins', 'link', 'alone');
		expect({code, stderr}).toEqual({code: 0, stderr: expect.not.stringContaining(warning)});
		expect((await run('plugins')).stdout).toContain('alone 1.0.0 (link)');
		expect((await run('plugins', 'link', 'alone', '--install')).stderr).toContain(warning);
		expect((await run('plugins', 'link', 'needy')).stderr).toContain(warning);
	});

	test('and is not installed when it needs another kling', async () => {
		const file = pack(makePlugin('newer', {refuse}, {peerDependencies: {'kling-cli': '^99.0.0'}}));
		const {code, stderr} = await run('plugins', 'install', file);
		expect(code).not.toBe(0);
		expect(stderr).toContain('newer');
		expect((await run('plugins')).stdout).toBe('No plugins installed.\n');
	});
});

test('the plugin in docs/writing-plugins.md works as it is written', async () => {
	const page = readFileSync(path.join(root, 'docs', 'writing-plugins.md'), 'utf8');
	const block = (language: string) => {
		const [, text = ''] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page) ?? [];
		return text.replaceAll(/^ {3}/gm, '');
	};
	const {name, ...pjson} = JSON.parse(block('json'));
	const folder = makePlugin(name, {count: block('js')}, pjson);
	const link = await kling(['plugins', 'link', '.'], {env, cwd: folder});
	expect(link.code).toBe(0);
	const [count, query] = await Promise.all([
		run('count', '--type', 'text2video'),
		run('count', '--type', 'text2video', '--query', 'counts.failed'),
	]);
	expect(JSON.parse(count.stdout)).toMatchObject({success: true, counts: {failed: 1}});
	expect(count.stderr).toMatch(/^\d+ tasks looked at\n$/);
	expect(query.stdout).toBe('1\n');
});

const submit = `import {KlingCommand, submitFlags, accountFlags} from 'kling-cli';
export default class Make extends KlingCommand {
	static flags = {...submitFlags, ...accountFlags};
	async run() {
		const {flags} = await this.parse(Make);
		return this.submit('mine', flags, {model_name: 'kling-v3', prompt: 'a fox'});
	} }
`;
const mine = {path: '/v1/videos/text2video', formats: ['video'], summary: 'a film of mine', seconds: 9};

describe('a task type that a plugin adds', () => {
	const link = async (types: object = {mine}) => {
		const folder = makePlugin('typed', {make: submit}, {kling: {taskTypes: types}});
		const modules = path.join(folder, 'node_modules');
		if (!existsSync(modules)) {
			mkdirSync(modules);
			symlinkSync(root, path.join(modules, 'kling-cli'), 'junction');
		}
		await run('plugins', 'link', folder);
	};

	test('is accepted by status, wait, download and list', async () => {
		await link();
		const id = '900000000000000201';
		const [status, wait, download, list] = await Promise.all([
			run('video', 'status', id, '--type', 'mine', '-v'),
			run('video', 'wait', id, '-t', 'mine'),
			run('video', 'download', id, '--type=mine', '-o', 'film.mp4'),
			run('video', 'list', '--type', 'mine', '--limit', '2', '-v'),
		]);
		expect(JSON.parse(status.stdout)).toMatchObject({task_id: id, status: 'succeed', type: 'mine'});
		expect(JSON.parse(wait.stdout)).toMatchObject({task_id: id, status: 'succeed'});
		expect(JSON.parse(download.stdout)).toMatchObject({file: path.join(home, 'film.mp4')});
		expect(JSON.parse(list.stdout).tasks).toEqual([
			expect.objectContaining({type: 'mine'}),
			expect.objectContaining({type: 'mine'}),
		]);
		const unknown = await run('video', 'status', id, '--type', 'yours');
		expect(unknown.code).toBe(2);
		expect(JSON.parse(unknown.stdout).error).toMatchObject({
			code: 'invalid_type',
			message: expect.stringContaining('mine'),
		});
	});

	test('is listed in the help of those commands, and no others', async () => {
		await link({mine, bad: 5});
		const commands = ['status', 'wait', 'download', 'list'];
		const pages = await Promise.all([
			...commands.map((command) => run('video', command, '--help')),
			run('help', 'video', 'status'),
		]);
		for (const {code, stdout, stderr} of pages) {
			expect({code, stderr}).toEqual({code: 0, stderr: ''});
			expect(stdout.replaceAll(/\s+/g, '')).toMatch(/<options:create\|[\w|-]*\|mine>/);
		}
		expect((await run('video', 'create', '--help')).stdout).not.toContain('mine');
	});

	test('is described to programs, and so are the commands of its plugin, which may cost money', async () => {
		await link();
		const {commands} = JSON.parse((await run('commands')).stdout) as {commands: Described[]};
		const named = (name: string) => commands.find((command) => command.name === name);
		const type = named('video status')?.flags.find(({name}) => name === 'type');
		expect(type?.choices).toContain('mine');
		expect(named('make')).toMatchObject({plugin: 'typed', costs_money: true});
		expect(named('make')?.exit_statuses).toContain(11);
		expect(named('make')?.flags.map(({name}) => name)).toContain('external-id');
	});

	test('is completed, and so are the commands of a plugin without a manifest, once a command has run', async () => {
		await link();
		const ask = async (...words: string[]) =>
			(await run('__complete', 'fish', '--', ...words)).stdout.split('\n').map((line) => line.split('\t')[0]);
		expect(await ask('video', 'status', '--type', 'm')).toContain('mine');
		await run('plugins');
		expect(await ask('')).toContain('make');
		expect(await ask('make', '--')).toContain('--external-id');
		await run('plugins', 'uninstall', 'typed');
		expect(await ask('')).not.toContain('make');
		expect(await ask('video', 'status', '--type', '')).not.toContain('mine');
	});

	test('is submitted once, recorded in the journal, and found again without --type', async () => {
		await link();
		const made = await run('make', '--external-id', 'fox-1', '--download', 'fox.mp4');
		expect(made.code).toBe(0);
		const {task_id: id} = JSON.parse(made.stdout);
		expect(made.stderr).toContain(id);
		const again = await run('make', '--external-id', 'fox-1');
		expect(JSON.parse(again.stdout).task_id).toBe(id);
		const [last, history, settle] = await Promise.all([
			run('video', 'status', '@last', '-v'),
			run('video', 'history'),
			run('video', 'reconcile', 'fox-1'),
		]);
		expect(JSON.parse(last.stdout)).toMatchObject({task_id: id, type: 'mine'});
		expect(JSON.parse(history.stdout).tasks).toMatchObject([{task_id: id, type: 'mine', prompt: 'a fox'}]);
		expect(JSON.parse(settle.stdout).submissions).toMatchObject([{task_id: id, exists: true, type: 'mine'}]);
	});

	test('whose plugin is gone keeps its tasks in the journal, and is never mistaken for another', async () => {
		await link();
		const own = await run('video', 'text2video', 'an older one', '--external-id', 'older');
		expect(own.code).toBe(0);
		const {task_id: id} = JSON.parse((await run('make', '--external-id', 'fox-2')).stdout);
		expect((await run('plugins', 'uninstall', 'typed')).code).toBe(0);
		const history = await run('video', 'history');
		expect(JSON.parse(history.stdout).tasks.slice(0, 2)).toMatchObject([
			{task_id: id, type: 'mine', prompt: 'a fox'},
			{type: 'text2video'},
		]);
		const lines = [
			['status', '@last'],
			['status', id],
			['status', 'fox-2'],
			['wait', id],
			['download', '@last', '-o', 'film.mp4'],
			['extend', '@last'],
			['extend', id],
		];
		for (const words of lines) {
			const {code, stdout} = await run('video', ...words);
			expect({words, code, error: JSON.parse(stdout).error}).toMatchObject({
				...{words, code: 2},
				error: {
					code: 'invalid_type',
					task_id: id,
					message: `Task ${id} is of type mine, whose plugin is not installed`,
					hint: expect.stringContaining('kling plugins install'),
				},
			});
		}
		const settle = await run('video', 'reconcile', 'fox-2');
		expect(settle.code).toBe(2);
		expect(JSON.parse(settle.stdout).submissions).toMatchObject([
			{type: 'mine', error: {code: 'invalid_type'}},
		]);
		const older = await run('video', 'status', '@last', '--type', 'text2video');
		expect(older.code).toBe(0);
		// Everything works again when it is back.
		await link();
		expect(JSON.parse((await run('video', 'status', '@last')).stdout)).toMatchObject({task_id: id});
	});

	test('with an invalid description is left out with a note, and breaks nothing else', async () => {
		await link({mine, bad: {...mine, path: 'https://elsewhere.test/x'}, create: mine, worse: 5});
		const {code, stderr} = await run('video', 'status', '900000000000000201', '--type', 'mine');
		expect(code).toBe(0);
		expect(stderr).toContain('plugin typed: task type bad: path must be a path');
		expect(stderr).toContain('task type create: that name is taken');
		expect(stderr).toContain('task type worse: it is not an object');
	});
});

describe('several pictures of one task', () => {
	const painting = {path: '/v1/images/generations', formats: ['image'], summary: 'pictures'};
	const code = submit.replace("submit('mine', flags, {", "submit('painting', flags, {n: 3, ");
	beforeEach(async () => {
		const folder = makePlugin('pictures', {paint: code}, {kling: {taskTypes: {painting}}});
		mkdirSync(path.join(folder, 'node_modules'));
		symlinkSync(root, path.join(folder, 'node_modules', 'kling-cli'), 'junction');
		await run('plugins', 'link', folder);
	});
	const paint = async (...args: string[]) => {
		const {code, stdout, stderr} = await run('paint', ...args);
		expect({code, stderr: code === 0 ? '' : stderr}).toEqual({code: 0, stderr: ''});
		return JSON.parse(stdout);
	};
	const get = async (...args: string[]) => {
		const {code, stdout} = await run('video', 'download', ...args);
		return {code, ...JSON.parse(stdout)};
	};
	const at = (...names: string[]) => names.map((name) => ({file: path.join(home, name)}));
	const made = () =>
		readdirSync(home)
			.filter((name) => /png|jpe?g|part/.test(name))
			.sort();
	/** The sandbox makes a PNG, a JPEG and a PNG. */
	const kindOf = (name: string) => readFileSync(path.join(home, name)).toString('latin1', 1, 4);

	test('are all saved by --download, the first under its name, and only once', async () => {
		const document = await paint('--download', 'fox.png', '--external-id', 'fox');
		const files = at('fox.png', 'fox-2.png', 'fox-3.png');
		expect(document).toMatchObject({success: true, file: files[0]?.file, files});
		expect(made()).toEqual(['fox-2.png', 'fox-3.png', 'fox.png']);
		expect(['fox.png', 'fox-2.png', 'fox-3.png'].map(kindOf)).toEqual(['PNG', '\u00d8\u00ff\u00e0', 'PNG']);
		// An existing file is not downloaded again; a lost one is.
		rmSync(path.join(home, 'fox-3.png'));
		writeFileSync(path.join(home, 'fox-2.png'), 'mine by now');
		expect(await paint('--download', 'fox.png', '--external-id', 'fox')).toEqual(document);
		expect(made()).toEqual(['fox-2.png', 'fox-3.png', 'fox.png']);
		expect(readFileSync(path.join(home, 'fox-2.png'), 'utf8')).toBe('mine by now');
	});

	test('are refused together if one of them would replace a file', async () => {
		writeFileSync(path.join(home, 'fox-2.png'), 'mine');
		const {code, stdout} = await run('paint', '--download', 'fox.png');
		const {error} = JSON.parse(stdout);
		expect(code).toBe(10);
		expect(error).toMatchObject({code: 'file_exists', path: path.join(home, 'fox-2.png')});
		// Before anything is paid for.
		expect(error.task_id).toBeUndefined();
		expect(error.hint).toContain('Choose another path for --download');
		expect(made()).toEqual(['fox-2.png']);
	});

	test('are all saved by video download: in a folder, by a template, without touching existing files', async () => {
		const {task_id: id} = await paint('--wait');
		mkdirSync(path.join(home, 'in'));
		expect(await get(id, '-o', 'in')).toEqual({
			...{code: 0, success: true, task_id: id, file: path.join(home, 'in', `${id}.png`)},
			files: at(`in/${id}.png`, `in/${id}-2.jpg`, `in/${id}-3.png`),
		});
		// For a single task, {index} numbers the pictures.
		expect(await get(id, '-o', 'a{index}.{ext}')).toMatchObject({files: at('a1.png', 'a2.jpg', 'a3.png')});
		rmSync(path.join(home, 'a2.jpg'));
		const some = await get(id, '-o', 'a{index}.{ext}', '--skip-existing', '-v');
		expect(some.files).toMatchObject([{skipped: true}, {sha256: expect.any(String)}, {skipped: true}]);
		expect(await get(id, '-o', 'a{index}.{ext}')).toMatchObject({code: 10, error: {code: 'file_exists'}});
		expect(await get(id, '-o', 'a1.png', '--skip-existing')).toMatchObject({
			files: at('a1.png', 'a1-2.png', 'a1-3.png'),
		});
		const all = await get(id, '-o', 'a1.png', '--skip-existing', '-v');
		expect(all).toMatchObject({skipped: true, files: [{skipped: true}, {skipped: true}, {skipped: true}]});
	});

	test('of several tasks get different names', async () => {
		const ids = [(await paint('--wait')).task_id, (await paint('--wait')).task_id];
		const {code, stdout} = await run('video', 'download', ...ids, '-o', 'b{index}.{ext}');
		expect({code, lines: stdout.trim().split('\n').length}).toEqual({code: 0, lines: 2});
		const names = ['1.png', '1-2.jpg', '1-3.png', '2.png', '2-2.jpg', '2-3.png'];
		expect(made()).toEqual(names.map((name) => `b${name}`).sort());
	});

	test('do not go to standard output, where they could not be told apart', async () => {
		const {task_id: id} = await paint('--wait');
		const {code, stdout, stderr} = await run('video', 'download', id, '-o', '-');
		expect({code, stdout}).toEqual({code: 2, stdout: ''});
		const {error} = JSON.parse(stderr);
		expect(error).toMatchObject({
			code: 'conflicting_input',
			task_id: id,
			message: expect.stringContaining('3'),
		});
		expect(error.hint).toContain('-o FOLDER');
	});

	test('of which one cannot be downloaded leave the others, and a command that resumes', async () => {
		const id = (await paint('--wait', '--external-id', 'half')).task_id;
		mkdirSync(path.join(home, 'c-2.png.part.json'));
		const {code, error} = await get(id, '-o', 'c.png');
		expect(code).toBe(10);
		expect(error.path).toBe(path.join(home, 'c-2.png.part.json'));
		expect(made()).toContain('c.png');
		rmSync(path.join(home, 'c-2.png.part.json'), {recursive: true});
		expect(await get(id, '-o', 'c.png', '--skip-existing')).toMatchObject({code: 0});
		expect(made()).toEqual(['c-2.png', 'c-3.png', 'c.png']);
	});
});
