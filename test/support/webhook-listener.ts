import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {type Env, startKling} from '../e2e/kling.js';
import {closeAfterFile} from './after-file.js';

/** A line that `kling webhook listen` prints. */
type Line = Record<string, unknown> & {event?: string; error?: {code: string; message: string}};

export interface Listener {
	/** Its URL, with a slash at the end. */
	url: string;
	child: ChildProcess;
	lines: Line[];
	stderr: () => string;
	/** The lines of an event, once there are this many. */
	until(event: string, count?: number): Promise<Line[]>;
	/** Ends it with a signal, or waits for its end. Returns the exit status. */
	ended(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs `kling webhook listen` on a free port, until the tests of the file end. */
export async function startListener(env: Env, ...words: string[]): Promise<Listener> {
	const child = startKling(['webhook', 'listen', '--port', '0', ...words], {env});
	closeAfterFile(() => child.kill('SIGKILL'));
	const lines: Line[] = [];
	const waiting = new Set<() => void>();
	let stderr = '';
	const changed = () => {
		for (const check of waiting) check();
	};
	if (!child.stdout) throw new Error('There is no stdout');
	createInterface({input: child.stdout}).on('line', (line) => {
		lines.push(JSON.parse(line));
		changed();
	});
	child.stderr?.on('data', (chunk: Buffer) => {
		stderr += chunk.toString();
	});
	const closed = once(child, 'close').then(([code]) => code as number | null);
	const until = (event: string, count = 1) =>
		new Promise<Line[]>((resolve, reject) => {
			const check = () => {
				const found = lines.filter((line) => line.event === event);
				if (found.length < count) return;
				waiting.delete(check);
				resolve(found);
			};
			waiting.add(check);
			check();
			closed.then(() => reject(new Error(`It ended before ${count} ${event}: ${stderr}`)));
		});
	const [listening] = await until('listening');
	return {
		url: String(listening?.url),
		child,
		lines,
		stderr: () => stderr,
		until,
		async ended(signal) {
			if (signal) child.kill(signal);
			return closed;
		},
	};
}
