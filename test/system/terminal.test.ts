import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {inTerminal, wideTerminal} from '../support/terminal.js';

/** What differs on a terminal: KLING_HUMAN, progress that moves, Ctrl-C. Fails where bash or zsh is missing. */
const cwd = mkdtempSync(path.join(tmpdir(), 'kling-terminal-'));
const runJs = path.join(import.meta.dirname, '..', '..', 'bin', 'run.js');
let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1});
	const kling = `kling() { '${process.execPath}' '${runJs}' "$@"; }`;
	writeFileSync(
		path.join(cwd, 'rc'),
		`stty cols 150 rows 40\nPS1='READY> '\nbind 'set enable-bracketed-paste off'\n${kling}\n`,
	);
});
afterAll(() => sandbox.close());

/**
 * Runs a command line in bash, and returns what it displayed, and its exit status.
 * @param interruptAt text after which Ctrl-C is pressed
 */
async function shown(line: string, interruptAt?: string) {
	const steps: [string, string][] =
		interruptAt === undefined
			? [[`${line}\n`, 'READY> ']]
			: [
					[`${line}\n`, interruptAt],
					['\u0003', 'READY> '],
				];
	const text = await inTerminal({
		shell: 'bash --rcfile ./rc -i',
		// The quotes distinguish the typed line from its output.
		steps: [...steps, ['echo "status""<$?>"\n', 'status<']],
		cwd,
		env: {
			PATH: process.env.PATH,
			HOME: cwd,
			...wideTerminal,
			KLING_BASE_URL: sandbox.baseUrl,
			KLING_API_KEY: sandbox.apiKey,
		},
	});
	const [output = ''] = text.slice(text.indexOf('\n') + 1).split('READY> ');
	return {output: output.replaceAll('\r\n', '\n'), status: Number(/status<(\d+)>/.exec(text)?.[1])};
}

const status = 'kling video status 900000000000000101';

test('KLING_HUMAN=1 is for terminals, and --json overrides it', async () => {
	const [human, flag, piped, json] = await Promise.all([
		shown(`KLING_HUMAN=1 ${status}`),
		shown(`${status} --human`),
		shown(`KLING_HUMAN=1 ${status} | cat`),
		shown(`KLING_HUMAN=1 ${status} --json`),
	]);
	expect(human.output).toContain('status:   \u001B[32msucceed\u001B[39m\n');
	expect(flag.output).toBe(human.output);
	expect(JSON.parse(piped.output)).toMatchObject({success: true, status: 'succeed'});
	expect(json.output).toBe(piped.output);
});

test('a batch shows what it would cost before it asks', async () => {
	writeFileSync(path.join(cwd, 'shots.csv'), 'id,prompt,duration,takes\na,a fox,10,100\nb,a lake,10,100\n');
	const {output, status: exit} = await shown('kling batch run shots.csv <<< n', undefined);
	expect(exit).toBe(2);
	expect(output).toContain('there is no terminal to ask on');
	const text = await inTerminal({
		shell: 'bash --rcfile ./rc -i',
		steps: [
			['kling batch run shots.csv\n', '[y/N] '],
			['n\n', 'READY> '],
		],
		cwd,
		env: {
			PATH: process.env.PATH,
			HOME: cwd,
			...wideTerminal,
			KLING_BASE_URL: sandbox.baseUrl,
			KLING_API_KEY: sandbox.apiKey,
		},
	});
	expect(text).toMatch(/units:\s+1,200\s/);
	expect(text).toMatch(/kling-v3-omni\s+2\s+200\s+1,200\s+168\.00/);
	expect(text).toContain('Submit 200 tasks for 1200 units, about 168.00 USD');
	expect(sandbox.tasks()).toHaveLength(0);
});

test('KLING_HUMAN also applies to errors', async () => {
	expect(await shown('KLING_HUMAN=1 kling video list --limit 0')).toMatchObject({
		output: expect.stringMatching(/^\u001B\[31mError:\u001B\[39m --limit '0' .+\n/),
		status: 2,
	});
});

test('a wait is one live line, erased before the document; --quiet and a file show none', async () => {
	const wait = 'kling video wait 900000000000000104 --timeout 1500ms';
	const [live, quiet, redirected] = await Promise.all([
		shown(wait),
		shown(`${wait} --quiet`),
		shown(`${wait} 2>notes; cat notes`),
	]);
	expect(live.output).toMatch(/900000000000000104 {2}processing {2}0:01 {2}\(usually about \d:\d\d\)/);
	expect(live.output).toMatch(/\u001B\[2K[^(]*\{\n {2}"success": false,[^\u001B]+\}\n$/);
	expect(live.status).toBe(8);
	expect(quiet.output).toMatch(/^\{\n {2}"success": false,[^\u001B]+\}\n$/);
	expect(redirected.output).toMatch(
		/^\{\n {2}"success": false,[^\u001B]+\}\n900000000000000104 processing\n$/,
	);
});

test('Ctrl-C ends sandbox start with 130', async () => {
	const {output, status} = await shown('kling sandbox start --port 0', 'Ctrl-C ends it');
	expect(output).toContain('"base_url": "http://127.0.0.1:');
	expect(status).toBe(130);
});

test('Ctrl-C during sandbox exec goes to the program, which decides', async () => {
	const exec = (script: string) => shown(`kling sandbox exec -- sh -c '${script}'`, 'begun\r');
	const [dies, decides] = await Promise.all([
		exec('echo begun; sleep 30'),
		exec('trap "echo caught; exit 9" INT; echo begun; sleep 30'),
	]);
	expect(dies.status).toBe(130);
	expect(decides).toMatchObject({output: expect.stringContaining('caught'), status: 9});
});

test('a server for agents does not run on a terminal: it shows how a client starts it', async () => {
	const {output, status: exit} = await shown('kling mcp serve');
	expect(exit).toBe(2);
	expect(output).toContain('kling mcp install');
});
