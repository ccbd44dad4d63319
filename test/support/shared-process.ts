import {type ChildProcess, fork} from 'node:child_process';
import type {Socket} from 'node:net';
import path from 'node:path';

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

/** What Node and packages read when they are loaded, and not again. */
const lasting = /^(COLUMNS|NO_COLOR|FORCE_COLOR|TERM|CI|DEBUG|TZ|LANG|LC_\w+|(NODE|UV|SSL|OPENSSL)_\w+)$/;

/** How long a command line waits for a process: most are free again sooner than another one could start. */
const patienceMs = 300;

/** The processes of one environment. */
interface Pool {
	/** Command lines that wait for a process. */
	waiting: ((child: ChildProcess) => void)[];
	count: number;
}
const pools = new Map<string, Pool>();

/** Processes with nothing to do, the last used one last. They end with the worker. */
const idle: {child: ChildProcess; pool: Pool}[] = [];
/** How many of them are kept: each takes as much memory as the program, and a worker needs few at a time. */
const mostIdle = 4;

/**
 * Runs a command line in a process that has run others and will run more. Each runs one at a time: command lines that
 * take long have a process each.
 */
export async function runShared(job: Job): Promise<Ended> {
	const key = JSON.stringify(Object.entries(job.env).filter(([name]) => lasting.test(name)));
	const pool = pools.get(key) ?? {waiting: [], count: 0};
	pools.set(key, pool);
	const child = await take(pool, job.env);
	let isLast = true;
	try {
		const ended = await runIn(child, job);
		({isLast} = ended);
		return ended;
	} finally {
		if (isLast) pool.count -= 1;
		else giveBack(child, pool);
	}
}

/** A free process, or a new one if there is none for a moment. */
function take(pool: Pool, env: Env): ChildProcess | Promise<ChildProcess> {
	const at = idle.findLastIndex((one) => one.pool === pool);
	const [free] = at < 0 ? [] : idle.splice(at, 1);
	if (free) return free.child;
	pool.count += 1;
	if (pool.count === 1) return start(env);
	return new Promise((resolve) => {
		const late = setTimeout(() => {
			pool.waiting.splice(pool.waiting.indexOf(got), 1);
			resolve(start(env));
		}, patienceMs);
		const got = (free: ChildProcess) => {
			clearTimeout(late);
			pool.count -= 1;
			resolve(free);
		};
		pool.waiting.push(got);
	});
}

function giveBack(child: ChildProcess, pool: Pool): void {
	const next = pool.waiting.shift();
	if (next) {
		next(child);
		return;
	}
	idle.push({child, pool});
	const oldest = idle.length > mostIdle && idle.shift();
	if (!oldest) return;
	oldest.pool.count -= 1;
	// It then ends.
	oldest.child.disconnect();
}

async function runIn(child: ChildProcess, job: Job): Promise<Ended> {
	child.ref();
	child.channel?.ref();
	try {
		return await new Promise<Ended>((resolve, reject) => {
			const fail = () =>
				reject(new Error(`The process ended instead of running kling ${job.args.join(' ')}`));
			child.once('exit', fail);
			child.once('message', (message) => {
				child.off('exit', fail);
				resolve(message as Ended);
			});
			child.send(job);
		});
	} finally {
		child.unref();
		child.channel?.unref();
	}
}

function start(env: Env): ChildProcess {
	const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const;
	const child = fork(script, {env: env as NodeJS.ProcessEnv, execArgv: [], stdio: [...stdio]});
	// Nothing comes out of them, and they keep no worker alive.
	for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref();
	return child;
}
