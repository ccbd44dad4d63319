import path from 'node:path';
import {checkPlace} from '../downloads/part/check-place.js';
import {removeLeftovers} from '../downloads/part/remove-leftovers.js';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from '../fs/file-errors.js';
import {lockFile} from '../fs/lock-file.js';
import {makeFolder} from '../fs/make-folder.js';
import {failureCode} from '../tasks/results.js';
import {sidecarEnd} from '../tasks/sidecar-name.js';
import type {Session} from '../tasks/task-context.js';
import {BatchSteps} from './batch-steps.js';
import {costs, type Plan, type PlannedJob} from './planned-job.js';
import type {RequestCheck} from './request-check.js';
import {runJobs} from './scheduler.js';
import type {Outcome, Phase} from './scheduler-types.js';
import {openState, type StateWriter, stateFileOf} from './state-file.js';
import {Watcher} from './watcher.js';

/** Something that a run reports while it continues. */
export type RunEvent = Readonly<Record<string, unknown>> & {event: string};

/** Receives the progress of a run. */
export interface RunObserver {
	/** A line of the state file, or another event. */
	event(event: RunEvent): void;
	/** A job has entered a phase. */
	phase(job: PlannedJob, phase: Phase, error?: KlingError): void;
}

export interface RunOptions {
	session: Session;
	plan: Plan;
	check: RequestCheck;
	observer: RunObserver;
	/** See SchedulerOptions. */
	maxJobs: number | undefined;
	maxFailures: number | undefined;
	timeoutMs: number | undefined;
	intervalMs: number | undefined;
	/** Takes that were requested again; the state file records them first. */
	retried: readonly PlannedJob[];
}

/** How a run ended. */
export interface RunResult extends Outcome<PlannedJob> {
	work: BatchSteps;
	/** Jobs that were not done before. */
	jobs: readonly PlannedJob[];
	startedAt: number;
	endedAt: number;
}

/** Milliseconds between two rounds of polling: 3 % of a task's usual time, within these bounds. */
const pollPause = {minMs: 1000, maxMs: 5000, share: 0.03};

/**
 * Locks a batch, so that two runs of it on one machine never work at once.
 * @param manifest absolute path
 * @throws KlingError `file_busy`
 */
export function lockBatch(manifest: string, statusCommand: string): {release(): void} {
	return lockFile(`${stateFileOf(manifest)}.lock`, manifest, {
		doing: 'running the batch of',
		hint: `See how far it is: ${statusCommand}`,
	});
}

/**
 * Submits what is new (**costs the user**), continues with what is running, and saves the results. However it ends, the next
 * run resumes from there.
 * @throws KlingError for anything that is wrong before something is submitted
 */
export async function runBatch(options: RunOptions): Promise<RunResult> {
	const {session, plan, observer, timeoutMs, maxJobs, maxFailures, retried} = options;
	const jobs = plan.jobs.filter(({state}) => state !== 'done' && state !== 'failed');
	const failed = new Set(plan.jobs.filter(({state}) => state === 'failed').map(({key}) => key));
	for (const {state, known} of plan.jobs) if (state === 'done') known?.files.forEach(removeLeftovers);
	await prepareFolders(jobs, session.sidecar ? sidecarEnd : undefined);
	const startedAt = session.clock.now();
	const state = observed(
		openState(stateFileOf(plan.file), () => session.clock.now()),
		observer,
	);
	const watcher = watcherFor(options, jobs);
	try {
		state.add({
			event: 'started',
			batch: plan.batch,
			tasks: plan.jobs.length,
			to_submit: jobs.filter(costs).length,
		});
		for (const {shot, take, attempt} of retried) state.add({event: 'retry', shot: shot.id, take, attempt});
		noteFailures(state, plan.jobs);
		const work = new BatchSteps({
			session,
			check: options.check,
			batch: plan.batch,
			folder: plan.folder,
			jobs: plan.jobs,
			state,
			watcher,
		});
		const outcome = await runJobs({
			jobs,
			failed,
			steps: work,
			clock: session.clock,
			random: session.random,
			signal: session.signal,
			maxJobs,
			maxFailures,
			...(timeoutMs !== undefined && {deadline: startedAt + timeoutMs}),
			onPhase: (job, phase, error) => observer.phase(job, phase, error),
			onTrouble: (error, wait) => observer.event(troubleEvent(error, wait)),
		});
		noteEnd(state, outcome);
		return {...outcome, work, jobs, startedAt, endedAt: session.clock.now()};
	} finally {
		watcher.close();
		state.close();
	}
}

/** Tasks whose failure only the journal knows, such as from `batch status`: the report reads the state file. */
function noteFailures(state: StateWriter, jobs: readonly PlannedJob[]): void {
	for (const {state: now, shot, take, externalId, known} of jobs) {
		if (now !== 'failed' || known?.taskId === undefined || known.code !== undefined) continue;
		const {taskId, message = 'The task failed'} = known;
		const code = failureCode(message);
		state.add({
			...{event: 'failed', shot: shot.id, take, external_task_id: externalId, task_id: taskId},
			...{code, message},
		});
	}
}

const troubleEvent = (error: KlingError, wait: number): RunEvent => ({
	event: 'waiting',
	code: error.code,
	message: error.said,
	seconds: Math.round(wait / 1000),
});

/** The last line says how it ended; a full disk is not reported twice. */
function noteEnd(state: StateWriter, {phases, stopped}: Outcome<PlannedJob>): void {
	const done = [...phases.values()].filter((phase) => phase === 'done').length;
	const failed = [...phases.values()].filter((phase) => phase === 'failed').length;
	try {
		state.add({event: 'ended', done, failed, ...(stopped && {code: stopped.code})});
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
	}
}

function watcherFor({session, observer, intervalMs}: RunOptions, jobs: readonly PlannedJob[]): Watcher {
	const {journal} = session;
	const seconds = jobs.map(({checked}) => checked.seconds ?? 0).filter((time) => time > 0);
	const usual = Math.min(
		pollPause.maxMs,
		Math.max(pollPause.minMs, Math.min(...seconds) * 1000 * pollPause.share),
	);
	return new Watcher({
		session,
		intervalMs: intervalMs ?? (Number.isFinite(usual) ? usual : pollPause.maxMs),
		onTask: (type, task) => void journal.saw(type, task),
		onTrouble: (error, wait) => observer.event(troubleEvent(error, wait)),
	});
}

function observed(state: StateWriter, observer: RunObserver): StateWriter {
	return {
		add(line) {
			// Reported even when it cannot be written: what is paid for must be known somewhere.
			observer.event(line);
			state.add(line);
		},
		close: () => state.close(),
	};
}

/** Placeholder text for a part of a name that only the task provides, such as its id. */
const idPlaceholder = '0'.repeat(20);

/** Checks before anything is paid for that the folders of the files can be created, and that the longest names fit. */
async function prepareFolders(jobs: readonly PlannedJob[], sideEnd: string | undefined): Promise<void> {
	const longest = new Map<string, string>();
	for (const {file, fileTemplate} of jobs) {
		const name = path.basename(file ?? fileTemplate.replaceAll(/\{[^{}]*\}/g, idPlaceholder));
		const folder = path.dirname(file ?? fileTemplate);
		const other = longest.get(folder) ?? '';
		if (!folder.includes('{') && Buffer.byteLength(name) > Buffer.byteLength(other))
			longest.set(folder, name);
	}
	for (const [folder, name] of longest) {
		await checkPlace(path.join(folder, name), {sideEnd, isShared: true});
		try {
			makeFolder(folder);
		} catch (error) {
			throw fileError(error, folder);
		}
	}
}
