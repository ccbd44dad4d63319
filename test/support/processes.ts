import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {type AddressInfo, connect, createServer} from 'node:net';

export interface Ended {
	code: number | null;
	signal: NodeJS.Signals | null;
	stdout: string;
	stderr: string;
}

/** Collects the output of a process from now on. */
export function watch(child: ChildProcess) {
	const printed = {stdout: '', stderr: ''};
	child.stdout?.setEncoding('utf8').on('data', (text: string) => {
		printed.stdout += text;
	});
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		printed.stderr += text;
	});
	const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
	const until = async (name: 'stdout' | 'stderr', pattern: RegExp): Promise<string> => {
		while (!pattern.test(printed[name])) {
			const ended = await Promise.race([closed, once(child[name] ?? child, 'data').then(() => undefined)]);
			if (ended && !pattern.test(printed[name])) {
				throw new Error(`Ended with ${ended[0] ?? ended[1]} and printed ${JSON.stringify(printed)}`);
			}
		}
		return printed[name];
	};
	return {
		/** The output so far. */
		printed,
		/** Resolves when stdout matches; rejects when the process ends first. */
		prints: (pattern: RegExp) => until('stdout', pattern),
		/** Resolves when stderr matches; rejects when the process ends first. */
		says: (pattern: RegExp) => until('stderr', pattern),
		async ended(): Promise<Ended> {
			const [code, signal] = await closed;
			return {code, signal, ...printed};
		},
	};
}

/** Whether something accepts connections on a port. */
export function isOpen(port: number, host = '127.0.0.1'): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({port, host, timeout: 3000});
		const answer = (open: boolean) => {
			socket.destroy();
			resolve(open);
		};
		socket.once('connect', () => answer(true));
		socket.once('error', () => answer(false));
		socket.once('timeout', () => answer(false));
	});
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}
