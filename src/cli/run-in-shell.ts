import {type ChildProcess, spawn} from 'node:child_process';

interface ShellOptions {
	env?: NodeJS.ProcessEnv;
	/** Input on stdin. Default: empty. */
	input?: string;
	/**
	 * Ends the command and its child processes. With it, Ctrl-C in the terminal does not reach the command;
	 * the owner of the signal decides what happens to work that has begun.
	 */
	signal?: AbortSignal;
}

/** Windows does not have process groups that can be signalled. */
const hasGroups = process.platform !== 'win32';

/**
 * Runs a user's command line in a shell. Nothing is ever inserted into it: data is passed in the environment
 * or on stdin. Its output goes to stderr, so that it never mixes with documents.
 * @returns its exit status; null when it could not be started or was ended by a signal
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
		// The command may end without reading.
		child.stdin?.on('error', () => {}).end(input);
	});
}

function endAll(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		if (hasGroups) process.kill(-child.pid, 'SIGTERM');
		else child.kill();
	} catch {
		// It has ended in the meantime.
	}
}
