import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {beforeAll, describe, expect, test} from 'vitest';
import {watch} from '../support/processes.js';
import {inTerminal} from '../support/terminal.js';

/** Presses TAB in real shells, set up as `kling autocomplete` says. Fails where bash, zsh or fish is missing. */
const home = mkdtempSync(path.join(tmpdir(), 'kling-completion-'));
const runJs = path.join(import.meta.dirname, '..', '..', 'bin', 'run.js');
const env = {
	HOME: home,
	XDG_CACHE_HOME: path.join(home, 'cache'),
	XDG_CONFIG_HOME: path.join(home, '.config'),
	XDG_DATA_HOME: path.join(home, 'data'),
	PATH: `${home}${path.delimiter}${process.env.PATH}`,
	npm_config_cache: path.join(home, 'npm'),
	npm_config_offline: 'true',
	KLING_ACCESS_KEY: 'access',
	KLING_SECRET_KEY: 'secret',
	// Wide enough that no line wraps, tall enough that no shell asks whether to list everything.
	TERM: 'xterm',
	LINES: '60',
	COLUMNS: '200',
	LC_ALL: 'C.UTF-8',
	INPUTRC: '/dev/null',
};

// In the shell, kling only prints the words that it was called with.
const shells = {
	bash: {
		start: 'bash --rcfile ~/.bashrc -i',
		file: '.bashrc',
		text: `PS1='READY> '\nkling() { printf 'RAN<%s>\\n' "$*"; }\n`,
	},
	zsh: {start: 'zsh -i', file: '.zshrc', text: `PS1='READY> '\nkling() { printf 'RAN<%s>\\n' "$*"; }\n`},
	fish: {
		start: 'fish -i',
		file: '.config/fish/config.fish',
		text: `set fish_greeting
set -g fish_autosuggestion_enabled 0
function fish_prompt; echo -n 'READY> '; end
function kling; printf 'RAN<%s>\\n' "$argv"; end
`,
	},
};
type Shell = keyof typeof shells;
const names = Object.keys(shells) as Shell[];

const show = (shell: Shell, steps: [typed: string, expected: string][]) =>
	inTerminal({shell: shells[shell].start, steps, env, cwd: home});

/** What a shell shows after `typed`, as soon as it contains `expected`. */
async function screen(shell: Shell, typed: string, expected: string): Promise<string> {
	return stripVTControlCharacters(await show(shell, [[typed, expected]])).replaceAll('\r', '');
}

const run = (...command: [string, ...string[]]) => {
	const [program, ...args] = command;
	return watch(spawn(program, args, {env, cwd: home})).ended();
};

/** A task in the journal, submitted by the account above unless another is given. */
function line(id: string, prompt: string, key = 'access'): string {
	const request = {prompt};
	return JSON.stringify({
		base: 'https://api-singapore.klingai.com/',
		key: createHash('sha256').update(key).digest('hex').slice(0, 16),
		id: `name-${id}`,
		entry: {type: 'create', submittedAt: 1, request, outcome: 'made', taskId: id, status: 'succeed'},
	});
}

/** A plugin with one command, installed as users do. */
async function installPlugin(): Promise<void> {
	const folder = path.join(home, 'plugin');
	mkdirSync(path.join(folder, 'commands'), {recursive: true});
	const pjson = {name: 'kling-plugin-x', version: '1.0.0', oclif: {commands: './commands'}};
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(pjson));
	const flags = {size: {name: 'size', type: 'option', options: ['small', 'medium']}};
	const manifest = {
		version: '1.0.0',
		commands: {paint: {id: 'paint', description: 'Paint.', flags, args: {}}},
	};
	writeFileSync(path.join(folder, 'oclif.manifest.json'), JSON.stringify(manifest));
	expect(await run('kling', 'plugins', 'install', `file:${folder}`)).toMatchObject({code: 0});
}

const hostile = 'nasty $(touch pwned) `touch pwned` %F{red}%n \'"\\ *;&|<>\u001B[2J\u202Etail';
const tasks = [
	line('995000000000000001', 'a red fox'),
	line('881000000000000001', 'of somebody else', 'other'),
	line('$(touch pwned)', 'no id at all'),
	line('995000000000000002', hostile),
	// It would not come first in a shell that sorts, or groups by description.
	line('995000000000000003', 'a red fox'),
	'{"cut by a cra',
];

beforeAll(async () => {
	const launcher = path.join(home, 'kling');
	writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${runJs}' "$@"\n`);
	chmodSync(launcher, 0o755);
	mkdirSync(path.join(home, 'data', 'kling-cli'), {recursive: true});
	writeFileSync(path.join(home, 'data', 'kling-cli', 'tasks.ndjson'), tasks.join('\n'));
	writeFileSync(path.join(home, 'prompt with space.txt'), '');
	mkdirSync(path.join(home, '.config', 'kling-cli'), {recursive: true});
	const config = {current: 'studio', profiles: {studio: {}}};
	writeFileSync(path.join(home, '.config', 'kling-cli', 'config.json'), JSON.stringify(config));
	mkdirSync(path.join(home, '.config', 'fish'), {recursive: true});
	// Otherwise fish reads all manual pages in the background.
	mkdirSync(path.join(home, 'data', 'fish', 'generated_completions'), {recursive: true});
	for (const shell of names) {
		// Exactly what `kling autocomplete` prints for users to run.
		const {stdout} = await run('kling', 'autocomplete', shell);
		const lines = [...stdout.matchAll(/^ {2}(printf|mkdir|kling autocomplete script).*$/gm)].map(
			([line]) => line,
		);
		// A bash login shell reads other start files, which the plugin also names.
		const wanted = shell === 'fish' ? lines : lines.slice(0, 1);
		expect(wanted.length).toBeGreaterThan(0);
		expect(await run(shell, '-c', wanted.join('\n'))).toMatchObject({code: 0, stderr: ''});
		appendFileSync(path.join(home, shells[shell].file), shells[shell].text);
	}
	await installPlugin();
});

const tab = '\t';

describe.concurrent.each(names)('%s', (shell) => {
	// bash prints the list at the second TAB.
	const list = shell === 'bash' ? tab + tab : tab;

	test('completes words: commands, flags after arguments and values, values, ids and files', async () => {
		const typed: Record<string, string> = {
			[`vid${tab}`]: 'video',
			[`video do${tab}`]: 'video download',
			[`video extend --ne${tab}x`]: 'video extend --negative x',
			[`video status 123 --ty${tab}cr${tab}`]: 'video status 123 --type create',
			[`video list --type all --lim${tab}5`]: 'video list --type all --limit 5',
			[`video create "a fox" --ratio 16${tab}`]: 'video create a fox --ratio 16:9',
			[`video create fox --ratio=16:${tab}`]: 'video create fox --ratio=16:9',
			[`video text2video fox -m kling-v2-5${tab}`]: 'video text2video fox -m kling-v2-5-turbo',
			[`video create --prompt-file prom${tab}`]: 'video create --prompt-file prompt with space.txt',
			[`video create --prompt-file=prom${tab}`]: 'video create --prompt-file=prompt with space.txt',
			[`video download 1 -o data/kling-cli/ta${tab}`]: 'video download 1 -o data/kling-cli/tasks.ndjson',
			[`video status 99${tab}1${tab}`]: 'video status 995000000000000001',
			[`video wait 995000000000000001 995000000000000003 99${tab}`]:
				'video wait 995000000000000001 995000000000000003 995000000000000002',
			[`video status @l${tab}`]: 'video status @last',
			[`help vid${tab}dow${tab}`]: 'help video download',
			[`help exit${tab}`]: 'help exit-codes',
			[`auth switch stu${tab}`]: 'auth switch studio',
			[`video list --profile stu${tab}`]: 'video list --profile studio',
			[`video list --status succeed,f${tab}`]: 'video list --status succeed,failed',
			[`sandbox start --fault lost-a${tab}`]: 'sandbox start --fault lost-answer',
			[`plugins uninstall kling-plugin-${tab}`]: 'plugins uninstall kling-plugin-x',
			[`pai${tab}--si${tab}me${tab}`]: 'paint --size medium',
		};
		const steps = Object.entries(typed).map(([words, ran]): [string, string] => [
			`kling ${words}\n`,
			`RAN<${ran}>`,
		]);
		await show(shell, steps);
	});

	test('kling <TAB> lists the topics', async () => {
		// fish hides the end of a list that is longer than half the screen.
		const isCut = shell === 'fish';
		const shown = await screen(shell, `kling ${list}`, isCut ? 'more rows' : 'sandbox');
		const words = isCut
			? ['autocomplete', 'batch', 'doctor']
			: ['autocomplete', 'help', 'plugins', 'sandbox', 'video'];
		for (const word of words) expect(shown).toContain(word);
		expect(shown.includes('Sign in, and choose')).toBe(shell !== 'bash');
	});

	test('kling video status --<TAB> lists its flags, and no others', async () => {
		const shown = await screen(
			shell,
			`kling video status --${list}`,
			{bash: '--verbose', zsh: 'type of the task', fish: 'more rows'}[shell] ?? '--verbose',
		);
		// fish hides the end of a list that is longer than half the screen.
		const words = ['--human', '--json', '--quiet', '--region', ...(shell === 'fish' ? [] : ['--type'])];
		const bare = shell === 'fish' ? words.map((word) => word.slice(2)) : words;
		for (const word of bare) expect(shown).toContain(word);
		expect(shown).not.toMatch(/--(output|limit|prompt|port)\b/);
		expect(shown.includes('one JSON document on stdout')).toBe(shell !== 'bash');
	});

	test('kling video status <TAB> lists the tasks of this account, whatever their prompts contain', async () => {
		const raw = await show(shell, [[`kling video status ${list}`, '0000001']]);
		const shown = stripVTControlCharacters(raw);
		// The newest comes first: the last one in the journal.
		const order = ['@last', ...[3, 2, 1].map((end) => `99500000000000000${end}`)].map((id) =>
			shown.lastIndexOf(id),
		);
		expect(order).toEqual(order.toSorted((a, b) => a - b));
		expect(Math.min(...order)).toBeGreaterThan(-1);
		expect(shown).not.toMatch(/881000000000000001|somebody|touch\$/);
		// bash shows no descriptions.
		expect(shown.includes('succeed, a red fox')).toBe(shell !== 'bash');
		expect(shown.includes('nasty $(touch pwned) `touch pwned` %F{red}%n \'"\\')).toBe(shell !== 'bash');
		expect(raw).not.toContain('\u202E');
		expect(existsSync(path.join(home, 'pwned'))).toBe(false);
	});
});
