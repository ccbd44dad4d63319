import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {clientNames} from '../../src/lib/mcp/clients.js';
import {fails, root, succeeds} from './kling.js';

let home: string;
let cwd: string;
let env: Record<string, string>;
beforeEach(() => {
	home = mkdtempSync(path.join(tmpdir(), 'kling-mcp-install-'));
	cwd = path.join(home, 'film');
	mkdirSync(cwd);
	env = {
		HOME: home,
		XDG_CONFIG_HOME: path.join(home, '.config'),
		CODEX_HOME: '',
		KLING_API_KEY: 'a-secret-key-of-mine',
	};
});

const install = (...args: string[]) => succeeds(['mcp', 'install', ...args], {env, cwd});
const read = (file: unknown) => readFileSync(String(file), 'utf8');

describe.each(clientNames)('%s', (client) => {
	test('is shown what starts the server, and nothing is changed', async () => {
		const document = await install(client, '--allow-spend', '20', '--tag', 'agent=it', '--profile', 'studio');
		expect(document).toMatchObject({client, written: false});
		for (const word of ['mcp', 'serve', '--allow-spend', '20', 'agent=it', '--profile', 'studio']) {
			expect(document.config).toContain(`"${word}"`);
		}
		expect(JSON.stringify(document)).not.toContain('a-secret-key');
		expect(existsSync(String(document.file))).toBe(false);
	});

	test('has it written, once more over itself where that can be done', async () => {
		const {file, config} = await install(client, '--allow-spend', '20', '--write');
		expect(read(file)).toBe(config);
		const again = ['mcp', 'install', client, '--allow-spend', '5', '--write'];
		if (client === 'codex') {
			expect(await fails(again, 2, {env, cwd})).toMatchObject({code: 'invalid_config', path: file});
			expect(read(file)).toBe(config);
		} else {
			await succeeds(again, {env, cwd});
			expect(read(file)).toContain('"5"');
			expect(read(file)).not.toContain('"20"');
		}
	});
});

test('what else is in a file stays, with its comments', async () => {
	const folder = path.join(cwd, '.vscode');
	mkdirSync(folder);
	writeFileSync(
		path.join(folder, 'mcp.json'),
		'{\n\t// mine\n\t"servers": {\n\t\t"other": {"command": "x"}\n\t},\n\t"inputs": []\n}\n',
	);
	const {file} = await install('vscode', '--write');
	expect(read(file)).toContain('// mine');
	const servers = JSON.parse(read(file).replace('// mine', '')).servers;
	expect(servers).toMatchObject({
		other: {command: 'x'},
		kling: {type: 'stdio', command: 'kling', args: ['mcp', 'serve']},
	});
	const toml = path.join(home, '.codex', 'config.toml');
	mkdirSync(path.dirname(toml));
	writeFileSync(toml, 'model = "x"');
	await install('codex', '--write');
	expect(read(toml)).toMatch(/^model = "x"\n\n\[mcp_servers\.kling\]\ncommand = /);
});

test('a program with windows starts this very program, with a whole path as its folder', async () => {
	const document = await install('claude-desktop');
	const {kling} = JSON.parse(String(document.config)).mcpServers;
	expect(kling.command).toBe(process.execPath);
	expect(kling.args[0]).toBe(path.join(root, 'bin', 'run.js'));
	expect(kling.args).toContain('--root');
	expect(path.isAbsolute(kling.args.at(-1))).toBe(true);
});

test('a file that is no JSON is left alone, and a link stays a link', async () => {
	writeFileSync(path.join(cwd, '.mcp.json'), '{"mcpServers": ');
	expect(await fails(['mcp', 'install', 'claude', '--write'], 2, {env, cwd})).toMatchObject({
		code: 'invalid_config',
	});
	expect(read(path.join(cwd, '.mcp.json'))).toBe('{"mcpServers": ');
	mkdirSync(path.join(cwd, '.cursor'));
	writeFileSync(path.join(home, 'shared.json'), '{}');
	symlinkSync(path.join(home, 'shared.json'), path.join(cwd, '.cursor', 'mcp.json'));
	await install('cursor', '--write');
	expect(read(path.join(home, 'shared.json'))).toContain('"kling"');
});

test('a private file stays private, and what the user added to the entry stays', async () => {
	const file = path.join(cwd, '.mcp.json');
	const server = {command: 'old', env: {KLING_API_KEY: 'mine'}};
	writeFileSync(file, `\uFEFF${JSON.stringify({mcpServers: {kling: server}})}`, {mode: 0o600});
	await install('claude', '--allow-spend', '20', '--write');
	const text = read(file);
	expect(text.startsWith('\uFEFF')).toBe(true);
	expect(JSON.parse(text.slice(1)).mcpServers.kling).toEqual({
		command: 'kling',
		env: {KLING_API_KEY: 'mine'},
		args: ['mcp', 'serve', '--allow-spend', '20'],
	});
	expect(statSync(file).mode & 0o777).toBe(0o600);
	const toml = path.join(home, '.codex', 'config.toml');
	mkdirSync(path.dirname(toml));
	writeFileSync(toml, 'token = "x"\r\n', {mode: 0o600});
	await install('codex', '--write');
	expect(statSync(toml).mode & 0o777).toBe(0o600);
	expect(read(toml).replaceAll('\r\n', '')).not.toContain('\n');
});

test('a link to an empty file stays a link', async () => {
	writeFileSync(path.join(home, 'shared.json'), '');
	symlinkSync(path.join(home, 'shared.json'), path.join(cwd, '.mcp.json'));
	await install('claude', '--write');
	expect(read(path.join(home, 'shared.json'))).toContain('"kling"');
});

test.each(['{"mcpServers": null}', '{"mcpServers": []}', '{"mcpServers": {"kling": "x"}}', '{"a": "\xff"}'])(
	'%s is refused and stays as it is',
	async (text) => {
		const file = path.join(cwd, '.mcp.json');
		writeFileSync(file, text, 'latin1');
		const error = await fails(['mcp', 'install', 'claude', '--write'], 2, {env, cwd});
		expect(error).toMatchObject({code: 'invalid_config', path: file});
		expect(readFileSync(file, 'latin1')).toBe(text);
	},
);

test.each([
	'[ mcp_servers . "kling" ]\ncommand = "x"\n',
	'[mcp_servers]\nother = {command = "x"}\nkling = {command = "x"}\n',
	'mcp_servers.kling.command = "x"\n',
	'mcp_servers = {}\n',
])('a Codex configuration that already defines the server is refused: %j', async (text) => {
	const file = path.join(home, '.codex', 'config.toml');
	mkdirSync(path.dirname(file));
	writeFileSync(file, text);
	expect(await fails(['mcp', 'install', 'codex', '--write'], 2, {env, cwd})).toMatchObject({path: file});
	expect(read(file)).toBe(text);
});

test('wrong words are refused before anything is written', async () => {
	expect(await fails(['mcp', 'install', 'emacs', '--write'], 2, {env, cwd})).toMatchObject({
		message: expect.stringContaining('emacs'),
	});
	expect(await fails(['mcp', 'install', 'claude', '--write', '--tag', 'x'], 2, {env, cwd})).toMatchObject({
		code: 'invalid_tag',
	});
	expect(existsSync(path.join(cwd, '.mcp.json'))).toBe(false);
});
