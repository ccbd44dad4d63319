import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test, vi} from 'vitest';
import {runInShell} from '../../src/cli/run-in-shell.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-shell-'));
const at = (name: string) => path.join(folder, name);
const read = (name: string) => readFileSync(at(name), 'utf8').trim();

/** One column of `ps` about a process; empty where there is none. */
const ps = (column: string, pid: number) =>
	spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], {encoding: 'utf8'}).stdout.trim();

test('a command gets its input unchanged, and its exit status is returned', async () => {
	const input = '$(touch x) "\' `y` é\n';
	expect(await runInShell(`cat > '${at('input')}'; exit 7`, {input})).toBe(7);
	expect(readFileSync(at('input'), 'utf8')).toBe(input);
});

test('a command that does not read, or does not exist, does no harm', async () => {
	expect(await runInShell('exit 0', {input: 'x'.repeat(1_000_000)})).toBe(0);
	expect(await runInShell('/nowhere/at-all 2>/dev/null', {})).toBe(127);
});

test('with a signal, Ctrl-C in the terminal does not reach it, and the signal ends everything it started', async () => {
	const controller = new AbortController();
	const script = `ps -o pgid= -p $$ > '${at('group')}'; sleep 100 & echo $! > '${at('child')}'; wait`;
	const ended = runInShell(script, {signal: controller.signal});
	await vi.waitFor(() => expect(existsSync(at('child')) && read('child')).toMatch(/^\d+$/));
	expect(read('group')).not.toBe(ps('pgid', process.pid));
	controller.abort();
	expect(await ended).toBeNull();
	// Where nobody asks for its end, it stays as a zombie.
	await vi.waitFor(() => expect(ps('stat', Number(read('child')))).toMatch(/^(Z.*)?$/));
});
