import {describe, expect, test} from 'vitest';
import {commands, globalFlags} from '../support/commands.js';
import {type Env, kling} from './kling.js';

async function help(args: string[], env: Env = {}) {
	const {code, stdout, stderr} = await kling(args, {env});
	expect({args, code, stderr}).toEqual({args, code: 0, stderr: ''});
	expect(stdout).not.toContain('\u001B');
	return stdout;
}

describe('the way to every command is shown', () => {
	test.each([[[]], [['help']], [['--help']]])('kling %j names the topics', async (args) => {
		const text = await help(args);
		expect(text).toMatch(/^USAGE\n {2}\$ kling \[COMMAND\]$/m);
		for (const topic of ['video', 'auth', 'sandbox', 'plugins', 'autocomplete', 'help']) {
			expect(text).toMatch(new RegExp(`^  ${topic} +[A-Z]`, 'm'));
		}
	});

	test.each(['video', 'auth', 'sandbox'])('kling %s names its commands with what they do', async (topic) => {
		const [bare, asked, flagged] = await Promise.all([
			help([topic]),
			help(['help', topic]),
			help([topic, '--help']),
		]);
		const own = Object.keys(commands).filter((command) => command.startsWith(`${topic} `));
		for (const command of own) expect(bare).toMatch(new RegExp(`^  ${command} +[A-Z]`, 'm'));
		expect(asked).toBe(bare);
		expect(flagged).toBe(bare);
	});

	test('kling --version', async () => {
		expect(await help(['--version'])).toMatch(/^kling-cli\/\d+\.\d+\.\d+ \S+ node-v\d+/);
	});
});

test.each(Object.entries(commands))(
	'kling %s --help lists its flags and gives an example',
	async (command, flags) => {
		const words = command.split(' ');
		const [text, other, coloured] = await Promise.all([
			help([...words, '--help']),
			help(['help', ...words]),
			help([...words, '--help'], {NO_COLOR: '1'}),
		]);
		expect(coloured).toBe(text);
		for (const shown of [text, other]) {
			expect(shown).toMatch(new RegExp(`^USAGE\n  \\$ kling ${command}`, 'm'));
			expect(shown).toMatch(new RegExp(`^EXAMPLES\n  \\$ kling ${command}`, 'm'));
			// All of them, and none that the table above does not know.
			const listed = [
				...(shown.split('FLAG DESCRIPTIONS')[0] ?? '').matchAll(/^ {2,6}((?:-\w, )?--[\w[\]-]+=?)/gm),
			].map(([, flag]) => flag);
			expect(listed.sort()).toEqual([...flags, ...globalFlags].sort());
		}
	},
);

test.each([[['video', 'frob', '--help']], [['frob', '--help']], [['help', 'frob']]])(
	'help for what does not exist is unknown_command, exit 2: %j',
	async (args) => {
		const {code, stdout, stderr} = await kling(args);
		expect({code, stderr}).toEqual({code: 2, stderr: ''});
		expect(JSON.parse(stdout).error).toMatchObject({
			code: 'unknown_command',
			message: expect.stringMatching(/kling .*frob/),
		});
	},
);

describe('what is set for programs in general changes neither stdout nor the exit status', () => {
	const lines = [
		['--version'],
		['video', 'status', '--help'],
		['video', 'list'],
		['video', 'list', '--limit', '0'],
		['video', 'status', 'x', '--nope'],
		['video', 'frob'],
		['frobnicate'],
		['plugins'],
		['plugins', 'frob'],
	];
	test('NODE_ENV and DEBUG', async () => {
		const environments: Env[] = [{NODE_ENV: 'development'}, {NODE_ENV: 'test'}, {DEBUG: '*'}];
		for (const args of lines) {
			const [plain, ...others] = await Promise.all([{}, ...environments].map((env) => kling(args, {env})));
			expect([args, plain?.stderr]).toEqual([args, '']);
			for (const [index, {code, stdout, stderr}] of others.entries()) {
				const env = environments[index];
				expect({args, env, code, stdout}).toEqual({args, env, code: plain?.code, stdout: plain?.stdout});
				if (env?.DEBUG === undefined) expect({args, env, stderr}).toEqual({args, env, stderr: ''});
			}
		}
	});
});
