import {addUnits, type PackUnits} from '../cost/pack-units.js';
import {definedOnly, type ErrorDocument, KlingError} from '../errors/kling-error.js';
import {failureCode} from '../tasks/results.js';
import type {Plan} from './planned-job.js';
import type {RunResult} from './run-batch.js';

/** A shot that did not succeed. */
interface Failure {
	shot: string;
	take: number;
	code: string;
	message: string;
	task_id?: string | undefined;
}

/** How a run ended, as in documents. */
export interface RunDocument extends PackUnits {
	success: boolean;
	/** Present if not all shots were made. */
	error?: ErrorDocument['error'];
	batch: string;
	tasks: number;
	done: number;
	failed: number;
	skipped: number;
	/** Not done, but not failed either: the next run continues with them. */
	left: number;
	files: number;
	seconds: number;
	/** Where the state of the batch is kept. */
	state: string;
	failures?: Failure[] | undefined;
}

/** What is printed if a run succeeds, with every key, so that a query can be tried before anything is paid for. */
export const sampleRun: Required<Omit<RunDocument, 'error' | 'failures'>> = {
	success: true,
	batch: 'shots',
	tasks: 2,
	done: 2,
	failed: 0,
	skipped: 0,
	left: 0,
	files: 2,
	units: '1',
	image_units: '1',
	seconds: 60,
	state: '/shots.csv.state.ndjson',
};

/**
 * The document of a run.
 * @param commands the commands that continue it
 */
export function resultDocument(
	plan: Plan,
	result: RunResult,
	{again, retry, state}: {again: string; retry: string; state: string},
): {document: RunDocument; exit: number} {
	const before = plan.jobs.filter((job) => job.state === 'done');
	const ended = (phase: string) => result.jobs.filter((job) => result.phases.get(job) === phase);
	const done = [...before, ...ended('done')];
	const failures = failuresOf(plan, result);
	const skipped = ended('skipped');
	const left = plan.jobs.length - done.length - failures.length;
	const error = errorOf(plan, result, {failures: failures.length, skipped: skipped.length}, {again, retry});
	const files = done.flatMap((job) =>
		job.state === 'done' ? (job.known?.files ?? []) : result.work.filesOf(job),
	);
	const document: RunDocument = {
		success: error === undefined,
		...(error && {error: error.toDocument().error}),
		batch: plan.batch,
		tasks: plan.jobs.length,
		done: done.length,
		failed: failures.length - skipped.length,
		skipped: skipped.length,
		left,
		files: files.length,
		...addUnits([
			...ended('done').map((job) => ({
				pack: job.checked.pack,
				units: result.work.taskOf(job).task?.units,
			})),
			...result.jobs.flatMap((job) =>
				result.work.unitsBefore(job).map((units) => ({pack: 'video' as const, units})),
			),
		]),
		seconds: Math.round((result.endedAt - result.startedAt) / 1000),
		state,
		failures: failures.length > 0 ? failures : undefined,
	};
	return {document: definedOnly(document), exit: error?.exit ?? 0};
}

function failuresOf(plan: Plan, {errors, work, phases}: RunResult): Failure[] {
	return plan.jobs.flatMap((job): Failure[] => {
		const {known, state, shot, take} = job;
		const about = {shot: shot.id, take};
		if (state === 'failed') {
			const {message = 'The task failed', code = failureCode(message), taskId} = known ?? {};
			return [definedOnly({...about, code, message, task_id: taskId})];
		}
		const error = errors.get(job);
		const phase = phases.get(job);
		if (error === undefined || (phase !== 'failed' && phase !== 'skipped')) return [];
		return [definedOnly({...about, code: error.code, message: error.said, task_id: work.taskOf(job).taskId})];
	});
}

function errorOf(
	plan: Plan,
	result: RunResult,
	{failures, skipped}: {failures: number; skipped: number},
	{again, retry}: {again: string; retry: string},
): KlingError | undefined {
	const {stopped} = result;
	if (stopped && stopped.code !== 'batch_failed') return stoppedError(stopped, again);
	if (failures === 0) return undefined;
	const others = skipped > 0 ? `, ${skipped} of them because they need one that failed` : '';
	const first = stopped ? `${stopped.said}. ` : '';
	const text = `${first}${failures} of ${plan.jobs.length} tasks did not succeed${others}`;
	return new KlingError('batch_failed', text, {hint: hintFor(plan, result, {again, retry})});
}

function stoppedError(stopped: KlingError, again: string): KlingError {
	const resumeHint = `Run the same line again: ${again}`;
	if (stopped.code === 'disk_full') return stopped.with({hint: `Make room on the disk. ${resumeHint}`});
	// The error of a signal already says that tasks keep running.
	if (stopped.exit === 130 || stopped.exit === 143) return stopped.with({hint: resumeHint});
	if (stopped.exit === 8)
		return stopped.with({hint: `Tasks keep running, and nothing is lost. ${resumeHint}`});
	return stopped.with({hint: stopped.details.hint ?? resumeHint});
}

/** A failed task is retried, which costs again; a task that is only unsaved, or was refused, is not. */
function hintFor(
	plan: Plan,
	{phases, work}: RunResult,
	{again, retry}: {again: string; retry: string},
): string {
	const failed = plan.jobs.filter((job) => phases.get(job) === 'failed');
	const hasFailedTask =
		plan.jobs.some(({state}) => state === 'failed') ||
		failed.some((job) => work.taskOf(job).taskId !== undefined && work.taskOf(job).task === undefined);
	if (hasFailedTask) return `Submit them again under new names: ${retry}`;
	const isUnsaved = failed.some((job) => work.taskOf(job).task !== undefined);
	return isUnsaved
		? `To save what was made, run the same line again: ${again}`
		: `Change what was refused, then run the same line again: ${again}`;
}
