import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {helpTopic, helpTopicNames} from '../../src/cli/help/topics.js';
import {errorCodes, errorRow} from '../../src/lib/errors/error-table.js';
import {exitStatuses} from '../../src/lib/errors/exit-statuses.js';
import {commands} from '../support/commands.js';
import {type Env, kling, root} from './kling.js';

async function help(args: string[], env: Env = {}, options: {alone?: boolean} = {}) {
	const {code, stdout, stderr} = await kling(args, {env, ...options});
	expect({args, code, stderr}).toEqual({args, code: 0, stderr: ''});
	expect(stdout).not.toContain('\u001B');
	return stdout;
}

describe('help that does not belong to a command', () => {
	const topic = (name: string) => help(['help', name], {COLUMNS: '80'});

	test('is mentioned at the start, and fits 80 columns', async () => {
		const start = await help(['help']);
		const names = [...helpTopicNames, 'sandbox'];
		for (const [index, text] of (await Promise.all(names.map(topic))).entries()) {
			expect(start).toContain(names[index]);
			expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
		}
	});

	test('has no gaps before brackets and after headings', async () => {
		expect(await help(['batch', 'retry', '--help'])).toContain('[--picks FILE]');
		expect(await topic('sandbox')).toMatch(/DESCRIPTION\n {2}It stores/);
	});

	test('environment names every variable that the program reads', async () => {
		const text = await topic('environment');
		const sources = readdirSync(path.join(root, 'src'), {recursive: true, encoding: 'utf8'})
			.filter((file) => file.endsWith('.ts') && !file.endsWith('topics.ts'))
			.map((file) => readFileSync(path.join(root, 'src', file), 'utf8'));
		const read = sources.flatMap((source) => source.match(/(?<=env\.|')KLING_[A-Z_]+(?=\b)/g) ?? []);
		expect(read.length).toBeGreaterThan(8);
		for (const name of new Set(read)) expect(text).toContain(name);
	});

	test('exit-codes lists every status with its codes', async () => {
		const text = await topic('exit-codes');
		const statusOf = (code: string) =>
			[...text.slice(0, text.search(new RegExp(` ${code}[,\\n]`))).matchAll(/^ {2}(\d+) /gm)].at(-1)?.[1];
		for (const code of errorCodes) {
			expect([code, statusOf(code)]).toEqual([code, String(errorRow(code).exit)]);
		}
		expect(text).toMatch(/^ {2}11 +unknown: a task may have been made/m);
	});

	test.each([
		['exitcodes', 'exit-codes'],
		['Exit-Codes', 'exit-codes'],
		['OUTPUT', 'output'],
	])('%s is %s', async (typed, name) => {
		expect(await topic(typed)).toBe(await topic(name));
	});

	test('accepts several words, this program’s flags, and a request for text', async () => {
		const text = await topic('exit-codes');
		expect(await help(['help', 'exit', 'codes', '--human'])).toBe(text);
		expect(await help(['help', '--json', 'exit-codes'], {KLING_HUMAN: '1'})).toBe(text);
		expect(await help(['help', '--human', '-q', '--debug'])).toBe(await help(['help']));
	});

	test('describes one exit status, with what to do about its errors', async () => {
		expect(await topic('11')).toMatch(
			/^Exit status 11: unknown: a task may have been made,.*^ {2}submit_unknown\n {6}.*kling video reconcile/ms,
		);
		expect(await topic('0')).toMatch(/^Exit status 0: done\.$/m);
		expect(await topic('130')).toMatch(/Ctrl-C.*^ {2}interrupted$/ms);
	});

	test.each([
		['11', ['exit', '11']],
		['11', ['exit', 'code', '11']],
		['11', ['what', 'does', 'exit', 'code', '11', 'mean']],
		['11', ['status', '11', '--human']],
		['1303', ['error', '1303']],
		['exit-codes', ['exit']],
		['exit-codes', ['what', 'is', 'an', 'exit', 'status']],
	])('%s is found in %j', async (name, words) => {
		expect(await help(['help', ...words])).toBe(await topic(name));
	});

	test('translates Kling’s own codes to errors', async () => {
		const text = await topic('1303');
		expect(text).toMatch(
			/^1303 is a code of Kling's own, .*rate_limit: exit status 6\.\n.*slots.*kling help rate_limit$/ms,
		);
		expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
		expect(await topic('1101')).toContain(errorRow('quota_exceeded').hint?.slice(0, 40));
	});

	test('ends each sentence once', () => {
		const names = [...exitStatuses.map(({status}) => String(status)), ...errorCodes];
		for (const name of names) expect(helpTopic(name)).not.toMatch(/[.?!]{2}/);
	});

	test('describes every error code', async () => {
		const list = await help(['help', 'exit-codes']);
		expect(list).toContain('kling help 11');
		for (const code of errorCodes) {
			const text = helpTopic(code) ?? '';
			expect(text).toMatch(new RegExp(`^${code}: exit status ${errorRow(code).exit}, `));
			expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
		}
		expect(await topic('wait_timeout')).toBe(`${helpTopic('wait_timeout')}\n`);
		expect(await topic('wait-timeout')).toMatch(/kling video wait.*may succeed later/s);
	});

	test('plugins precedes the topic’s commands; sandbox has both as well', async () => {
		expect(await topic('plugins')).toMatch(/^TRUST$.*^ {2}plugins install /ms);
		expect(await topic('sandbox')).toMatch(/^DESCRIPTION$.*900000000000000101.*^ {2}sandbox exec /ms);
	});
});

describe('every command can be found', () => {
	test.each([[[]], [['help']], [['--help']]])('kling %j names the topics', async (args) => {
		const text = await help(args, {}, {alone: true});
		expect(await help(args)).toBe(text);
		expect(text).toMatch(/^USAGE\n {2}\$ kling \[COMMAND\]$/m);
		for (const topic of ['video', 'auth', 'sandbox', 'plugins', 'autocomplete', 'help']) {
			expect(text).toMatch(new RegExp(`^  ${topic} +[A-Z]`, 'm'));
		}
	});

	test('nothing is listed twice', async () => {
		const listed = [...(await help(['help'])).matchAll(/^ {2}(\w+) {2,}[A-Z]/gm)].map(([, name]) => name);
		expect(listed.length).toBeGreaterThan(7);
		expect(listed).toEqual([...new Set(listed)]);
	});

	const topics = new Set(Object.keys(commands).flatMap((command) => command.match(/^\w+(?= )/) ?? []));
	test.each([...topics])('kling %s lists its commands with what they do', async (topic) => {
		const [bare, asked, flagged] = await Promise.all([
			help([topic]),
			help(['help', topic]),
			help([topic, '--help']),
		]);
		const own = Object.keys(commands).filter((command) => command.startsWith(`${topic} `));
		for (const command of own.filter((words) => words.split(' ').length === 2)) {
			expect(bare).toMatch(new RegExp(`^  ${command} +[A-Z]`, 'm'));
		}
		expect(asked).toBe(bare);
		expect(flagged).toBe(bare);
	});

	test('kling --version', async () => {
		expect(await help(['--version'], {}, {alone: true})).toMatch(/^kling-cli\/\d+\.\d+\.\d+ \S+ node-v\d+/);
	});
});

/** The flags in all lists of a help page. */
function flagsIn(page: string): string[] {
	const sections = [...page.matchAll(/^(?:[A-Z ]+ )?FLAGS\n(.*?)(?=^[A-Z])/gms)].map(
		([, text]) => text ?? '',
	);
	return sections.flatMap((text) => {
		// When descriptions are on separate lines, flags are not aligned, and a description may start with
		// one.
		const indent = /^ {2}--/m.test(text) ? '  ' : ' {2,6}';
		const flags = text.matchAll(new RegExp(`^${indent}((?:-\\w, )?--[\\w[\\]-]+=?)`, 'gm'));
		return [...flags].map(([, flag]) => flag ?? '');
	});
}

/** The help of a command, which must fit. */
async function pageOf(words: readonly string[]): Promise<string> {
	const text = await help([...words, '--help'], {COLUMNS: '80', NO_COLOR: '1'});
	expect([words, text.split('\n').filter((line) => line.length > 80)]).toEqual([words, []]);
	return text;
}

test.each(Object.entries(commands))(
	'kling %s --help says what it does, lists all its flags and gives an example',
	async (command, flags) => {
		const words = command.split(' ');
		const [text, other] = await Promise.all([pageOf(words), help(['help', ...words])]);
		for (const shown of [text, other]) {
			expect(shown).toMatch(new RegExp(`^USAGE\n  \\$ kling ${command}`, 'm'));
			expect(shown).toMatch(new RegExp(`^EXAMPLES\n  \\$ kling ${command}`, 'm'));
			expect(shown).toMatch(/^[A-Z][^\n]{10,}/);
			// All of them, and no others.
			const listed = flagsIn(shown);
			expect(listed.sort()).toEqual([...flags].sort());
			// No default looks empty.
			expect(shown).not.toContain('[default: ]');
			expect(shown).toMatch(/^EXIT STATUSES\n {2}.*0 done, .*See kling help exit-codes$/ms);
		}
	},
);

/** The exit statuses in the help of a command. */
async function statusesIn(command: string): Promise<number[]> {
	const text = await help([...command.split(' '), '--help']);
	const section = /^EXIT STATUSES\n(.*?)^ {2}See/ms.exec(text)?.[1] ?? '';
	return section
		.split(/,\s+/)
		.map((item) => Number.parseInt(item, 10))
		.filter((status) => !Number.isNaN(status));
}

test.each([
	['video create', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130, 141, 143]],
	['video list', [0, 1, 2, 3, 4, 5, 6, 7, 10, 12, 130, 141, 143]],
	['video wait', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 130, 141, 143]],
	['video history', [0, 1, 2, 3, 4, 5, 6, 7, 10, 12, 130, 141, 143]],
	['auth switch', [0, 1, 2, 10, 130, 141, 143]],
	['plugins install', [0, 1, 2, 5, 10, 130, 141, 143]],
])('the help of kling %s lists the exit statuses %j', async (command, statuses) => {
	expect(await statusesIn(command)).toEqual(statuses);
});

test('no help of an official plugin is wider than 80 columns', async () => {
	const others = ['', 'help', 'autocomplete', 'plugins', 'plugins install', 'plugins link', 'plugins update'];
	await Promise.all(others.map((id) => pageOf(id.split(' ').filter(Boolean))));
});

test.each([[['video', 'frob', '--help']], [['frob', '--help']], [['help', 'frob']]])(
	'help for an unknown name is unknown_command, exit 2: %j',
	async (args) => {
		const {code, stdout, stderr} = await kling(args);
		expect({code, stderr}).toEqual({code: 2, stderr: ''});
		expect(JSON.parse(stdout).error).toMatchObject({
			code: 'unknown_command',
			message: expect.stringMatching(/kling .*frob/),
		});
	},
);

describe('general environment settings change neither stdout nor the exit status', () => {
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
