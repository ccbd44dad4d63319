import {once} from 'node:events';
import {mkdirSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, expect} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type MishapProxy, startProxy} from '../support/proxy.js';
import {type Env, envOf, fails, startKling, succeeds} from './kling.js';

/** The arguments of a video command, which polls every 100 ms if it waits. */
export function withFastPolling(args: string[]): string[] {
	const waits = args[0] === 'wait' || args.includes('--wait') || args.includes('--download');
	return ['video', ...args, ...(waits && !args.includes('--interval') ? ['--interval', '100ms'] : [])];
}

/** The arguments of the command that a hint names, split as a shell does. */
export function commandInHint(hint: string | undefined): string[] {
	const command = /kling (video .*)$/.exec(hint ?? '')?.[1] ?? expect.fail(`no command in: ${hint}`);
	return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/**
 * A sandbox behind a proxy that causes mishaps, shared by the tests of a file; each test gets a new folder
 * with its own journal.
 */
export function useProxiedSandbox() {
	const fixture = {
		sandbox: undefined as unknown as Sandbox,
		proxy: undefined as unknown as MishapProxy,
		env: {} as Env,
		cwd: '',
		run: (...args: string[]) => succeeds(withFastPolling(args), {env: fixture.env, cwd: fixture.cwd}),
		/** In a process of its own, which starts at once: for lines that compete. */
		runAlone: (...args: string[]) =>
			succeeds(withFastPolling(args), {env: fixture.env, cwd: fixture.cwd, alone: true}),
		refused: (exit: number, ...args: string[]) =>
			fails(withFastPolling(args), exit, {env: fixture.env, cwd: fixture.cwd}),
		/** Number of POST requests received. */
		posts: () => fixture.proxy.seen.filter((line) => line.startsWith('POST')).length,
		/** Number of tasks in the sandbox under an external id. */
		async tasksNamed(externalId: string): Promise<number> {
			const {tasks} = await fixture.run('list', '--all', '-v');
			return (tasks as {external_task_id?: string}[]).filter((task) => task.external_task_id === externalId)
				.length;
		},
		/** Runs a command and sends it a signal as soon as `when` holds. */
		async interrupt(args: string[], signal: NodeJS.Signals, when: () => boolean) {
			const child = startKling(withFastPolling(args), {env: fixture.env, cwd: fixture.cwd});
			let stdout = '';
			let stderr = '';
			child.stdout?.on('data', (chunk: Buffer) => {
				stdout += chunk;
			});
			child.stderr?.on('data', (chunk: Buffer) => {
				stderr += chunk;
				if (when() && !child.killed) child.kill(signal);
			});
			const poll = setInterval(() => when() && !child.killed && child.kill(signal), 5);
			const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
			clearInterval(poll);
			return {code, killedBy, stdout, stderr};
		},
	};
	beforeAll(async () => {
		// A task takes about a second.
		fixture.sandbox = await startSandbox({speed: 100, slots: 100});
		fixture.proxy = await startProxy(fixture.sandbox.baseUrl);
	});
	beforeEach(() => {
		const {sandbox, proxy} = fixture;
		fixture.cwd = mkdtempSync(path.join(tmpdir(), 'kling-e2e-'));
		const data = path.join(fixture.cwd, 'data');
		mkdirSync(data);
		fixture.env = {...envOf(sandbox), KLING_BASE_URL: proxy.baseUrl, HOME: fixture.cwd, XDG_DATA_HOME: data};
		proxy.mishap = () => undefined;
		proxy.seen = [];
	});
	afterAll(async () => {
		await fixture.proxy.close();
		await fixture.sandbox.close();
	});
	return fixture;
}
