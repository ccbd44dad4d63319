import {type ChildProcess, spawn} from 'node:child_process';

interface ShellOptions {
	env?: NodeJS.ProcessEnv;
	/** For stdin; left out, stdin is empty. */
	input?: string;
	/** Milliseconds after which the command is ended; left out, it may run for ever. */
	timeoutMs?: number | undefined;
	/** Ends the command. */
	signal?: AbortSignal | undefined;
	/** Whether Ctrl-C ends the command, and this program continues. */
	endsWithCtrlC?: boolean;
}

/** How a command has ended. */
export interface ShellRun {
	/** Its exit status; null if it could not be started, or was ended by a signal. */
	exit: number | null;
	/** Whether its time was up. */
	timedOut: boolean;
}

/** Windows has no groups of processes that a signal reaches. */
const hasGroups = process.platform !== 'win32';

/** Milliseconds that a command has to end by itself once it was asked to, and between two checks whether it has. */
const graceMs = 2000;
const checkMs = 50;

/**
 * Runs a command line of the user in a shell. Nothing is ever put into it: what it is about comes in the environment or on stdin.
 * What it prints goes to stderr, so that it is never among documents. It has a group of processes of its own: Ctrl-C in the terminal
 * does not reach it, and whatever ends it also ends what it has started. It never outlives this program.
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
	// It may end without reading.
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

/** Listens for all that ends a command. @returns what stops listening */
function hook(
	child: ChildProcess,
	end: () => void,
	{signal, endsWithCtrlC}: Pick<ShellOptions, 'signal' | 'endsWithCtrlC'>,
): () => void {
	const leave = () => signalAll(child, 'SIGKILL');
	const hangUp = () => {
		leave();
		// A listener keeps Node from ending.
		process.kill(process.pid, 'SIGHUP');
	};
	const ctrlC = endsWithCtrlC ? (['SIGINT', 'SIGTERM'] as const) : [];
	// Whoever ignores a hang-up listens already.
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

/** Asks a command and what it has started to end, and ends them if they do not. */
async function endAll(child: ChildProcess): Promise<void> {
	signalAll(child, 'SIGTERM');
	for (let waited = 0; waited < graceMs && signalAll(child, 0); waited += checkMs)
		await new Promise((resolve) => setTimeout(resolve, checkMs));
	signalAll(child, 'SIGKILL');
}

/** @returns whether there was something that could get it */
function signalAll(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
	if (child.pid === undefined) return false;
	try {
		return hasGroups ? process.kill(-child.pid, signal) : child.kill(signal);
	} catch {
		// It has ended meanwhile.
		return false;
	}
}
