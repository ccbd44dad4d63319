import {spawn} from 'node:child_process';

/**
 * Runs a command line of the user in a shell. Nothing is ever put into it: what it is about comes in the environment or on stdin.
 * What it prints goes to stderr, so that it is never among documents.
 * @param input for stdin; left out, stdin is empty
 * @returns its exit status; null where it could not be started, or was ended by a signal
 */
export function runInShell(
	command: string,
	{env = process.env, input, signal}: {env?: NodeJS.ProcessEnv; input?: string; signal?: AbortSignal},
): Promise<number | null> {
	return new Promise((resolve) => {
		const child = spawn(command, {
			shell: true,
			stdio: [input === undefined ? 'ignore' : 'pipe', process.stderr, process.stderr],
			env,
			...(signal && {signal}),
		});
		child.on('error', () => resolve(null));
		child.on('close', (code) => resolve(code));
		// It may end without reading.
		child.stdin?.on('error', () => {}).end(input);
	});
}
