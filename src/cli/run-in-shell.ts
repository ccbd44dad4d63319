import {type ChildProcess, spawn} from 'node:child_process';

interface ShellOptions {
	env?: NodeJS.ProcessEnv;
	/** For stdin; left out, stdin is empty. */
	input?: string;
	/**
	 * Ends the command and what it has started. With it, Ctrl-C in the terminal does not reach the command: whoever gives the signal
	 * decides what becomes of work that has begun.
	 */
	signal?: AbortSignal;
}

/** Windows has no groups of processes that a signal reaches. */
const hasGroups = process.platform !== 'win32';

/**
 * Runs a command line of the user in a shell. Nothing is ever put into it: what it is about comes in the environment or on stdin.
 * What it prints goes to stderr, so that it is never among documents.
 * @returns its exit status; null where it could not be started, or was ended by a signal
 */
export function runInShell(
	command: string,
	{env = process.env, input, signal}: ShellOptions,
): Promise<number | null> {
	return new Promise((resolve) => {
		const child = spawn(command, {
			shell: true,
			stdio: [input === undefined ? 'ignore' : 'pipe', process.stderr, process.stderr],
			env,
			detached: signal !== undefined && hasGroups,
		});
		const end = () => endAll(child);
		signal?.addEventListener('abort', end, {once: true});
		const done = (code: number | null) => {
			signal?.removeEventListener('abort', end);
			resolve(code);
		};
		child.on('error', () => done(null));
		child.on('close', done);
		// It may end without reading.
		child.stdin?.on('error', () => {}).end(input);
	});
}

function endAll(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		if (hasGroups) process.kill(-child.pid, 'SIGTERM');
		else child.kill();
	} catch {
		// It has ended meanwhile.
	}
}
