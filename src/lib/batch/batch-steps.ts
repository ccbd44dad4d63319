import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Task} from '../api/task.js';
import {definedOnly, KlingError} from '../errors/kling-error.js';
import {createDestinations} from '../tasks/destinations.js';
import {saveResults} from '../tasks/save-results.js';
import {submitTask} from '../tasks/submit.js';
import type {Session} from '../tasks/task-context.js';
import {releaseFiles, withClaimedFiles} from './claim-files.js';
import {
	newCosts,
	outcomeOf,
	type Prepared,
	takeFirstSteps,
	unitsAfterSteps,
	withResults,
} from './first-steps.js';
import {renderValues} from './job.js';
import {allFilesOf} from './known-tasks.js';
import {LinkResolver, type Progress} from './link-resolver.js';
import type {Values} from './manifest.js';
import {moveAside} from './move-aside.js';
import {type PlannedJob, tagsOf} from './planned-job.js';
import type {CheckedRequest, RequestCheck} from './request-check.js';
import type {Steps} from './scheduler-types.js';
import type {NewLine, StateWriter} from './state-file.js';
import type {Watcher} from './watcher.js';
import {withinBudget} from './within-budget.js';

export interface BatchStepsOptions {
	session: Session;
	check: RequestCheck;
	/** Name of the batch. */
	batch: string;
	/** Folder of the manifest: names of input files are relative to it. */
	folder: string;
	/** Folder that file names in the state are relative to; if left out, the folder of the manifest. */
	stateFolder?: string | undefined;
	jobs: readonly PlannedJob[];
	state: StateWriter;
	watcher: Watcher;
}

/** The steps of a batch's jobs, each recorded in the state file. */
export class BatchSteps implements Steps<PlannedJob> {
	/** What was made before tasks, by the keys of their jobs: a repeated submission does not pay for it again. */
	readonly #made = new Map<string, Prepared>();
	readonly #options: BatchStepsOptions;
	readonly #progress = new Map<string, Progress>();
	readonly #links: LinkResolver;

	constructor(options: BatchStepsOptions) {
		this.#options = options;
		this.#links = new LinkResolver(options.session, options.jobs, (key) => this.#of(key));
		for (const {key, known} of options.jobs) {
			this.#progress.set(key, {taskId: known?.taskId, files: known?.files ?? []});
		}
	}

	poolOf({shot, checked}: PlannedJob): string {
		const pack = this.#options.session.types.definition(shot.type)?.pack ?? shot.type;
		return `${pack} ${checked.model ?? ''}`;
	}

	exists(job: PlannedJob): boolean {
		return (job.state === 'running' || job.state === 'unsaved') && this.#of(job.key).taskId !== undefined;
	}

	/** The files of a job, as absolute paths. */
	filesOf(job: PlannedJob): readonly string[] {
		return this.#of(job.key).files;
	}

	/** What the steps before the task of a job cost in this run. */
	unitsBefore({key, known}: PlannedJob): string[] {
		return newCosts(this.#made.get(key), known?.prepared);
	}

	taskOf(job: PlannedJob): {taskId: string | undefined; task: Task | undefined} {
		const {taskId, task} = this.#of(job.key);
		return {taskId, task};
	}

	async submit(job: PlannedJob): Promise<void> {
		const {session} = this.#options;
		const submit = () => withinBudget(session, job, this.#made.get(job.key), () => this.#submit(job));
		await withClaimedFiles(session, job, submit);
	}

	async #submit(job: PlannedJob): Promise<void> {
		const {session, batch} = this.#options;
		const {type} = job.shot;
		const links = await this.#links.resolve(job);
		const {body, prepare, units} = await this.#prepared(job, renderValues(job, links));
		const submittedAt = session.clock.now();
		const task = await submitTask(session, type, body, {
			externalId: job.externalId,
			prepared: prepare?.(session.api),
			// The scheduler waits for a slot, and knows for which model.
			deadline: submittedAt,
			// Whether unknown prices are allowed was checked when the batch was planned.
			allowUnknownPrice: true,
			context: {
				batch,
				shot: job.shot.id,
				take: job.take,
				tags: {...session.tags, ...job.shot.tags},
				...(units !== undefined && {estimatedUnits: units}),
				...(job.file !== undefined && {download: job.file}),
			},
		}).catch((error: unknown) => this.#refuse(job, error));
		this.#noteSubmitted(job, task.id, submittedAt, units);
	}

	/** The request, once the steps before it are done. */
	async #prepared(job: PlannedJob, values: Values): Promise<CheckedRequest> {
		const {session, check, folder, batch} = this.#options;
		const {type, id: shot, tags} = job.shot;
		// Links have their values now, which the steps may need.
		const draft = await check.check(type, values, folder);
		const steps = draft.first;
		if (steps === undefined) return {...draft, units: job.checked.units};
		const made = await takeFirstSteps(session, steps, {
			known: {...job.known?.prepared, ...this.#made.get(job.key)},
			keep: (more) => {
				this.#made.set(job.key, {...this.#made.get(job.key), ...more});
				this.#write(job, {event: 'prepared', type, ...tagsOf(job), ...more});
			},
			options: {
				command: ['batch', 'run'],
				tags: {...session.tags, ...tags},
				allowUnknownPrice: true,
				part: {batch, shot, take: job.take},
				stepOf: job.externalId,
			},
		}).catch((error: unknown) => this.#refuse(job, error));
		const units = unitsAfterSteps(steps, made, job.checked.units);
		return {...(await check.check(type, withResults(values, steps, made), folder)), units};
	}

	/** Continues with a task that was found under the job's external id: another machine has submitted it. */
	adopt(job: PlannedJob, taskId: string): void {
		this.#noteSubmitted(job, taskId, undefined);
	}

	#noteSubmitted(
		job: PlannedJob,
		taskId: string,
		submittedAt: number | undefined,
		units = job.checked.units,
	): void {
		this.#set(job.key, {taskId, submittedAt});
		this.#write(job, {
			event: 'submitted',
			task_id: taskId,
			type: job.shot.type,
			model: job.checked.model,
			estimated_units: units,
			...tagsOf(job),
		});
	}

	#refuse(job: PlannedJob, error: unknown): never {
		const event = error instanceof KlingError ? outcomeOf(error) : undefined;
		if (error instanceof KlingError && event)
			this.#write(job, {event, code: error.code, message: error.said});
		throw error;
	}

	async follow(job: PlannedJob): Promise<void> {
		const {watcher, session} = this.#options;
		const {taskId = job.externalId, submittedAt} = this.#of(job.key);
		try {
			const task = await watcher.wait(job.shot.type, taskId);
			this.#set(job.key, {task, taskId: task.id, seenAt: session.clock.now()});
			const seconds =
				submittedAt === undefined ? undefined : Math.round((session.clock.now() - submittedAt) / 1000);
			this.#write(job, {
				event: 'succeeded',
				task_id: task.id,
				video_id: task.videos[0]?.id,
				units: task.units,
				seconds,
			});
		} catch (error) {
			if (error instanceof KlingError && (error.exit === 3 || error.exit === 9))
				this.#write(job, {event: 'failed', task_id: taskId, code: error.code, message: error.said});
			releaseFiles(this.#options.session, job);
			throw error;
		}
	}

	async save(job: PlannedJob): Promise<void> {
		await this.#save(job);
		releaseFiles(this.#options.session, job);
	}

	async #save(job: PlannedJob): Promise<void> {
		const {session} = this.#options;
		const {task} = this.#of(job.key);
		if (task === undefined) throw new KlingError('internal_error', `The result of ${job.key} is unknown`);
		const {type} = job.shot;
		const format = session.types.mainFormat(type);
		const about = {output: job.fileTemplate, format, clock: session.clock, types: session.types};
		const wanted = await createDestinations({...about, force: true}).all(task, type, 0);
		const files = wanted.map(({file}) => file);
		this.#clear(job, files);
		this.#write(job, {event: 'saving', files: files.map((file) => this.#relative(file))});
		// A file that was being saved when an earlier run ended is complete, or does not exist.
		const ours = new Set(job.known ? allFilesOf(job.known) : []);
		const destinations = createDestinations({
			...about,
			isSaved: (file) => ours.has(file) && existsSync(file),
		});
		await saveResults(session, task, destinations, {type, format, watermark: false, force: false});
		this.#set(job.key, {files});
		this.#write(job, {
			event: 'saved',
			files: files.map((file) => this.#relative(file)),
			bytes: statSync(files[0] ?? '').size,
		});
	}

	/** Moves files of earlier versions of this take out of the way. */
	#clear(job: PlannedJob, wanted: readonly string[]): void {
		const moved = moveAside(job, wanted);
		if (moved === undefined) return;
		const files = moved.files.map((file) => this.#relative(file));
		this.#write({...job, externalId: moved.externalId}, {event: 'moved', files});
	}

	#of(key: string): Progress {
		return this.#progress.get(key) ?? {files: []};
	}

	#set(key: string, more: Partial<Progress>): void {
		this.#progress.set(key, {...this.#of(key), ...more});
	}

	/** The path as recorded: a folder that is moved keeps its state. */
	#relative(file: string): string {
		const {folder, stateFolder = folder} = this.#options;
		const relative = path.relative(stateFolder, file);
		return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
	}

	#write({shot, take, externalId}: PlannedJob, {event, ...more}: NewLine): void {
		this.#options.state.add(definedOnly({event, shot: shot.id, take, external_task_id: externalId, ...more}));
	}
}
