import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import {fetchTask} from '../tasks/fetch-task.js';
import type {Session} from '../tasks/task-context.js';
import {BatchSteps} from './batch-steps.js';
import {contentOf, placeholderResult} from './external-id.js';
import {renderValues} from './job.js';
import {areFilesInPlace, type KnownTask, readKnownTasks} from './known-tasks.js';
import type {PlannedJob} from './planned-job.js';
import {type PortableJob, unpackJob} from './portable-job.js';
import type {RequestCheck} from './request-check.js';
import type {NewLine, StateLine} from './state-file.js';
import {Watcher} from './watcher.js';

export interface JobRunnerOptions {
	session: Session;
	check: RequestCheck;
	/** Absolute path of the folder that names of input files are relative to. */
	folder: string;
	/** Absolute path of the folder that files are saved to. */
	output: string;
	/** Milliseconds between two rounds of polling. */
	intervalMs: number;
	/** The file extension for each type. */
	extensionOf: (type: string) => string;
	/** Called when Kling does not respond and polling waits. */
	onTrouble: (error: KlingError, waitMs: number) => void;
}

/** The outcome of a job that another one needs. */
export interface NeededJob {
	job: PortableJob;
	lines: readonly StateLine[];
}

/** What is known about a job before a step is taken. */
export interface JobHistory {
	/** What has happened to it so far, on any machine. */
	lines: readonly StateLine[];
	needs: readonly NeededJob[];
	/**
	 * Whether another machine may have submitted it without writing a line: it is looked up before it is
	 * submitted.
	 */
	mayExist: boolean;
	/** Called with each new line. */
	add: (line: StateLine) => void;
}

/** The steps in the life of one task. Each throws a KlingError if it fails, and can be repeated. */
export interface JobSteps {
	/** Whether its files are in place, so that nothing is left to do. */
	isDone: boolean;
	/** Submits the task, which **costs the user**, unless it is known to exist. */
	submit(): Promise<void>;
	/** Waits until the task has succeeded. */
	follow(): Promise<Task>;
	/** Downloads and verifies its files. */
	save(): Promise<readonly string[]>;
}

/**
 * Runs single jobs of batches for a program that decides itself which one is next; all jobs share the
 * polling.
 */
export class JobRunner {
	readonly #options: JobRunnerOptions;
	readonly #watcher: Watcher;

	constructor(options: JobRunnerOptions) {
		this.#options = options;
		const {session, intervalMs, onTrouble} = options;
		this.#watcher = new Watcher({
			session,
			intervalMs,
			onTask: (type, task) => void session.journal.saw(type, task),
			onTrouble,
		});
	}

	/** Stops polling; pending waits end with `interrupted`. */
	close(): void {
		this.#watcher.close();
	}

	/** @throws KlingError `invalid_manifest` for a file outside the folder */
	steps(carried: PortableJob, history: JobHistory): JobSteps {
		const {session, check, folder, output} = this.#options;
		const known = this.#knownOf(carried, history.lines);
		const job = this.#jobOf(carried, history.lines);
		const now = () => new Date(session.clock.now()).toISOString();
		const work = new BatchSteps({
			session,
			check,
			batch: carried.batch,
			folder,
			stateFolder: output,
			jobs: [job, ...history.needs.map((need) => this.#jobOf(need.job, need.lines))],
			state: {add: (line: NewLine) => history.add({at: now(), ...line}), close: () => {}},
			watcher: this.#watcher,
		});
		return {
			isDone: known !== undefined && known.status === 'succeeded' && areFilesInPlace(known),
			submit: async () => {
				if (known?.taskId !== undefined) return;
				const taskId = history.mayExist ? await this.#findTask(carried) : undefined;
				if (taskId !== undefined) {
					work.adopt(job, taskId);
					return;
				}
				await this.#checkContent(carried, job, history.needs);
				await work.submit(job);
			},
			follow: async () => {
				await work.follow(job);
				const {task} = work.taskOf(job);
				if (task) return task;
				throw new KlingError('internal_error', `The outcome of ${carried.key} is unknown`);
			},
			save: async () => {
				await work.save(job);
				return work.filesOf(job);
			},
		};
	}

	#knownOf({externalId}: PortableJob, lines: readonly StateLine[]): KnownTask | undefined {
		return readKnownTasks(lines, this.#options.output).tasks.get(externalId);
	}

	#jobOf(carried: PortableJob, lines: readonly StateLine[]): PlannedJob {
		const {output, extensionOf} = this.#options;
		return {
			...unpackJob(carried, output, extensionOf(carried.shot.type)),
			known: this.#knownOf(carried, lines),
		};
	}

	/**
	 * The id of the task that Kling has under the job's external id, if there is one, so that nothing has
	 * to be submitted.
	 */
	async #findTask({externalId, shot}: PortableJob): Promise<string | undefined> {
		const {session} = this.#options;
		return fetchTask(session, {id: externalId, type: shot.type}).then(
			({id}) => id,
			(error: unknown) => {
				if (error instanceof KlingError && error.code === 'task_not_found') return undefined;
				throw error;
			},
		);
	}

	/**
	 * Checks that this machine would send what was planned: its input files may be missing or different.
	 * @throws KlingError `conflicting_input`, and the command's own errors for a missing file
	 */
	async #checkContent(carried: PortableJob, job: PlannedJob, needs: readonly NeededJob[]): Promise<void> {
		const {check, folder} = this.#options;
		const ids = new Map(needs.map((need) => [need.job.key, need.job.id]));
		const values = renderValues(job, (link) => placeholderResult(link, ids.get(link.from) ?? link.from));
		const {body} = await check.check(job.shot.type, values, folder);
		if (contentOf(job.shot.type, values, {body}) === carried.content) return;
		throw new KlingError(
			'conflicting_input',
			`What ${carried.key} would send from ${folder} is not what was planned: an input file differs`,
			{hint: 'Nothing was submitted. Name the folder of the list as this machine sees it with --folder.'},
		);
	}
}
