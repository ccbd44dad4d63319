import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterAll, afterEach} from 'vitest';
import type {Sandbox} from '../../src/sandbox/server.js';
import type {SandboxTask} from '../../src/sandbox/task.js';
import {root, runJs} from '../e2e/kling.js';
import {onceInRun} from './once-in-run.js';
import {watch} from './processes.js';
import {runShared} from './shared-process.js';

/** The source of the plugin, which has its own packages. */
const source = path.join(root, 'plugins', 'farm');

/**
 * Installs the plugin as packages are, with a manifest of its commands, and links it in a home.
 * @param folder gets the plugin and the home
 */
async function linkPlugin(folder: string): Promise<void> {
	const run = promisify(execFile);
	if (!existsSync(path.join(source, 'node_modules', 'bullmq')))
		await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {cwd: source});
	const [plugin, home] = [path.join(folder, 'kling-plugin-farm'), path.join(folder, 'home')];
	cpSync(source, plugin, {recursive: true, filter: (file) => !file.includes('node_modules', source.length)});
	const packages = path.join(plugin, 'node_modules');
	mkdirSync(packages);
	for (const name of readdirSync(path.join(source, 'node_modules')))
		symlinkSync(path.join(source, 'node_modules', name), path.join(packages, name));
	rmSync(path.join(packages, 'kling-cli'), {force: true});
	symlinkSync(root, path.join(packages, 'kling-cli'));
	const oclif = path.join(root, 'node_modules', 'oclif', 'bin', 'run.js');
	const env = {PATH: process.env.PATH, HOME: home, OCLIF_SKIP_NEW_VERSION_CHECK: 'true'};
	mkdirSync(home);
	await run(process.execPath, [oclif, 'manifest'], {cwd: plugin, env});
	await run(process.execPath, [runJs, 'plugins', 'link', '--no-install', plugin], {env});
}

/**
 * A home for each machine, with the plugin linked, and a shared folder to work in.
 * @returns the home of a machine by its name: `submit`, or that of a worker; and the cache of all of them
 */
async function farmHomes(): Promise<{homeOf: (machine: string) => string; cache: string; folder: string}> {
	const linked = path.join(await onceInRun('farm', linkPlugin), 'home');
	const top = mkdtempSync(path.join(tmpdir(), 'kling-farm-'));
	const folder = path.join(top, 'work');
	mkdirSync(folder);
	// What V8 has compiled of the program is the same on all machines.
	const cache = path.join(linked, '.cache');
	const homeOf = (machine: string) => {
		const own = path.join(top, machine);
		const isNew = (file: string) => file !== cache;
		if (!existsSync(own)) cpSync(linked, own, {recursive: true, verbatimSymlinks: true, filter: isNew});
		return own;
	};
	return {homeOf, cache, folder};
}

type Env = Record<string, string | undefined>;

/**
 * The machines of a test file: each has its own home, and all work in one folder. What still runs after a test is killed;
 * servers are closed after the file.
 */
export async function farmMachines() {
	const {homeOf, cache, folder} = await farmHomes();
	const children = new Set<ChildProcess>();
	const open: {stop?: () => Promise<void>; close?: () => Promise<void>}[] = [];
	const envOfMachine = ({MACHINE = 'submit', ...env}: Env) => ({
		PATH: process.env.PATH,
		TMPDIR: tmpdir(),
		HOME: homeOf(MACHINE),
		XDG_CACHE_HOME: cache,
		...env,
	});

	/** Starts a farm command on the machine that MACHINE names. */
	const start = (env: Env, ...args: string[]) => startAny(env, [process.execPath, runJs, 'farm', ...args]);

	/** Runs any program on a machine. */
	function startAny(env: Env, [program = '', ...args]: readonly string[]) {
		const child = spawn(program, args, {
			cwd: folder,
			env: envOfMachine(env),
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
			return withDocument(await start(env, ...args).ended());
		},
		/** Runs a command that does not wait, in the process that such commands share. */
		async brief(env: Env, ...args: string[]) {
			return withDocument(await runShared({args: ['farm', ...args], cwd: folder, env: envOfMachine(env)}));
		},
		/** Closes a server at the end. */
		keep<T extends {stop?: () => Promise<void>; close?: () => Promise<void>}>(one: T): T {
			open.push(one);
			return one;
		},
	};
}

function withDocument<T extends {stdout: string}>(ended: T) {
	return {...ended, document: JSON.parse(ended.stdout) as Record<string, unknown>};
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
