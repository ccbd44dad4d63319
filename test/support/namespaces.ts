import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync} from 'node:fs';
import {connect, createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';

/**
 * Addresses reserved for documentation. They are used only within the namespaces, because this machine may be
 * in such a network itself.
 */
const network = '192.0.2';
/** The namespace with the bridge and the connection to the outside. */
const cloud = 'klingfarm-cloud';

/** `ip` requires root. */
const [program = '', ...asRoot] =
	process.getuid?.() === 0 ? ['ip'] : ['sudo', '--non-interactive', '--preserve-env', 'ip'];

const ip = (...args: string[]) =>
	execFileSync(program, [...asRoot, ...args], {stdio: ['ignore', 'ignore', 'inherit']});

/**
 * Forwards ports of an address, each to a socket in a folder or to the same port of another address. Both
 * sides end together.
 */
const relay = `const {connect, createServer} = require('node:net');
const [, from, to, ...ports] = process.argv;
for (const port of ports) createServer((here) => {
	const there = to.startsWith('/') ? connect(to + '/' + port) : connect(Number(port), to);
	here.pipe(there).pipe(here);
	here.on('error', () => there.destroy());
	there.on('error', () => here.destroy());
}).listen(Number(port), from);`;

/**
 * Machines as network namespaces on one bridge: 192.0.2.1, 192.0.2.2 and so on. Each reaches this machine's
 * loopback ports as its own loopback over the bridge, so cutting a machine off also cuts those.
 */
export async function networkOf(machines: number, ports: readonly number[]) {
	const all = Array.from({length: machines}, (_, index) => index + 1);
	const name = (machine: number) => `klingfarm-m${machine}`;
	const link = (machine: number) => `link${machine}`;
	const remove = () => {
		for (const space of [...all.map(name), cloud]) {
			killAllIn(space);
			tryIp('netns', 'del', space);
		}
	};
	// Left over from a run that was killed.
	remove();
	const sockets = mkdtempSync(path.join(tmpdir(), 'farm-net-'));
	const servers = await Promise.all(ports.map((port) => forward(path.join(sockets, String(port)), port)));
	const children: ChildProcess[] = [];
	const relayIn = (space: string, from: string, to: string) => {
		const words = [process.execPath, '-e', relay, from, to, ...ports.map(String)];
		children.push(spawn(program, [...asRoot, 'netns', 'exec', space, ...words], {stdio: 'ignore'}));
	};
	ip('netns', 'add', cloud);
	ip('-n', cloud, 'link', 'add', 'bridge0', 'type', 'bridge');
	ip('-n', cloud, 'addr', 'add', `${network}.254/24`, 'dev', 'bridge0');
	ip('-n', cloud, 'link', 'set', 'bridge0', 'up');
	relayIn(cloud, `${network}.254`, sockets);
	for (const machine of all) {
		const [space, own] = [name(machine), link(machine)];
		ip('netns', 'add', space);
		ip('-n', cloud, 'link', 'add', own, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
		ip('-n', cloud, 'link', 'set', own, 'master', 'bridge0', 'up');
		ip('-n', space, 'addr', 'add', `${network}.${machine}/24`, 'dev', 'eth0');
		ip('-n', space, 'link', 'set', 'eth0', 'up');
		ip('-n', space, 'link', 'set', 'lo', 'up');
		relayIn(space, '127.0.0.1', `${network}.254`);
	}
	return {
		/** The words that run a program on a machine. */
		on: (machine: number) => [program, ...asRoot, 'netns', 'exec', name(machine)],
		cut: (machine: number) => ip('-n', cloud, 'link', 'set', link(machine), 'down'),
		join: (machine: number) => ip('-n', cloud, 'link', 'set', link(machine), 'up'),
		async stop() {
			for (const child of children) child.kill('SIGKILL');
			for (const server of servers) server.close();
			remove();
		},
	};
}

/**
 * Ends processes that a test started in a namespace without waiting for them, such as a background server.
 */
function killAllIn(space: string): void {
	const words = [program, ...asRoot, 'netns', 'pids', space];
	const {stdout, error} = spawnSync(words[0] ?? '', words.slice(1), {encoding: 'utf8'});
	if (error) throw new Error(`Networks need root or sudo: ${error.message}`);
	for (const pid of stdout.split('\n').filter(Boolean)) {
		const kill = program === 'ip' ? ['kill'] : [program, '--non-interactive', 'kill'];
		spawnSync(kill[0] ?? '', [...kill.slice(1), '-KILL', pid], {stdio: 'ignore'});
	}
}

function tryIp(...words: string[]): void {
	try {
		execFileSync(program, [...asRoot, ...words], {stdio: 'ignore'});
	} catch {
		// It did not exist.
	}
}

async function forward(socket: string, port: number): Promise<Server> {
	const server = createServer((here) => {
		const there = connect(port, '127.0.0.1');
		here.pipe(there).pipe(here);
		here.on('error', () => there.destroy());
		there.on('error', () => here.destroy());
	}).listen(socket);
	await once(server, 'listening');
	return server;
}
