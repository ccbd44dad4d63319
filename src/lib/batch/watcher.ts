import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {TaskName} from '../task-types/registry.js';
import {lookUpOne} from '../tasks/fetch-task.js';
import {requireSuccess} from '../tasks/results.js';
import type {Session} from '../tasks/task-context.js';

/** A task that is being waited for. */
interface Watched {
	id: string;
	type: TaskName;
	resolve: (task: Task) => void;
	reject: (error: unknown) => void;
}

export interface WatcherOptions {
	session: Pick<Session, 'client' | 'types' | 'api' | 'find' | 'clock' | 'signal'>;
	/** Milliseconds between two rounds. */
	intervalMs: number;
	/** Called with each state that was seen. */
	onTask: (type: TaskName, task: Task) => void;
	/** Called when Kling does not respond. */
	onTrouble: (error: KlingError, waitMs: number) => void;
}

/** For fewer tasks of a type than this, one request per task is as good as a page of the list. */
const many = 4;
/** A page is this much longer than the number of tasks, so that it includes them even if other tasks were made in between. */
const spare = 20;
const maxPageSize = 500;
/** Parallel requests. */
const concurrency = 4;
const maxWaitMs = 60_000;
/** Rounds in a row without any response before it gives up. */
const patience = 30;

/**
 * Waits for many tasks with few requests: one page of the list covers all tasks of a type. Tasks that are not on it are
 * looked up by their ids.
 */
export class Watcher {
	readonly #options: WatcherOptions;
	readonly #watched = new Map<string, Watched>();
	readonly #closed = new AbortController();
	/** Aborted by Ctrl-C, or at the end of the run. */
	readonly #signal: AbortSignal;
	#isRunning = false;
	#failures = 0;

	constructor(options: WatcherOptions) {
		this.#options = options;
		this.#signal = AbortSignal.any([options.session.signal, this.#closed.signal]);
	}

	/** Silently gives up everything that is still being waited for. */
	close(): void {
		this.#watched.clear();
		this.#closed.abort(new KlingError('interrupted', 'The run has ended'));
	}

	/**
	 * Resolves when the task has succeeded.
	 * @throws KlingError `task_failed`, `content_policy`; errors of a lookup that waiting cannot cure
	 */
	async wait(type: TaskName, id: string): Promise<Task> {
		const task = await new Promise<Task>((resolve, reject) => {
			this.#watched.set(id, {id, type, resolve, reject});
			if (!this.#isRunning) void this.#run();
		});
		requireSuccess(task);
		return task;
	}

	async #run(): Promise<void> {
		const {intervalMs, session} = this.#options;
		const {clock} = session;
		this.#isRunning = true;
		try {
			while (this.#watched.size > 0) {
				const wait = Math.max(
					intervalMs,
					this.#failures === 0 ? 0 : Math.min(maxWaitMs, 1000 * 2 ** this.#failures),
				);
				await clock.sleep(wait, this.#signal);
				await this.#round();
			}
		} catch (error) {
			const all = [...this.#watched.values()];
			this.#watched.clear();
			for (const {reject} of all) reject(error);
		} finally {
			this.#isRunning = false;
		}
	}

	async #round(): Promise<void> {
		const all = [...this.#watched.values()];
		const types = new Set(all.map(({type}) => type));
		const rounds = [...types].map((type) =>
			this.#roundOf(
				type,
				all.filter((one) => one.type === type),
			),
		);
		const answers = await Promise.all(rounds);
		const failed = answers.find((error) => error !== undefined);
		if (failed === undefined) this.#failures = 0;
		else if (++this.#failures >= patience) throw failed;
		else this.#options.onTrouble(failed, Math.min(maxWaitMs, 1000 * 2 ** this.#failures));
	}

	/** @returns why Kling did not respond, if it did not */
	async #roundOf(type: TaskName, watched: readonly Watched[]): Promise<KlingError | undefined> {
		let trouble: KlingError | undefined;
		const note = (error: unknown) => {
			if (!(error instanceof KlingError) || !error.retryable || this.#signal.aborted) throw error;
			trouble = error;
		};
		const listed = watched.length >= many ? await this.#list(type, watched.length).catch(note) : undefined;
		if (trouble) return trouble;
		const missing = watched.filter(({id}) => !this.#see(type, listed?.get(id)));
		for (let at = 0; at < missing.length; at += concurrency) {
			await Promise.all(missing.slice(at, at + concurrency).map((one) => this.#ask(one).catch(note)));
		}
		return trouble;
	}

	async #list(type: TaskName, count: number): Promise<Map<string, Task>> {
		const {api, client, find, types} = this.#options.session;
		// Lookups share their requests, and find tasks that may be missing from the list of a type.
		const {v1, lookup} = types.info(type).paths;
		if ((find && api.choice !== 'v1') || lookup !== undefined) return new Map();
		const size = Math.min(maxPageSize, count * 2 + spare);
		const tasks = await client.listTasks(v1, {number: 1, size});
		return new Map(tasks.map((task) => [task.id, task]));
	}

	async #ask({id, type}: Watched): Promise<void> {
		const {session} = this.#options;
		try {
			this.#see(type, await lookUpOne(session)({id, type}, this.#signal));
		} catch (error) {
			if (!(error instanceof KlingError) || error.retryable || this.#signal.aborted) throw error;
			this.#watched.get(id)?.reject(error);
			this.#watched.delete(id);
		}
	}

	/** @returns whether there was a task */
	#see(type: TaskName, task: Task | undefined): boolean {
		if (task === undefined) return false;
		this.#options.onTask(type, task);
		if (task.status === 'succeed' || task.status === 'failed') {
			this.#watched.get(task.id)?.resolve(task);
			this.#watched.delete(task.id);
		}
		return true;
	}
}
