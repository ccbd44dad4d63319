import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {planFaults, type Step} from '../../src/sandbox/fault-plan.js';
import type {FaultName} from '../../src/sandbox/faults.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {cleanEnv, envOf, runJs} from '../e2e/kling.js';
import {closeAfterFile} from './after-file.js';

/** A user with a fresh home, an empty folder and a shell, with a sandbox as Kling. */
export interface Newcomer {
	sandbox: Sandbox;
	cwd: string;
	env: NodeJS.ProcessEnv;
	/** Runs a script with sh. stdout and stderr are combined, as on a terminal. */
	sh(script: string, env?: NodeJS.ProcessEnv): Promise<{code: number | null; output: string}>;
	/** Moves the newcomer to another machine: the folder and the account stay, the journal does not. */
	moves(): void;
	/** The external ids of the tasks that Kling made, in order. */
	made(): (string | undefined)[];
}

/** Programs that scripts mention and that must do nothing here: registries, the network, and waiting. */
const idle = ['npm', 'curl', 'sleep'];

/** Starts a sandbox with these faults. By default, tasks run 1000 times as fast as at Kling. */
export async function newcomer({
	faults = [],
	speed = 1000,
	slots = 20,
}: {
	faults?: (FaultName | Step)[];
	speed?: number;
	slots?: number;
} = {}): Promise<Newcomer> {
	const steps = faults.map((fault) => (typeof fault === 'string' ? {fault} : fault));
	const sandbox = await startSandbox({speed, slots, faults: planFaults({steps}, () => {})});
	closeAfterFile(() => sandbox.close());
	const place = mkdtempSync(path.join(tmpdir(), 'kling-newcomer-'));
	const [bin, cwd] = [path.join(place, 'bin'), path.join(place, 'work')];
	for (const folder of [bin, cwd]) mkdirSync(folder);
	const program = (name: string, line: string) => {
		writeFileSync(path.join(bin, name), `#!/bin/sh\n${line}\n`);
		chmodSync(path.join(bin, name), 0o755);
	};
	program('kling', `exec '${process.execPath}' '${runJs}' "$@"`);
	for (const name of idle) program(name, 'exit 0');
	const env: NodeJS.ProcessEnv = {...cleanEnv, ...envOf(sandbox), SHELL: '/bin/bash'};
	env.PATH = `${bin}${path.delimiter}${process.env.PATH}`;
	const moves = () => {
		const home = mkdtempSync(path.join(place, 'home-'));
		Object.assign(env, {
			HOME: home,
			XDG_DATA_HOME: path.join(home, 'data'),
			XDG_CONFIG_HOME: path.join(home, 'config'),
		});
	};
	moves();
	return {
		sandbox,
		cwd,
		env,
		moves,
		async sh(script, more = {}) {
			const child = spawn('sh', ['-c', `exec 2>&1\n${script}`], {
				cwd,
				env: {...env, ...more},
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			let output = '';
			child.stdout.setEncoding('utf8').on('data', (text: string) => {
				output += text;
			});
			const [code] = (await once(child, 'close')) as [number | null];
			return {code, output};
		},
		made: () => sandbox.tasks().map(({externalId}) => externalId),
	};
}
