import {existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {inTerminal, wideTerminal} from '../support/terminal.js';

/** Signing in as a person does, in a terminal. Fails where bash or zsh is missing. */
const runJs = path.join(import.meta.dirname, '..', '..', 'bin', 'run.js');
let sandbox: Sandbox;
let cwd: string;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
	cwd = mkdtempSync(path.join(tmpdir(), 'kling-prompt-'));
	const kling = `kling() { '${process.execPath}' '${runJs}' "$@"; }`;
	const setUp = "PS1='READY> '\nbind 'set enable-bracketed-paste off'";
	writeFileSync(path.join(cwd, 'rc'), `stty cols 150 rows 40\n${setUp}\n${kling}\n`);
});

const inShell = (steps: [string, string][], env: Record<string, string> = {}) =>
	inTerminal({
		shell: 'bash --rcfile ./rc -i',
		steps,
		cwd,
		env: {
			PATH: process.env.PATH,
			HOME: cwd,
			...wideTerminal,
			KLING_BASE_URL: sandbox.baseUrl,
			...env,
		},
	});
const configFile = () => path.join(cwd, '.config', 'kling-cli', 'config.json');
const login = 'kling auth login --insecure-storage\n';
const done: [string, string] = ['echo "status""<$?>"\n', 'status<0>'];

test('what is typed as a secret is not shown', async () => {
	const text = await inShell([
		[login, 'Access key: '],
		[`${sandbox.accessKey}\r`, 'Secret key: '],
		[`${sandbox.secretKey}\r`, 'Show results as text on this terminal?'],
		['n\r', 'READY> '],
		done,
		// The terminal echoes input again.
		['echo visible-again', 'visible-again'],
	]);
	expect(text).toContain('"storage": "file"');
	expect(text).not.toContain(sandbox.secretKey);
	expect(readFileSync(configFile(), 'utf8')).toContain('"current": "default"');
});

test('Ctrl-D at a question ends the input, and is not a signal', async () => {
	const text = await inShell([
		[login, 'Access key: '],
		['\u0004', 'READY> '],
		['echo "status""<$?>"\n', 'status<130>'],
	]);
	expect(text).toContain('The input ended. Nothing was saved.');
	expect(text).not.toContain('SIGINT');
	expect(existsSync(configFile())).toBe(false);
});

test('Ctrl-C at the secret saves nothing and leaves the terminal as it was', async () => {
	const text = await inShell([
		[login, 'Access key: '],
		['some-key\r', 'Secret key: '],
		['half-a-secret', ''],
		['\u0003', 'READY> '],
		['echo "status""<$?>"\n', 'status<130>'],
		['echo visible-again', 'visible-again'],
	]);
	expect(text).toContain('"code": "interrupted"');
	expect(text).not.toContain('half-a-secret');
	expect(existsSync(configFile())).toBe(false);
});

test('the keys of the official skill are offered', async () => {
	mkdirSync(path.join(cwd, '.config', 'kling'), {recursive: true});
	writeFileSync(
		path.join(cwd, '.config', 'kling', '.credentials'),
		`[default]\naccess_key_id = ${sandbox.accessKey}\nsecret_access_key = ${sandbox.secretKey}\n`,
	);
	const text = await inShell([
		[login, '[Y/n] '],
		['\r', 'as text on this terminal?'],
		['\r', 'READY> '],
		done,
		['kling auth login --insecure-storage --profile b --api-key\n', 'API key: '],
		[`${sandbox.apiKey}\r`, 'as text on this terminal?'],
		['n\r', 'READY> '],
		done,
	]);
	expect(text).toContain("Import the keys of Kling's official skill");
	expect(text).not.toContain(sandbox.apiKey);
});

test.each([60, 80])('at %i columns, the cursor stays beside a question that wraps', async (columns) => {
	mkdirSync(path.join(cwd, '.config', 'kling'), {recursive: true});
	const text = `access_key_id = ${sandbox.accessKey}\nsecret_access_key = ${sandbox.secretKey}\n`;
	writeFileSync(path.join(cwd, '.config', 'kling', '.credentials'), text);
	const shown = await inShell([
		[`stty cols ${columns}\n`, 'READY> '],
		[login, '[Y/n] '],
		['n\r', 'Access key: '],
		[`${'x'.repeat(columns)}\u001B[D\u001B[D`, 'xxx'],
		['\u0003', 'READY> '],
	]);
	// Where readline puts the cursor. When the width was unknown, it was beyond the last column.
	const places = [...shown.matchAll(/\u001B\[(\d+)G/g)].map(([, column]) => Number(column));
	expect(places.length).toBeGreaterThan(2);
	expect(Math.max(...places)).toBeLessThanOrEqual(columns);
});

test('how results should look is asked once, and applies only on a terminal', async () => {
	const again: [string, string][] = [
		[login, 'Access key: '],
		[`${sandbox.accessKey}\r`, 'Secret key: '],
	];
	const status = 'kling video status 900000000000000101';
	const text = await inShell([
		...again,
		[`${sandbox.secretKey}\r`, 'Show results as text on this terminal?'],
		['\r', 'READY> '],
		[`${status}\n`, 'READY> '],
		[`${status} | cat\n`, 'READY> '],
		...again,
		[`${sandbox.secretKey}\r`, 'READY> '],
		done,
	]);
	expect(text.match(/Show results as text/g)).toHaveLength(1);
	const [, own, piped] = text.split('READY> ');
	expect(own).toMatch(/^task id: +900000000000000101/m);
	expect(piped).toContain('"status": "succeed"');
});

test('human: true in a profile makes text the default on a terminal', async () => {
	mkdirSync(path.dirname(configFile()), {recursive: true});
	writeFileSync(configFile(), '{"profiles": {"default": {"human": true}, "scripts": {}}}');
	const status = 'kling video status 900000000000000101';
	const text = await inShell(
		[
			[`${status}\n`, 'READY> '],
			[`KLING_PROFILE=scripts ${status}\n`, 'READY> '],
			[`${status} | cat\n`, 'READY> '],
			[`${status} --json\n`, 'READY> '],
		],
		{KLING_API_KEY: sandbox.apiKey},
	);
	const [own, scripts, piped, json] = text.split('READY> ');
	expect(own).toMatch(/^task id: +900000000000000101/m);
	for (const other of [scripts, piped, json]) expect(other).toContain('"status": "succeed"');
});
