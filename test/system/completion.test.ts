import {spawn} from 'node:child_process';
import {chmodSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {beforeAll, describe, expect, test} from 'vitest';
import {watch} from '../support/processes.js';
import {inTerminal} from '../support/terminal.js';

/** Presses TAB in real shells, set up as `kling autocomplete` says. Fails where bash or zsh is missing. */
const home = mkdtempSync(path.join(tmpdir(), 'kling-completion-'));
const runJs = path.join(import.meta.dirname, '..', '..', 'bin', 'run.js');
const env = {
	HOME: home,
	XDG_CACHE_HOME: path.join(home, 'cache'),
	XDG_CONFIG_HOME: path.join(home, 'config'),
	XDG_DATA_HOME: path.join(home, 'data'),
	PATH: `${home}${path.delimiter}${process.env.PATH}`,
	// Wide enough that no answer is wrapped, tall enough that no shell asks whether to show it all.
	TERM: 'xterm',
	LINES: '60',
	COLUMNS: '200',
	LC_ALL: 'C.UTF-8',
	INPUTRC: '/dev/null',
};

const shells = {
	bash: {start: 'bash --rcfile ~/.bashrc -i', file: '.bashrc'},
	zsh: {start: 'zsh -i', file: '.zshrc'},
};
type Shell = keyof typeof shells;

/** What a shell shows after `typed`, once `expected` is among it. */
async function screen(shell: Shell, typed: string, expected: string): Promise<string> {
	const shown = await inTerminal({shell: shells[shell].start, steps: [[typed, expected]], env, cwd: home});
	return stripVTControlCharacters(shown).replaceAll('\r', '');
}

const run = (...command: [string, ...string[]]) => {
	const [program, ...args] = command;
	return watch(spawn(program, args, {env, cwd: home})).ended();
};

beforeAll(async () => {
	const launcher = path.join(home, 'kling');
	writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${runJs}' "$@"\n`);
	chmodSync(launcher, 0o755);
	for (const shell of Object.keys(shells) as Shell[]) {
		const {file} = shells[shell];
		// In the shell, kling only says what it was called with.
		writeFileSync(path.join(home, file), "PS1='READY> '\nkling() { printf 'RAN<%s>' \"$*\"; }\n");
		// Word for word what `kling autocomplete` tells people to run, but for the new shell.
		const {stdout} = await run('kling', 'autocomplete', shell);
		const [, line] = /^ {2}(printf .+ >> ~\/\.\w+); source/m.exec(stdout) ?? [];
		expect(line).toBeTruthy();
		expect(await run('sh', '-c', line ?? '')).toMatchObject({code: 0, stderr: ''});
	}
});

const tab = '\t';

describe.each(Object.keys(shells) as Shell[])('%s', (shell) => {
	// bash lists at the second TAB.
	const list = shell === 'bash' ? tab + tab : tab;

	test('kling vid<TAB> becomes kling video', async () => {
		expect(await screen(shell, `kling vid${tab}\n`, 'RAN')).toContain('RAN<video>');
	});

	test('kling <TAB> lists the topics', async () => {
		const shown = await screen(shell, `kling ${list}`, 'sandbox');
		for (const word of ['autocomplete', 'help', 'plugins', 'sandbox', 'video']) expect(shown).toContain(word);
	});

	test('kling video <TAB> lists the commands', async () => {
		const shown = await screen(shell, `kling video ${list}`, 'status');
		for (const word of ['add-sound', 'download', 'extend', 'list', 'status']) expect(shown).toContain(word);
	});

	test('kling video do<TAB> becomes kling video download', async () => {
		expect(await screen(shell, `kling video do${tab}\n`, 'RAN')).toContain('RAN<video download>');
	});

	test('kling video status --<TAB> lists its flags, and none of other commands', async () => {
		const shown = await screen(shell, `kling video status --${list}`, '--verbose');
		for (const word of ['--human', '--json', '--quiet', '--region', '--type', '--verbose'])
			expect(shown).toContain(word);
		expect(shown).not.toMatch(/--(output|limit|prompt|port)\b/);
	});

	test('kling video extend --ne<TAB> becomes --negative', async () => {
		expect(await screen(shell, `kling video extend --ne${tab}x\n`, 'RAN')).toContain(
			'RAN<video extend --negative x>',
		);
	});
});

test('zsh: kling video status --type <TAB> lists the types, and --<TAB> says what flags do', async () => {
	const [types, flags] = await Promise.all([
		screen('zsh', `kling video status --type ${tab}`, 'text2video'),
		screen('zsh', `kling video status --${tab}`, '--verbose'),
	]);
	for (const type of ['create', 'text2video', 'image2video', 'extend', 'add-sound'])
		expect(types).toContain(type);
	expect(flags).toContain('one JSON document on stdout');
});
