import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {commands, globalFlags} from '../support/commands.js';
import {kling} from './kling.js';

/** What the plugin prints and writes; test/system/completion.test.ts presses TAB in real shells. */
function freshCache() {
	const cache = mkdtempSync(path.join(tmpdir(), 'kling-cache-'));
	const functions = path.join(cache, 'kling-cli', 'autocomplete', 'functions');
	return {
		run: (...args: string[]) => kling(['autocomplete', ...args], {env: {XDG_CACHE_HOME: cache}}),
		setup: (shell: string) => path.join(cache, 'kling-cli', 'autocomplete', `${shell}_setup`),
		read: (file: string) => readFileSync(path.join(functions, file), 'utf8'),
	};
}

test('--help names the shells', async () => {
	const {code, stdout, stderr} = await freshCache().run('--help');
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(stdout).toContain('kling autocomplete [SHELL]');
	for (const shell of ['bash', 'zsh', 'powershell']) expect(stdout).toContain(shell);
});

describe('a shell gets its instructions, and the cache is made', () => {
	test('bash: every command with its flags', async () => {
		const {run, read} = freshCache();
		const {code, stdout} = await run('bash');
		expect(code).toBe(0);
		expect(stdout).toContain('printf "$(kling autocomplete script bash)" >> ~/.bashrc');
		const cache = read('bash/kling.bash');
		const flags = (command: string) =>
			new RegExp(`^${command} (.+)$`, 'm').exec(cache)?.[1]?.split(' ') ?? [];
		for (const [command, own] of Object.entries(commands)) {
			const long = [...own, ...globalFlags].map((flag) =>
				flag
					.replace(/^-\w, /, '')
					.replace(/=$/, '')
					.replace('[no-]', ''),
			);
			expect([command, flags(command.replace(' ', ':')).sort()]).toEqual([command, long.sort()]);
		}
		expect(cache).toContain('complete -F _kling_autocomplete kling\n');
	});

	test('zsh: every command, with what it does and the values of flags', async () => {
		const {run, read} = freshCache();
		const {code, stdout} = await run('zsh');
		expect(code).toBe(0);
		expect(stdout).toContain('printf "$(kling autocomplete script zsh)" >> ~/.zshrc');
		const cache = read('zsh/_kling');
		expect(cache).toMatch(/^#compdef kling\n/);
		for (const command of Object.keys(commands).map((id) => id.split(' ').at(-1))) {
			expect(cache).toMatch(new RegExp(`^"${command}\\[[A-Z].+\\]" \\\\$`, 'm'));
		}
		expect(cache).toContain(':type options:(create text2video image2video extend add-sound)"');
	});

	test('the line for the start file finds the cache', async () => {
		const {run, setup} = freshCache();
		for (const shell of ['bash', 'zsh']) {
			const {code, stdout} = await run('script', shell);
			expect(code).toBe(0);
			expect(stdout).toContain(`KLING_AC_${shell.toUpperCase()}_SETUP_PATH=${setup(shell)}`);
		}
	});

	test('a shell that is not known is refused', async () => {
		expect(await freshCache().run('fish')).toMatchObject({
			code: 2,
			stdout: '',
			stderr: expect.stringContaining('fish'),
		});
	});
});
