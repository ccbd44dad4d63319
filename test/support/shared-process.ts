import {type ChildProcess, fork} from 'node:child_process';
import path from 'node:path';
import {closeAfterFile} from './after-file.js';

type Env = Record<string, string | undefined>;

interface Job {
	args: readonly string[];
	cwd: string;
	env: Env;
}

interface Ended {
	code: number;
	stdout: string;
	stderr: string;
	/** Whether the process has ended with the command. */
	isLast: boolean;
}

const script = path.join(import.meta.dirname, 'shared-process.cjs');

/** What packages read when they are loaded, and not again. */
const lasting = ['COLUMNS', 'NO_COLOR', 'FORCE_COLOR', 'TERM'];

/**
 * Runs command lines that need no process of their own, such as those that print help or refuse their input:
 * one after the other in one process for each width and colour, which ends with the tests of the file.
 */
export function runShared(job: Job): Promise<Ended> {
	const key = JSON.stringify(lasting.map((name) => job.env[name] ?? ''));
	const turn = (turns.get(key) ?? Promise.resolve()).then(() => runNext(key, job));
	turns.set(
		key,
		turn.catch(() => {}),
	);
	return turn;
}

/** By width and colour: the processes, and what the next command line has to wait for. */
const processes = new Map<string, ChildProcess>();
const turns = new Map<string, Promise<unknown>>();

async function runNext(key: string, job: Job): Promise<Ended> {
	const child = processes.get(key) ?? start(key, job.env);
	const ended = await new Promise<Ended>((resolve, reject) => {
		const fail = () => {
			processes.delete(key);
			reject(new Error(`The process ended instead of running kling ${job.args.join(' ')}`));
		};
		child.once('exit', fail);
		child.once('message', (message) => {
			child.off('exit', fail);
			resolve(message as Ended);
		});
		child.send(job);
	});
	if (ended.isLast) processes.delete(key);
	return ended;
}

function start(key: string, env: Env): ChildProcess {
	const child = fork(script, {
		env: env as NodeJS.ProcessEnv,
		execArgv: [],
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	});
	processes.set(key, child);
	closeAfterFile(() => {
		processes.delete(key);
		turns.delete(key);
		// Nothing in it is worth an end of its own.
		child.kill('SIGKILL');
	});
	return child;
}
