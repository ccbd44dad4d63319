import {type ChildProcess, spawn} from 'node:child_process';

interface ShellOptions {
	env?: NodeJS.ProcessEnv;
	/** Input on stdin. Default: empty. */
	input?: string;
	/** Milliseconds after which the command is ended. Default: none. */
	timeoutMs?: number | undefined;
	/** Ends the command. */
	signal?: AbortSignal | undefined;
	/** Whether Ctrl-C ends the command, and this program continues. */
	endsWithCtrlC?: boolean;
}

/** How a command ended. */
export interface ShellRun {
	/** Its exit status; null if it could not be started, or was ended by a signal. */
	exit: number | null;
	/** Whether it took too long. */
	timedOut: boolean;
}

/** Windows does not have process groups that can be signalled. */
const hasGroups = process.platform !== 'win32';

/** Milliseconds that a command has to end after SIGTERM, and between two checks that it has ended. */
const graceMs = 2000;
const checkMs = 50;

/**
 * Runs a user's command line in a shell. Nothing is ever inserted into it: data is passed in the environment or on stdin.
 * Its output goes to stderr, so that it never mixes with documents. It runs in a process group of its own: Ctrl-C in the terminal
 * does not reach it, and whatever ends it also ends its child processes. It never outlives this program.
 */
export async function runInShell(
	command: string,
	{env = process.env, input, timeoutMs, signal, endsWithCtrlC = false}: ShellOptions,
): Promise<ShellRun> {
	const child = spawn(command, {
		shell: true,
		stdio: [input === undefined ? 'ignore' : 'pipe', process.stderr, process.stderr],
		env,
		detached: hasGroups,
	});
	const closed = new Promise<number | null>((resolve) => {
		child.on('error', () => resolve(null));
		child.on('close', resolve);
	});
	// The command may end without reading.
	child.stdin?.on('error', () => {}).end(input);
	let timedOut = false;
	let ending: Promise<void> | undefined;
	const end = () => {
		ending ??= endAll(child);
	};
	const timeUp = () => {
		timedOut = true;
		end();
	};
	const timer = timeoutMs === undefined ? undefined : setTimeout(timeUp, timeoutMs);
	const unhook = hook(child, end, {signal, endsWithCtrlC});
	try {
		const exit = await closed;
		await ending;
		return {exit, timedOut};
	} finally {
		clearTimeout(timer);
		unhook();
	}
}

/**
 * Ends the command on the signal, on Ctrl-C, or when this program ends.
 * @returns a function that stops listening
 */
function hook(
	child: ChildProcess,
	end: () => void,
	{signal, endsWithCtrlC}: Pick<ShellOptions, 'signal' | 'endsWithCtrlC'>,
): () => void {
	const leave = () => signalAll(child, 'SIGKILL');
	const hangUp = () => {
		leave();
		// While there is a listener, the signal does not end Node.
		process.kill(process.pid, 'SIGHUP');
	};
	const ctrlC = endsWithCtrlC ? (['SIGINT', 'SIGTERM'] as const) : [];
	// A program that ignores hang-ups already has a listener.
	const isEndedByHangUp = hasGroups && process.listenerCount('SIGHUP') === 0;
	if (signal?.aborted) end();
	signal?.addEventListener('abort', end, {once: true});
	process.once('exit', leave);
	for (const name of ctrlC) process.on(name, end);
	if (isEndedByHangUp) process.once('SIGHUP', hangUp);
	return () => {
		signal?.removeEventListener('abort', end);
		process.off('exit', leave);
		for (const name of ctrlC) process.off(name, end);
		process.off('SIGHUP', hangUp);
	};
}

/** Asks the command and its child processes to end, and kills those that do not. */
async function endAll(child: ChildProcess): Promise<void> {
	signalAll(child, 'SIGTERM');
	for (let waited = 0; waited < graceMs && signalAll(child, 0); waited += checkMs)
		await new Promise((resolve) => setTimeout(resolve, checkMs));
	signalAll(child, 'SIGKILL');
}

/**
 * Sends a signal to the whole group.
 * @returns whether any process is left to receive it
 */
function signalAll(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
	if (child.pid === undefined) return false;
	try {
		return hasGroups ? process.kill(-child.pid, signal) : child.kill(signal);
	} catch {
		// It has ended in the meantime.
		return false;
	}
}
