import {type ChildProcess, spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import pLimit from 'p-limit';
import {KlingError} from '../errors/kling-error.js';
import {systemCode} from '../fs/file-errors.js';

/** How to start this program again. */
export interface ProgramStart {
	/** The words before those of the command: Node and the script. */
	program: readonly [string, ...string[]];
	/** The folder it runs in. */
	folder: string;
	env: NodeJS.ProcessEnv;
	/** Receives the lines about single requests, with --debug. */
	onDebugLine?: ((line: string) => void) | undefined;
}

export interface RunOptions {
	/** Ends it, as `ending` allows. */
	signal?: AbortSignal | undefined;
	/**
	 * How it may be ended: `at-once`; `asked`, which lets it complete its requests; or `never`, for commands that submit, so
	 * that no response is lost even if the client goes.
	 */
	ending?: Ending;
	/** Milliseconds after which it is asked to end. */
	timeoutMs?: number | undefined;
	/** Milliseconds to wait for its turn while many others run; left out, as long as it takes. */
	queueMs?: number | undefined;
	/** Gets each other line that it says beside its document. */
	onLine?: ((line: string) => void) | undefined;
}

type Ending = 'at-once' | 'asked' | 'never';

/** How a run ended. */
export interface ProgramResult {
	/** The document that it printed; undefined if it printed none. */
	document: Record<string, unknown> | undefined;
	/** Whether it was asked to end, because the time was up or the caller has gone. */
	stopped: boolean;
}

/** Maximum size of a document in bytes; none of ours comes close. */
const maxBytes = 16 << 20;

/**
 * How many programs may run at once that only read, and that submit: each is a process of some 60 MB. Others wait for their
 * turn.
 */
const maxAtOnce = {reading: 24, submitting: 8};

/** Milliseconds that a program has to end by itself after it was asked to. */
const patienceMs = 10_000;

/** Runs this program's commands as separate processes, each with its own exit status, signals, locks and memory. */
export class Programs {
	readonly #running = new Map<Promise<ProgramResult>, {child: ChildProcess; ending: Ending}>();
	readonly #reading = pLimit(maxAtOnce.reading);
	readonly #submitting = pLimit(maxAtOnce.submitting);
	#ended = false;

	constructor(private readonly place: ProgramStart) {}

	/**
	 * Runs a command, without a shell.
	 * @param words after `kling`
	 * @throws KlingError `command_not_started`, `invalid_argument` for an argument that cannot be passed to a process
	 */
	async run(words: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
		if (words.some((word) => word.includes('\0'))) {
			throw new KlingError('invalid_argument', 'An argument holds a NUL character', {
				hint: 'Leave the NUL character (\\u0000) out of the text.',
			});
		}
		const limit = options.ending === 'never' ? this.#submitting : this.#reading;
		// A batch runs for hours, and is one at a time for each list.
		if (options.ending === 'asked') return this.#run(words, options);
		return inTime(options.queueMs, (begin) => limit(() => begin(() => this.#run(words, options))));
	}

	async #run(words: readonly string[], options: RunOptions): Promise<ProgramResult> {
		const {ending = 'at-once', signal} = options;
		signal?.throwIfAborted();
		if (this.#ended) throw new KlingError('terminated', 'The server is ending');
		const child = this.#start(words, ending);
		const ran = followed(child, {...options, onLine: (line) => this.#said(line, options)});
		this.#running.set(ran, {child, ending});
		try {
			return await ran;
		} finally {
			this.#running.delete(ran);
		}
	}

	/** Ends what only waits or downloads, and resolves when everything that submits has ended by itself. */
	async end(): Promise<void> {
		this.#ended = true;
		for (const {child, ending} of this.#running.values()) stop(child, ending);
		await Promise.allSettled(this.#running.keys());
	}

	#said(line: string, {onLine}: RunOptions): void {
		if (line.startsWith('debug:')) this.place.onDebugLine?.(line);
		else onLine?.(line);
	}

	#start(words: readonly string[], ending: Ending): ChildProcess {
		const {program, folder, env} = this.place;
		const [file, ...args] = program;
		try {
			return spawn(file, [...args, ...words], {
				cwd: folder,
				env,
				stdio: ['ignore', 'pipe', 'pipe'],
				// A signal to the whole group, as a terminal sends it, must not reach a submission.
				detached: ending !== 'at-once',
				windowsHide: true,
			});
		} catch (cause) {
			throw notStarted(cause);
		}
	}
}

/**
 * Runs work that waits for its turn.
 * @param queue gets what begins the work, unless the time is up by then
 * @throws KlingError `wait_timeout` when it could not begin in time
 */
function inTime(
	ms: number | undefined,
	queue: (begin: (work: () => Promise<ProgramResult>) => Promise<ProgramResult>) => Promise<ProgramResult>,
): Promise<ProgramResult> {
	if (ms === undefined) return queue((work) => work());
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(tooBusy()), ms);
	});
	let isLate = false;
	late.catch(() => {
		isLate = true;
	});
	const done = queue(async (work) => {
		if (isLate) throw tooBusy();
		clearTimeout(timer);
		return work();
	});
	return Promise.race([done, late]);
}

const tooBusy = () =>
	new KlingError('wait_timeout', `${maxAtOnce.reading} other calls were running, so this one did not begin`, {
		retryable: true,
		hint: 'Nothing is wrong with the task: call the tool again.',
	});

/** Codes of a machine that has no room for another process just now. */
const shortages: ReadonlySet<unknown> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);

function notStarted(cause: unknown): KlingError {
	const isShort = shortages.has(systemCode(cause));
	const hint = isShort
		? 'The machine is short of processes, memory or open files: call the tool again in a moment.'
		: 'If an argument is very long, shorten it, or give a file instead.';
	const said = cause instanceof Error ? cause.message : cause;
	return new KlingError('command_not_started', `kling cannot be run: ${said}`, {
		retryable: isShort,
		hint,
		cause,
	});
}

function stop(child: ChildProcess, ending: Ending): void {
	if (ending !== 'never') child.kill('SIGTERM');
	if (ending !== 'at-once') return;
	const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs).unref();
	child.once('close', () => clearTimeout(timer));
}

/** Resolves when a program has ended. */
function followed(
	child: ChildProcess,
	{signal, ending = 'at-once', timeoutMs, onLine}: RunOptions,
): Promise<ProgramResult> {
	let stopped = false;
	const end = () => {
		stopped = true;
		stop(child, ending);
	};
	signal?.addEventListener('abort', end, {once: true});
	const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
	const chunks: Buffer[] = [];
	let bytes = 0;
	child.stdout?.on('data', (chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes <= maxBytes) chunks.push(chunk);
	});
	if (child.stderr) createInterface({input: child.stderr}).on('line', (line) => onLine?.(line));
	return new Promise<ProgramResult>((resolve, reject) => {
		child.once('error', (error) => reject(notStarted(error)));
		child.once('close', () => resolve({document: documentOf(Buffer.concat(chunks).toString()), stopped}));
	}).finally(() => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', end);
	});
}

function documentOf(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
