import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test, vi} from 'vitest';
import {runInShell} from '../../src/cli/run-in-shell.js';

const root = path.join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'kling-shell-'));
const at = (name: string) => path.join(folder, name);
const read = (name: string) => readFileSync(at(name), 'utf8').trim();

/** One column of `ps` about a process; empty when it does not exist. */
const ps = (column: string, pid: number) =>
	spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], {encoding: 'utf8'}).stdout.trim();

test('a command gets its input unchanged, and its exit status is returned', async () => {
	const input = '$(touch x) "\' `y` é\n';
	expect(await runInShell(`cat > '${at('input')}'; exit 7`, {input})).toEqual({exit: 7, timedOut: false});
	expect(readFileSync(at('input'), 'utf8')).toBe(input);
});

test('a command that does not read, or does not exist, does no harm', async () => {
	expect(await runInShell('exit 0', {input: 'x'.repeat(1_000_000)})).toMatchObject({exit: 0});
	expect(await runInShell('/nowhere/at-all 2>/dev/null', {})).toMatchObject({exit: 127});
});

/** Ends once nothing but a zombie is left: where nobody asks for its end, it stays as one. */
const isGone = (pid: number) => vi.waitFor(() => expect(ps('stat', pid)).toMatch(/^(Z.*)?$/), 20_000);

test('Ctrl-C of the terminal does not reach it, and a signal ends all that it started', async () => {
	const controller = new AbortController();
	const script = `ps -o pgid= -p $$ > '${at('group')}'; sleep 100 & echo $! > '${at('child')}'; wait`;
	const ended = runInShell(script, {signal: controller.signal});
	await vi.waitFor(() => expect(existsSync(at('child')) && read('child')).toMatch(/^\d+$/), 20_000);
	expect(read('group')).not.toBe(ps('pgid', process.pid));
	controller.abort();
	expect(await ended).toEqual({exit: null, timedOut: false});
	await isGone(Number(read('child')));
});

test('one that takes too long is ended', async () => {
	expect(await runInShell('sleep 100', {timeoutMs: 50})).toEqual({exit: null, timedOut: true});
});

test('what ignores being asked to end is ended anyway, with what it started', async () => {
	const controller = new AbortController();
	const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ > "${at('deaf')}"; sleep 100' & wait; sleep 100`;
	const ended = runInShell(script, {signal: controller.signal});
	await vi.waitFor(() => expect(existsSync(at('deaf')) && read('deaf')).toMatch(/^\d+$/), 20_000);
	controller.abort();
	expect(await ended).toMatchObject({exit: null});
	await isGone(Number(read('deaf')));
});

test.each(['SIGINT', 'SIGHUP', 'exit'])('it does not outlive the program, which ends by %s', async (how) => {
	const pid = at(`pid-${how}`);
	const script = `echo $$ > '${pid}'; sleep 100`;
	const end = how === 'exit' ? 'process.exit(1)' : `process.kill(process.pid, '${how}')`;
	const program = `import {runInShell} from '${path.join(root, 'src', 'cli', 'run-in-shell.ts')}';
		import {existsSync} from 'node:fs';
		const timer = setInterval(() => existsSync('${pid}') && (clearInterval(timer), setTimeout(() => {${end}}, 50)), 20);
		await runInShell(\`${script}\`, {endsWithCtrlC: true});`;
	spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {timeout: 20_000});
	await isGone(Number(read(`pid-${how}`)));
});
