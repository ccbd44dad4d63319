import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach} from 'vitest';
import type {Sandbox} from '../../src/sandbox/server.js';
import type {SandboxTask} from '../../src/sandbox/task.js';
import {root, runJs} from '../e2e/kling.js';
import {freePort, isOpen, watch} from './processes.js';

/** The plugin, which has its own packages. */
const plugin = path.join(root, 'plugins', 'farm');

/** A queue server for this test alone. */
export interface QueueServer {
	url: string;
	port: number;
	/** Stops or kills it, and restarts it on the same port with the same files. */
	restart(signal?: 'SIGKILL'): Promise<void>;
	stop(): Promise<void>;
}

const until = async (isSo: () => Promise<boolean> | boolean) => {
	const late = Date.now() + 60_000;
	while (!(await isSo())) {
		if (Date.now() > late) throw new Error('It did not come to pass within a minute');
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
};

async function serve(port: number, start: () => ChildProcess, end: NodeJS.Signals, url: string) {
	let child = start();
	await until(() => isOpen(port));
	const stop = async (signal = end) => {
		const closed = once(child, 'close');
		child.kill(signal);
		await closed;
	};
	return {
		url,
		port,
		stop: () => stop(),
		restart: async (signal?: 'SIGKILL') => {
			await stop(signal);
			child = start();
			await until(() => {
				// PostgreSQL exits at once while processes of the killed server still exist.
				if (child.exitCode !== null) child = start();
				return isOpen(port);
			});
		},
	};
}

/**
 * Starts Debian's redis-server on a free port.
 * @param keeps whether its data survives a restart
 */
export async function startRedis(keeps: boolean): Promise<QueueServer> {
	const [port, folder] = [await freePort(), mkdtempSync(path.join(tmpdir(), 'farm-redis-'))];
	const words = ['redis-server', '--port', String(port), '--dir', folder, '--save', ''];
	words.push('--appendonly', keeps ? 'yes' : 'no', '--bind', '0.0.0.0', '--protected-mode', 'no');
	const [program = '', ...args] = words;
	const start = () => spawn(program, args, {stdio: 'ignore'});
	return serve(port, start, 'SIGTERM', `redis://127.0.0.1:${port}`);
}

/** Debian's PostgreSQL on a free port, which flushes to disk as by default. It refuses to run as root. */
export async function startPostgres(): Promise<QueueServer> {
	const [port, folder] = [await freePort(), mkdtempSync(path.join(tmpdir(), 'farm-postgres-'))];
	const versions = '/usr/lib/postgresql';
	const newest = readdirSync(versions)
		.sort((a, b) => Number(a) - Number(b))
		.at(-1);
	const bin = path.join(versions, newest ?? '', 'bin');
	// Runs as another user when this one is root.
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], {encoding: 'utf8'}));
	const user = process.getuid?.() === 0 ? {uid: id('-u'), gid: id('-g')} : {};
	if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
	const run = (program: string, ...args: string[]) =>
		execFileSync(path.join(bin, program), args, {cwd: folder, stdio: 'ignore', ...user});
	const data = path.join(folder, 'data');
	run('initdb', '-D', data, '-U', 'kling', '-A', 'trust', '--no-sync');
	const where = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
	const settings = ['-c', 'max_connections=200'];
	const start = () =>
		spawn(path.join(bin, 'postgres'), [...where, ...settings], {cwd: folder, stdio: 'ignore', ...user});
	const url = `postgres://kling@127.0.0.1:${port}/postgres`;
	const server = await serve(port, start, 'SIGINT', url);
	await until(() => {
		try {
			run('psql', url, '-c', 'SELECT 1');
			return true;
		} catch {
			return false;
		}
	});
	return server;
}

/**
 * A home for each machine, with the plugin linked, and a shared folder to work in.
 * @returns the home of a machine by its name: `submit`, or that of a worker; and the cache of all of them
 */
function farmHomes(): {homeOf: (machine: string) => string; cache: string; folder: string} {
	const top = mkdtempSync(path.join(tmpdir(), 'kling-farm-'));
	const home = path.join(top, 'submit');
	mkdirSync(home);
	const env = {PATH: process.env.PATH, HOME: home};
	if (!existsSync(path.join(plugin, 'node_modules', 'bullmq'))) {
		execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
			cwd: plugin,
			stdio: 'ignore',
		});
	}
	execFileSync(process.execPath, [runJs, 'plugins', 'link', '--no-install', plugin], {env, stdio: 'ignore'});
	const folder = path.join(top, 'work');
	mkdirSync(folder);
	const linked = path.join(top, 'linked');
	cpSync(home, linked, {recursive: true, verbatimSymlinks: true});
	// What V8 has compiled of the program is the same on all machines.
	const cache = path.join(linked, '.cache');
	const homeOf = (machine: string) => {
		const own = path.join(top, machine);
		if (!existsSync(own)) cpSync(linked, own, {recursive: true, verbatimSymlinks: true});
		return own;
	};
	return {homeOf, cache, folder};
}

type Env = Record<string, string | undefined>;

/**
 * The machines of a test file: each has its own home, and all work in one folder. What still runs after a test is killed;
 * servers are closed after the file.
 */
export function farmMachines() {
	const {homeOf, cache, folder} = farmHomes();
	const children = new Set<ChildProcess>();
	const open: {stop?: () => Promise<void>; close?: () => Promise<void>}[] = [];

	/** Starts a farm command on the machine that MACHINE names. */
	const start = (env: Env, ...args: string[]) => startAny(env, [process.execPath, runJs, 'farm', ...args]);

	/** Runs any program on a machine. */
	function startAny({MACHINE = 'submit', ...env}: Env, [program = '', ...args]: readonly string[]) {
		const child = spawn(program, args, {
			cwd: folder,
			env: {PATH: process.env.PATH, HOME: homeOf(MACHINE), XDG_CACHE_HOME: cache, ...env},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		children.add(child);
		child.once('close', () => children.delete(child));
		return {child, ...watch(child)};
	}
	afterEach(() => {
		for (const child of children) child.kill('SIGKILL');
		children.clear();
	});
	afterAll(async () => {
		await Promise.all(open.map((one) => one.stop?.() ?? one.close?.()));
	});
	return {
		folder,
		start,
		startAny,
		/** Runs a command, and returns its document. */
		async farm(env: Env, ...args: string[]) {
			const {code, stdout, stderr} = await start(env, ...args).ended();
			const document = JSON.parse(stdout) as Record<string, unknown>;
			return {code, stdout, stderr, document};
		},
		/** Closes a server at the end. */
		keep<T extends {stop?: () => Promise<void>; close?: () => Promise<void>}>(one: T): T {
			open.push(one);
			return one;
		},
	};
}

/** A worker that polls and takes over as fast as the sandbox makes clips. */
export const quick = ['--interval', '300ms', '--takeover', '2s'];

/** Writes a manifest with this many shots. */
export function writeShots(folder: string, count: number, name = 'shots', prompt = 'shot'): string {
	const rows = Array.from({length: count}, (_, index) => `s${index + 1},${prompt} ${index + 1},5`);
	const file = path.join(folder, `${name}.csv`);
	writeFileSync(file, `id,prompt,duration\n${rows.join('\n')}\n`);
	return file;
}

/** Tasks that were submitted to a sandbox, without its built-in ones. */
export const submitted = (sandbox: Pick<Sandbox, 'tasks'>): SandboxTask[] =>
	sandbox.tasks().filter(({seed}) => !seed);

/** The most tasks that ever ran at the same time. */
export function maxAtOnce(tasks: readonly SandboxTask[]): number {
	const changes = tasks.flatMap(({createdAt, endsAt}) => [
		{at: createdAt, by: 1},
		{at: endsAt, by: -1},
	]);
	changes.sort((a, b) => a.at - b.at || a.by - b.by);
	let running = 0;
	return Math.max(0, ...changes.map(({by}) => (running += by)));
}

/** Files of a kind below a folder. */
export const filesIn = (folder: string, ext = '.mp4'): string[] =>
	readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith(ext));

export {until};
