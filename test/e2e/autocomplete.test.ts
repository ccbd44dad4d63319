import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {helpTopicNames} from '../../src/cli/help/topics.js';
import {readCatalogue} from '../../src/completion/command-index.js';
import {offer} from '../../src/completion/complete-words.js';
import {answer, questions} from '../../src/completion/shells.js';
import {taskTypeNames} from '../../src/lib/task-types/index.js';
import {createTypeNames} from '../../src/lib/task-types/registry.js';
import {faultNames} from '../../src/sandbox/faults.js';
import {commands} from '../support/commands.js';
import {fakeKeychainEnv} from '../support/keychain.js';
import {npmHome} from '../support/npm-home.js';
import {cleanEnv, type Env, kling, root, runJs} from './kling.js';

/** What shells receive. test/system/completion.test.ts presses TAB in real ones. */
const shells = ['bash', 'zsh', 'fish', 'powershell'];

/** A run with its own folders. */
function runIn(home: string, more: Env = {}) {
	const env = {HOME: home, XDG_CACHE_HOME: path.join(home, 'cache'), ...more};
	return (...args: string[]) => kling(args, {env});
}
const freshHome = () => mkdtempSync(path.join(tmpdir(), 'kling-autocomplete-'));
const functionFiles = {
	bash: 'bash/kling.bash',
	zsh: 'zsh/_kling',
	fish: 'fish/kling.fish',
	powershell: 'powershell/kling.ps1',
};

describe('kling autocomplete', () => {
	test.skipIf(process.platform === 'win32')(
		'under umask 000 leaves nothing that others can change, because shells run it',
		() => {
			const home = freshHome();
			const env = {
				...cleanEnv,
				HOME: home,
				XDG_CACHE_HOME: path.join(home, 'cache'),
				NODE_DISABLE_COMPILE_CACHE: '1',
			};
			const line = `umask 000; exec "${process.execPath}" "${runJs}" autocomplete bash`;
			const write = () => execFileSync('sh', ['-c', line], {env, stdio: 'ignore'});
			const open = () =>
				readdirSync(home, {recursive: true, encoding: 'utf8'}).filter(
					(name) => statSync(path.join(home, name)).mode & 0o022,
				);
			write();
			expect(open()).toEqual([]);
			const functions = path.join(home, 'cache', 'kling-cli', 'autocomplete', 'functions');
			chmodSync(functions, 0o777);
			chmodSync(path.join(functions, 'bash', 'kling.bash'), 0o666);
			write();
			expect(open()).toEqual([]);
		},
	);

	test.each(shells)('%s: shows the lines to run', async (shell) => {
		const {code, stdout} = await kling(['autocomplete', shell]);
		expect(code).toBe(0);
		expect(stdout).toContain(`kling autocomplete script ${shell}`);
	});

	test('without a shell it uses the default one, or lists them all', async () => {
		const said = async (SHELL: string) => (await kling(['autocomplete'], {env: {SHELL}})).stdout;
		expect(await said('/usr/bin/zsh')).toContain('script zsh');
		expect(await said('/usr/bin/fish')).toContain('script fish');
		expect(await said('/usr/bin/pwsh')).toContain('script powershell');
		const unknown = await said('/bin/tcsh');
		expect(unknown).toContain('not in tcsh');
		for (const shell of shells) expect(unknown).toContain(`kling autocomplete ${shell}\n`);
	});

	test.each([['autocomplete'], ['autocomplete', 'script']])(
		'%s %s: an unknown shell is refused on stderr, because a shell runs what is on stdout',
		async (...words) => {
			const {code, stdout, stderr} = await kling([...words, 'tcsh']);
			expect({code, stdout}).toEqual({code: 2, stdout: ''});
			expect(JSON.parse(stderr).error.message).toContain('tcsh');
		},
	);

	test.each([[[]], [['bash']], [['--refresh-cache']], [['create']]])(
		'%j writes functions that call this program, for every shell',
		async (words) => {
			const home = freshHome();
			expect((await runIn(home)('autocomplete', ...words)).code).toBe(0);
			for (const file of Object.values(functionFiles)) {
				const text = readFileSync(
					path.join(home, 'cache', 'kling-cli', 'autocomplete', 'functions', file),
					'utf8',
				);
				expect(text).toContain('__complete');
				expect(text).not.toContain('settle');
			}
		},
	);

	test('a plugin that is installed or removed refreshes them', async () => {
		const {home, env} = npmHome('kling-autocomplete-');
		const folder = path.join(home, 'paint');
		mkdirSync(path.join(folder, 'commands'), {recursive: true});
		const pjson = {name: 'paint', version: '1.0.0', oclif: {commands: './commands'}};
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify(pjson));
		// The plugin cannot make its own lists from this.
		const odd = {commands: {paint: {id: 'paint', summary: '<% nonsense %>', flags: {size: {}}}}};
		writeFileSync(path.join(folder, 'oclif.manifest.json'), JSON.stringify({version: '1.0.0', ...odd}));
		const run = (...args: string[]) => kling(args, {env, cwd: home});
		const functions = path.join(env.XDG_CACHE_HOME, 'kling-cli', 'autocomplete', 'functions');
		for (const words of [
			['install', `file:${folder}`],
			['uninstall', 'paint'],
		]) {
			rmSync(functions, {recursive: true, force: true});
			expect(await run('plugins', ...words)).toMatchObject({code: 0});
			expect(readFileSync(path.join(functions, 'bash', 'kling.bash'), 'utf8')).toContain('__complete');
		}
	});

	test('when the cache folder cannot be made, it says so, and plugins are still installed', async () => {
		const {home, env} = npmHome('kling-autocomplete-');
		const taken = path.join(home, 'taken');
		writeFileSync(taken, '');
		const blocked = {...env, KLING_CACHE_DIR: path.join(taken, 'cache')};
		const {code, stdout, stderr} = await kling(['autocomplete', 'bash'], {env: blocked});
		expect({code, stdout}).toEqual({code: 10, stdout: ''});
		expect(stderr).toContain('write_error');
		expect(stderr).toContain('KLING_CACHE_DIR');
		const folder = path.join(home, 'paint');
		mkdirSync(folder);
		const pjson = {name: 'paint', version: '1.0.0', oclif: {commands: './commands'}};
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify(pjson));
		expect(await kling(['plugins', 'install', `file:${folder}`], {env: blocked})).toMatchObject({code: 0});
	});

	test('paths with blanks and quotes are quoted', async () => {
		const home = path.join(freshHome(), "Jo's home");
		const run = runIn(home);
		await run('autocomplete', '--refresh-cache');
		const {stdout} = await run('autocomplete', 'script', 'bash');
		const {execFileSync} = await import('node:child_process');
		const said = execFileSync('bash', ['--norc', '-c', `${stdout}\ncomplete -p kling`], {encoding: 'utf8'});
		expect(said).toContain('_kling');
	});

	test('doctor notices when the cache has been cleared', async () => {
		const home = freshHome();
		const run = runIn(home, {XDG_CONFIG_HOME: path.join(home, '.config')});
		const completion = async () =>
			JSON.parse((await run('doctor')).stdout).checks.find(({name}: {name: string}) => name === 'completion');
		expect(await completion()).toMatchObject({status: 'ok', message: expect.stringContaining('Not set up')});
		await run('autocomplete');
		const fish = path.join(home, '.config', 'fish', 'completions', 'kling.fish');
		mkdirSync(path.dirname(fish), {recursive: true});
		for (const [shell, file] of Object.entries({fish, bash: path.join(home, '.bashrc')})) {
			writeFileSync(file, (await run('autocomplete', 'script', shell)).stdout);
		}
		expect(await completion()).toMatchObject({status: 'ok', message: 'Set up for bash, fish'});
		rmSync(path.join(home, 'cache'), {recursive: true});
		expect(await completion()).toMatchObject({
			status: 'warning',
			message: expect.stringContaining('.bashrc'),
			fix: 'kling autocomplete --refresh-cache',
		});
		await run('autocomplete', '--refresh-cache');
		expect(await completion()).toMatchObject({status: 'ok'});
	});

	test('called by its second name, it leaves another `kling` alone', async () => {
		const home = freshHome();
		const second = path.join(home, 'kling-cli');
		symlinkSync(runJs, second);
		chmodSync(runJs, 0o755);
		const {spawnSync} = await import('node:child_process');
		const run = (...args: string[]) =>
			spawnSync(process.execPath, [second, 'autocomplete', ...args], {
				encoding: 'utf8',
				env: {...cleanEnv, XDG_CACHE_HOME: path.join(home, 'cache')},
			}).stdout;
		expect(run('bash')).toContain('kling-cli autocomplete script bash');
		for (const [shell, file] of Object.entries(functionFiles)) {
			expect(run('script', shell)).toContain('# kling-cli autocomplete setup');
			const own = path.join(
				home,
				'cache',
				'kling-cli',
				'autocomplete',
				'functions',
				file.replace('kling', 'kling-cli'),
			);
			const text = readFileSync(own, 'utf8');
			expect(text.replaceAll('kling-cli', '')).not.toMatch(
				/-F _kling +kling|-c kling\b|CommandName kling\b|#compdef +kling/,
			);
			expect(text).toContain('kling-cli');
		}
	});
});

const ask = async (words: string[], env: Env = {}, shell = 'fish') => {
	const {code, stdout, stderr} = await kling(['__complete', shell, '--', ...words], {env});
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	return stdout.split('\n').slice(0, -1);
};
const valuesOf = (lines: string[]) => lines.slice(1).map((line) => line.split('\t')[0]);

const catalogue = readCatalogue(root, freshHome());
/** What a shell would receive, without a start of the program. */
const offered = async (words: string[]) => {
	const question = questions.fish(['--', ...words], cleanEnv);
	const none = {
		tasks: async () => [],
		profiles: async () => ({names: []}),
		types: () => createTypeNames([], []),
	};
	return answer(await offer(question.words, catalogue, none), question)
		.split('\n')
		.slice(0, -1);
};

test.each(Object.entries(commands))('%s: every flag is offered, and --help', async (command, own) => {
	const long = own.flatMap((flag) => {
		const name = flag.replace(/^-\w, /, '').replace(/=$/, '');
		return name.includes('[no-]') ? [name.replace('[no-]', ''), name.replace('[no-]', 'no-')] : [name];
	});
	const lines = await offered([...command.split(' '), '-']);
	expect(valuesOf(lines).sort()).toEqual([...long, '--help'].sort());
	if (/^(video create|batch run|plugins install)$/.test(command))
		expect(await ask([...command.split(' '), '-'])).toEqual(lines);
});

describe('ids of tasks', () => {
	const data = mkdtempSync(path.join(tmpdir(), 'kling-data-'));
	const file = path.join(data, 'kling-cli', 'tasks.ndjson');
	const env = {XDG_DATA_HOME: data, KLING_API_KEY: 'key-of-a-test'};
	const task = (id: string, entry: object, base = 'https://api-singapore.klingai.com/') =>
		JSON.stringify({
			base,
			key: createHash('sha256').update('key-of-a-test').digest('hex').slice(0, 16),
			id: `x${id}`,
			entry: {
				type: 'create',
				submittedAt: Number(id),
				request: {prompt: `p${id}`},
				outcome: 'made',
				taskId: id,
				...entry,
			},
		});
	mkdirSync(path.dirname(file));
	const lines = [
		task('101', {status: 'succeed', videoId: '901'}),
		task('102', {status: 'failed'}),
		task('103', {type: 'extend', status: 'processing', request: null}),
		task('104', {outcome: 'unknown', taskId: undefined}),
		task('105', {status: 'succeed'}, 'https://api-beijing.klingai.com/'),
		task('106', {status: 'processing', taskId: '-f'}),
		task('107', {status: 'processing', taskId: '1; ls'}),
	];
	writeFileSync(file, lines.join('\n'));
	// Like PowerShell, which passes its words in the environment.
	const powershell = async (...words: string[]) =>
		(await ask([], {...env, KLING_COMPLETE_WORDS: words.join('\n')}, 'powershell')).slice(1);

	test.each([
		[
			['video', 'status', ''],
			['@last', '103', '102', '101'],
		],
		[
			['video', 'wait', '103', ''],
			['@last', '102', '101'],
		],
		[
			['video', 'download', '--type', 'extend', ''],
			['@last', '103'],
		],
		[
			['video', 'status', '--region', 'cn', ''],
			['@last', '105'],
		],
		[
			['video', 'extend', ''],
			['@last', '103', '901'],
		],
		[
			['video', 'reconcile', ''],
			['x107', 'x106', 'x104', 'x103'],
		],
	])('%j: %j', async (words, expected) => {
		expect(valuesOf(await ask(words, env))).toEqual(expected);
	});

	describe('of a profile', () => {
		const base = 'https://api-singapore.klingai.com/';
		const fingerprint = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 16);
		const home = mkdtempSync(path.join(tmpdir(), 'kling-profiles-'));
		const data = path.join(home, 'data', 'kling-cli');
		const config = path.join(home, 'config', 'kling-cli');
		for (const folder of [data, config]) mkdirSync(folder, {recursive: true});
		const line = (key: string, id: string) =>
			task(id, {}, base).replace(fingerprint('key-of-a-test'), fingerprint(key));
		writeFileSync(
			path.join(data, 'tasks.ndjson'),
			[line('one', '111'), line('two', '222'), line('three', '333')].join('\n'),
		);
		const profiles = {
			first: {storage: 'file'},
			second: {storage: 'file', fingerprint: fingerprint('of other keys')},
			// Its keychain would hang.
			third: {storage: 'keychain', fingerprint: fingerprint('three')},
		};
		writeFileSync(path.join(config, 'config.json'), JSON.stringify({current: 'first', profiles}));
		const keys = {profiles: {first: {api_key: 'one'}, second: {api_key: 'two'}}};
		writeFileSync(path.join(config, 'credentials.json'), JSON.stringify(keys), {mode: 0o600});
		const places = {
			XDG_DATA_HOME: path.dirname(data),
			XDG_CONFIG_HOME: path.dirname(config),
			...fakeKeychainEnv(home, 'hangs'),
		};

		test('its name is offered, and the current one is marked', async () => {
			for (const words of [
				['auth', 'switch', ''],
				['auth', 'logout', '--profile', ''],
				['video', 'list', '--profile', ''],
				['doctor', '--profile', ''],
			]) {
				expect((await ask(words, places)).slice(1)).toEqual(['first\tthe current one', 'second', 'third']);
			}
			expect(valuesOf(await ask(['doctor', '--profile=s'], places))).toContain('--profile=second');
			const broken = mkdtempSync(path.join(tmpdir(), 'kling-profiles-'));
			mkdirSync(path.join(broken, 'kling-cli'));
			writeFileSync(path.join(broken, 'kling-cli', 'config.json'), '{');
			expect(await ask(['video', 'list', '--profile', ''], {XDG_CONFIG_HOME: broken})).toEqual(['words']);
		});

		test.each<[string[], Env, string[]]>([
			[[], {}, ['@last', '111']],
			[['--profile', 'second'], {}, ['@last', '222']],
			[['--profile=third'], {}, ['@last', '333']],
			[[], {KLING_PROFILE: 'third'}, ['@last', '333']],
			// A flag beats keys in the environment.
			[['--profile', 'second'], {KLING_API_KEY: 'one'}, ['@last', '222']],
			[['--profile', 'third', '--region', 'cn'], {}, []],
			[['--profile', 'nobody'], {}, []],
			[['--profile', '../..'], {}, []],
		])('%j with %j: %j', async (flags, more, expected) => {
			const offered = valuesOf(await ask(['video', 'status', ...flags, ''], {...places, ...more}));
			expect(offered.filter((value) => !value?.startsWith('--'))).toEqual(expected);
		});
	});

	test('have descriptions', async () => {
		const answer = await ask(['video', 'status', ''], env);
		expect(answer).toContain('103\tprocessing, extend');
		expect(answer).toContain('101\tsucceed, p101');
	});

	test('PowerShell gets `last`, and only words with the typed beginning', async () => {
		expect(await powershell('video', 'status', '')).toContain('last\tthe newest task');
		expect(await powershell('video', 'status', '102')).toEqual(['102\tfailed, p102']);
	});

	test('without an account there are none, and flags are offered instead', async () => {
		expect(valuesOf(await ask(['video', 'status', ''], {XDG_DATA_HOME: data}))).toContain('--type');
	});

	test('of a long journal the newest are found at once', async () => {
		const long = mkdtempSync(path.join(tmpdir(), 'kling-data-'));
		mkdirSync(path.join(long, 'kling-cli'));
		const padding = 'x'.repeat(2000);
		const many = Array.from({length: 500}, (_, index) =>
			task(String(2000 + index), {status: 'succeed', request: {prompt: padding}}),
		);
		writeFileSync(path.join(long, 'kling-cli', 'tasks.ndjson'), many.join('\n'));
		const answer = valuesOf(await ask(['video', 'status', ''], {...env, XDG_DATA_HOME: long}));
		expect(answer.slice(0, 3)).toEqual(['@last', '2499', '2498']);
		expect(answer).toHaveLength(51);
	});

	test('a journal that is not a file is ignored', async () => {
		const odd = mkdtempSync(path.join(tmpdir(), 'kling-data-'));
		mkdirSync(path.join(odd, 'kling-cli', 'tasks.ndjson'), {recursive: true});
		expect(valuesOf(await ask(['video', 'status', ''], {...env, XDG_DATA_HOME: odd}))).toContain('--type');
	});
});

test('help topics are offered, as well as command topics', async () => {
	const all = await ask(['help', '']);
	const names = helpTopicNames.filter((name) => name !== 'plugins' && name !== 'sandbox');
	expect(all).toEqual(expect.arrayContaining(names.map((name) => expect.stringMatching(`^${name}\t\\S`))));
	for (const name of ['plugins', 'sandbox', 'video']) expect(valuesOf(all)).toContain(name);
	expect(valuesOf(all)).toEqual([...new Set(valuesOf(all))]);
	expect(valuesOf(await ask(['help', 'exit-codes', '']))).toEqual([]);
	expect(valuesOf(await ask(['help', 'plugins', '']))).toContain('install');
	expect(valuesOf(await ask(['schema', 'webhook', '']))).toContain('listen');
	expect(valuesOf(await ask(['commands', '']))).toContain('video');
	expect(valuesOf(await ask(['webhook', 'trigger', '']))).toContain('task.succeed');
});

test.each([['start'], ['exec']])('sandbox %s --fault: the names and their effects', async (command) => {
	const faults = await ask(['sandbox', command, '--fault', '']);
	expect(valuesOf(faults)).toEqual(faultNames);
	expect(faults).toContain('reset\tthe connection is reset, and no task is made');
});

test('lists with commas continue, each status once', async () => {
	const status = async (text: string) => valuesOf(await ask(['video', 'list', '--status', text]));
	expect(await status('')).toEqual(['submitted', 'processing', 'succeed', 'failed']);
	expect(await status('succeed,f')).toEqual(['submitted', 'processing', 'failed'].map((w) => `succeed,${w}`));
	expect(await status('succeed,failed,')).toEqual(['succeed,failed,submitted', 'succeed,failed,processing']);
	expect(valuesOf(await ask(['video', 'list', '--status=succeed,f']))).toContain('--status=succeed,failed');
	const bash = await kling(['__complete', 'bash', 'kling video list --status succeed,f', ' \t"\'@><=;|&(:']);
	expect(bash.stdout).toBe('words\nsucceed,failed\n');
	// PowerShell passes a bare `a,b` as two words.
	const words = ['video', 'list', '--status', 'succeed,f'].join('\n');
	expect(await ask([], {KLING_COMPLETE_WORDS: words}, 'powershell')).toEqual(['words']);
});

test('zsh gets a description without control characters', async () => {
	const data = mkdtempSync(path.join(tmpdir(), 'kling-data-'));
	mkdirSync(path.join(data, 'kling-cli'));
	const line = {
		base: 'https://api-singapore.klingai.com/',
		key: createHash('sha256').update('key-of-a-test').digest('hex').slice(0, 16),
		id: 'x1',
		entry: {
			...{type: 'create', submittedAt: 1, outcome: 'made', taskId: '101', status: 'succeed'},
			request: {prompt: '\u001b[31mred a\\b:c'},
		},
	};
	writeFileSync(path.join(data, 'kling-cli', 'tasks.ndjson'), JSON.stringify(line));
	const env = {XDG_DATA_HOME: data, KLING_API_KEY: 'key-of-a-test'};
	expect(await ask(['video', 'status', ''], env, 'zsh')).toContain('101\tsucceed, \\u001b[31mred a\\b:c');
});

describe('plugins', () => {
	test('their task types are offered, and ids of their tasks', async () => {
		const data = mkdtempSync(path.join(tmpdir(), 'kling-data-'));
		const folder = path.join(data, 'pictures');
		mkdirSync(folder);
		mkdirSync(path.join(data, 'kling-cli'));
		const drawing = {path: '/v1/drawings', formats: ['image'], summary: 'drawings'};
		const taskTypes = {drawing, wrong: {path: 5}, create: drawing};
		const pjson = {name: 'pictures', kling: {taskTypes}};
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify(pjson));
		const size = {name: 'type', type: 'option', options: ['s', 'm']};
		const manifest = {
			commands: {paint: {id: 'paint', flags: {type: size}, args: {task_id: {name: 'task_id'}}}},
		};
		writeFileSync(path.join(folder, 'oclif.manifest.json'), JSON.stringify(manifest));
		const plugins = [{name: 'pictures', type: 'link', root: folder}];
		writeFileSync(path.join(data, 'kling-cli', 'package.json'), JSON.stringify({oclif: {plugins}}));
		const lines = ['create', 'drawing'].map((type, index) =>
			JSON.stringify({
				base: 'https://api-singapore.klingai.com/',
				key: createHash('sha256').update('key-of-a-test').digest('hex').slice(0, 16),
				id: `x${index}`,
				entry: {type, submittedAt: index, request: null, outcome: 'made', taskId: `10${index}`},
			}),
		);
		writeFileSync(path.join(data, 'kling-cli', 'tasks.ndjson'), lines.join('\n'));
		const env = {XDG_DATA_HOME: data, KLING_API_KEY: 'key-of-a-test'};
		for (const command of ['status', 'wait', 'download']) {
			expect(valuesOf(await ask(['video', command, '--type', ''], env))).toEqual([
				...taskTypeNames,
				'drawing',
			]);
		}
		expect(valuesOf(await ask(['video', 'list', '--type', ''], env))).toEqual([
			...taskTypeNames,
			'all',
			'drawing',
		]);
		expect(valuesOf(await ask(['video', 'status', '-t=d'], env))).toContain('-t=drawing');
		expect(valuesOf(await ask(['paint', '--type', ''], env))).toEqual(['s', 'm']);
		expect(valuesOf(await ask(['video', 'status', ''], env))).toEqual(['@last', '101', '100']);
		// A plugin's command is only about tasks of its own types.
		expect(valuesOf(await ask(['paint', ''], env))).toEqual(['@last', '101']);
		expect(valuesOf(await ask(['video', 'status', '-t', 'drawing', ''], env))).toEqual(['@last', '101']);
	});

	test('their commands are offered like built-in ones; a broken plugin is ignored', async () => {
		const data = mkdtempSync(path.join(tmpdir(), 'kling-data-'));
		const linked = path.join(data, 'linked');
		const installed = path.join(data, 'kling-cli', 'node_modules', '@me', 'installed');
		const broken = path.join(data, 'kling-cli', 'node_modules', 'broken');
		for (const folder of [linked, installed, broken]) mkdirSync(folder, {recursive: true});
		const manifest = (id: string) => ({
			commands: {[id]: {id, description: `Do ${id}.`, flags: {size: {type: 'option', options: ['s', 'm']}}}},
		});
		writeFileSync(path.join(linked, 'oclif.manifest.json'), JSON.stringify(manifest('drawing:create')));
		writeFileSync(path.join(installed, 'oclif.manifest.json'), JSON.stringify(manifest('video:frob')));
		writeFileSync(
			path.join(broken, 'oclif.manifest.json'),
			'{"commands": {"a": null, "b": {"flags": 5}, "c"',
		);
		const plugins = [
			{name: 'linked', type: 'link', root: linked},
			{name: '@me/installed', type: 'user'},
			{name: 'broken', type: 'user'},
			null,
		];
		writeFileSync(path.join(data, 'kling-cli', 'package.json'), JSON.stringify({oclif: {plugins}}));
		const env = {XDG_DATA_HOME: data};
		expect(valuesOf(await ask([''], env))).toContain('drawing');
		expect(await ask(['video', 'f'], env)).toContain('frob\tDo video:frob');
		expect(valuesOf(await ask(['drawing', 'create', '--size', ''], env))).toEqual(['s', 'm']);
		expect(valuesOf(await ask(['plugins', 'uninstall', ''], env))).toEqual([
			'linked',
			'@me/installed',
			'broken',
		]);
		expect(valuesOf(await ask(['plugins', 'inspect', 'broken', ''], env))).toEqual([
			'linked',
			'@me/installed',
		]);
		// An installed plugin is not offered for installation.
		expect(valuesOf(await ask(['plugins', 'install', ''], env))).not.toContain('linked');
	});
});

test.each([[[]], [['nosuchshell', 'x']], [['bash']], [['zsh']], [['powershell']]])(
	'a malformed request gets a reply without an error: %j',
	async (args) => {
		expect(await kling(['__complete', ...args])).toMatchObject({code: 0, stderr: ''});
	},
);

test('the code that is loaded for it is small and contains no package', () => {
	const names = ['complete.js', 'complete-ids.js', 'complete-more.js', 'complete-profiles.js'];
	const [words, ids, more, profiles] = names.map((file) =>
		readFileSync(path.join(root, 'dist', file), 'utf8'),
	);
	expect(words?.length).toBeLessThan(35_000);
	expect(ids?.length).toBeLessThan(18_000);
	expect(more?.length).toBeLessThan(100_000);
	expect(profiles?.length).toBeLessThan(25_000);
	expect(ids).not.toMatch(/["']node:crypto/);
	expect(`${words}${ids}${more}${profiles}`).not.toMatch(/require\("@?oclif/);
});
