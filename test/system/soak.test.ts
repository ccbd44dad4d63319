import {spawn} from 'node:child_process';
import path from 'node:path';
import {expect, test} from 'vitest';
import {root} from '../e2e/kling.js';
import {watch} from '../support/processes.js';

test('a hundred commands, some killed, against a server that fails one time in five: nothing is lost', async () => {
	// wait-many.test.ts checks the memory of a wait for a thousand tasks.
	const args = ['--commands', '100', '--seed', '1', '--wait-ids', '0'];
	const {code, stdout, stderr} = await watch(
		spawn(process.execPath, ['--import', 'tsx', path.join('scripts', 'soak.js'), ...args], {cwd: root}),
	).ended();
	console.info(stdout);
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(stdout).toContain('No breach.');
});
