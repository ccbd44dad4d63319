import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chownSync, mkdtempSync, readdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {onceInRun} from './once-in-run.js';
import {freePort, isOpen} from './processes.js';

/** A queue server for this test alone. */
export interface QueueServer {
	url: string;
	port: number;
	/** Stops or kills it, and restarts it on the same port with the same files. */
	restart(signal?: 'SIGKILL'): Promise<void>;
	stop(): Promise<void>;
}

/** Waits for at most a minute until something is so. */
export const until = async (isSo: () => Promise<boolean> | boolean) => {
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

/** Debian's programs of PostgreSQL, which refuse to run as root: then they run as another user. */
function postgresPrograms() {
	const versions = '/usr/lib/postgresql';
	const newest = readdirSync(versions)
		.sort((a, b) => Number(a) - Number(b))
		.at(-1);
	const bin = path.join(versions, newest ?? '', 'bin');
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], {encoding: 'utf8'}));
	const user = process.getuid?.() === 0 ? {uid: id('-u'), gid: id('-g')} : {};
	return {bin, user};
}

/** Debian's PostgreSQL on a free port, which flushes to disk as by default. All of a run begin with the same files. */
export async function startPostgres(): Promise<QueueServer> {
	const [port, folder] = [await freePort(), mkdtempSync(path.join(tmpdir(), 'farm-postgres-'))];
	const {bin, user} = postgresPrograms();
	const run = (program: string, ...args: string[]) =>
		execFileSync(path.join(bin, program), args, {cwd: folder, stdio: 'ignore', ...user});
	const empty = await onceInRun('postgres', (made) => {
		own(made);
		run('initdb', '-D', path.join(made, 'data'), '-U', 'kling', '-A', 'trust', '--no-sync');
	});
	const data = path.join(folder, 'data');
	execFileSync('cp', ['-a', path.join(empty, 'data'), data]);
	own(folder);
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

	function own(place: string): void {
		if (user.uid !== undefined) chownSync(place, user.uid, user.gid);
	}
}
