import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, openSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {cleanEnv, type Env, runJs} from './kling.js';
import {serveTask} from './served-task.js';

/** Runs a shell command line in which `kling` is the program. */
async function shell(line: string, env: Env = {}, stdin: number | 'ignore' = 'ignore') {
	const child = spawn('/bin/sh', ['-c', `kling() { "$NODE" "$KLING" "$@"; }; ${line}`], {
		cwd: mkdtempSync(path.join(tmpdir(), 'kling-odd-')),
		env: {...cleanEnv, ...env, NODE: process.execPath, KLING: runJs},
		stdio: [stdin, 'pipe', 'pipe'],
	});
	let stdout = '';
	child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
	const [code] = (await once(child, 'close')) as [number | null];
	return {code, document: JSON.parse(stdout)};
}

const goneFolder = 'mkdir gone && cd gone && rmdir ../gone && kling';

describe('in a deleted working folder', () => {
	test('a path that needs it is read_error, exit 10', async () => {
		const {env} = await serveTask();
		const {code, document} = await shell(`${goneFolder} video download 1 --type create -o x.mp4`, env);
		expect([code, document.error.code]).toEqual([10, 'read_error']);
		expect(document.error.message).toContain('The working folder no longer exists');
	});

	test('an absolute path works', async () => {
		const {env, file, server} = await serveTask();
		const {code} = await shell(`${goneFolder} video download 1 --type create -o '${file}'`, env);
		expect(code).toBe(0);
		expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
	});
});

describe.skipIf(process.platform === 'win32')('endless ids on stdin', () => {
	test.each(['status', 'wait', 'download -o x/'])('end %s with invalid_task_id, exit 2', async (command) => {
		const {env, api} = await serveTask();
		const [name, ...flags] = command.split(' ');
		const line = `kling video ${name} - ${flags.join(' ')}`;
		const zeros = await shell(line, env, openSync('/dev/zero', 'r'));
		expect([zeros.code, zeros.document.error.code]).toEqual([2, 'invalid_task_id']);
		const lines = await shell(`yes 1 | kling video ${name} - ${flags.join(' ')}`, env);
		expect([lines.code, lines.document.error.code]).toEqual([2, 'invalid_task_id']);
		expect(api.seen).toEqual([]);
	});
});

test.skipIf(process.platform === 'win32')(
	'a disk without room for completion files is disk_full',
	async () => {
		const {cwd} = await serveTask();
		const env = {HOME: cwd, XDG_CACHE_HOME: path.join(cwd, 'cache'), NODE_DISABLE_COMPILE_CACHE: '1'};
		// Its errors go to stderr, since its result is no JSON.
		const line = `ulimit -f 0; kling autocomplete bash 2>&1 | sed -n '/^{/,$p'`;
		const {document} = await shell(line, env);
		expect(document.error).toMatchObject({
			code: 'disk_full',
			hint: expect.stringContaining('KLING_CACHE_DIR'),
		});
	},
);

test.skipIf(process.platform === 'win32')('a disk without room leaves no empty list of shots', async () => {
	const {code, document} = await shell('ulimit -f 0; kling batch init a.yaml; test ! -e a.yaml');
	expect([code, document.error.code]).toEqual([0, 'disk_full']);
});
