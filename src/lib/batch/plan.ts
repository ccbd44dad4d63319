import {existsSync} from 'node:fs';
import path from 'node:path';
import {ffmpegProblems, fileProblems, onlyMatching, outsideWarning, withWaiting} from './check-plan.js';
import {RowChecker} from './check-rows.js';
import {sortByDependencies} from './dependencies.js';
import {externalIdOf, placeholderResult} from './external-id.js';
import {type FilePlaces, fileTemplateOf, knownFile, knownFiles} from './file-name.js';
import {lostJobs} from './find-existing-tasks.js';
import {priceWith} from './first-steps.js';
import {type Job, jobsOf} from './job.js';
import {allFilesOf, areFilesInPlace, type KnownTask, type KnownTasks, takeKey} from './known-tasks.js';
import {costs, type JobState, type Plan, type PlannedJob} from './planned-job.js';
import {withoutRepeats} from './problem.js';
import {readManifest} from './read-manifest.js';
import {renamedProblem} from './renamed-list.js';
import type {RequestCheck} from './request-check.js';
import {shotsOf} from './shot.js';
import type {Tags} from './tags.js';
import {unsavedTaskWarnings} from './unsaved-tasks.js';

export interface PlanOptions {
	/** The manifest, as the user wrote it. */
	file: string;
	/** Its absolute path. */
	path: string;
	/** See FilePlaces. */
	output: string | undefined;
	/** Patterns for the ids of shots; if left out, all shots. */
	only: readonly string[] | undefined;
	/** For the whole batch. */
	tags: Tags;
	check: RequestCheck;
	/** What is known about its tasks, given their external ids. */
	known: KnownTasks;
	/** Adds what the journal knows of these external ids. */
	addKnown?: ((externalIds: ReadonlySet<string>) => Promise<void>) | undefined;
	/** Looks up at Kling the tasks that only Kling may know: a file exists where theirs would go. */
	findExistingTasks?: ((jobs: readonly PlannedJob[]) => Promise<void>) | undefined;
	/** Whether to request a take again, for `retry`. */
	again?: ((job: PlannedJob) => boolean) | undefined;
	hasFfmpeg: () => Promise<boolean>;
	/** Formats a command that works on the account; without keys there is none. */
	command?: ((...words: string[]) => string) | undefined;
	/** The file extension for each type. */
	extensionOf: (type: string) => string;
}

/**
 * Reads a manifest and checks every row of it; nothing is submitted.
 * @returns the jobs, and all problems at once
 * @throws KlingError `read_error`, `invalid_manifest` if it cannot be read at all
 */
export async function makePlan(options: PlanOptions): Promise<Plan> {
	const {file, path: absolute, check, known} = options;
	const folder = path.dirname(absolute);
	const manifest = await readManifest(file);
	const {shots, problems: shotProblems} = shotsOf(manifest, options.tags, (type) => check.columnsOf(type));
	const {jobs, problems: jobProblems} = jobsOf(manifest, shots);
	const checker = new RowChecker(check, folder);
	const setting: Setting = {checker, batch: manifest.name, folder, options};
	let planned = await checkJobs(jobs, known.attempts, setting);
	const addKnown = async () =>
		options.addKnown?.(new Set([...known.tasks.keys(), ...planned.map(({externalId}) => externalId)]));
	await addKnown();
	let inState = planned.map((job) => withState(job, known));
	const lost = lostJobs(inState);
	if (lost.length > 0 && options.findExistingTasks) {
		await options.findExistingTasks(lost);
		inState = planned.map((job) => withState(job, known));
	}
	const wanted = inState.filter((job) => options.again?.(job));
	const again = wanted.filter((job) => !isBegun(job));
	if (again.length > 0) {
		const retried = again.map((job): [string, number] => [takeKey(job.shot.id, job.take), job.attempt + 1]);
		// Shots that take something from them now request something else.
		planned = await checkJobs(jobs, new Map([...known.attempts, ...retried]), setting);
		await addKnown();
		inState = planned.map((job) => withState(job, known));
	}
	const problems = withoutRepeats([...shotProblems, ...jobProblems, ...checker.problems]);
	const {chosen, problems: choiceProblems} = options.again
		? {chosen: withWaiting(inState, new Set(wanted.map(({key}) => key))), problems: []}
		: onlyMatching(inState, options.only);
	problems.push(
		...choiceProblems,
		...renamedProblem(absolute, inState),
		...fileProblems(chosen, options),
		...(await ffmpegProblems(chosen, options)),
	);
	const warnings = rowWarnings(chosen);
	if (shots.length > 1 && shots.every(({isNamed}) => !isNamed)) warnings.unshift(namelessWarning);
	warnings.push(...outsideWarning(chosen, folder));
	// A row with a problem has no job, so its task would seem to have no row.
	const {command} = options;
	if (command && problems.length === 0)
		warnings.push(...unsavedTaskWarnings(known, inState, {folder, command}));
	const retriedKeys = new Set(again.map(({key}) => key));
	const retried = chosen.filter(({key}) => retriedKeys.has(key));
	return {batch: manifest.name, file: absolute, folder, jobs: chosen, retried, problems, warnings};
}

const namelessWarning =
	'The shots have no id: a row that is put between others renames those after it. Add a column id.';

/** Whether a retry was begun that has no result yet, such as after a kill: it is continued, not paid for again. */
const isBegun = ({attempt, state, known}: PlannedJob) =>
	attempt > 1 &&
	(state === 'unknown' || state === 'running' || (state === 'unsaved' && known?.files.length === 0));

type Checked = Omit<PlannedJob, 'state' | 'known' | 'earlier'>;

/** What the jobs of a manifest have in common. */
interface Setting {
	checker: RowChecker;
	batch: string;
	folder: string;
	options: PlanOptions;
}

/**
 * Checks jobs in the order in which they need each other: a job's content includes the names of those that it takes results
 * from.
 */
async function checkJobs(
	jobs: readonly Job[],
	attempts: KnownTasks['attempts'],
	{checker, batch, folder, options: {output, extensionOf}}: Setting,
) {
	const byKey = new Map(jobs.map((job) => [job.key, job]));
	const places: FilePlaces = {output, outputFolder: process.cwd(), folder};
	const made = new Map<string, Checked>();
	// Jobs in a cycle come last: their rows are still checked.
	const sorted = sortByDependencies(new Map(jobs.map((job) => [job.key, job.needs])));
	for (const key of new Set([...sorted, ...byKey.keys()])) {
		const job = byKey.get(key);
		if (job === undefined) continue;
		const checked = await checker.check(job, (link) =>
			placeholderResult(link, made.get(link.from)?.externalId ?? link.from),
		);
		if (checked === undefined) continue;
		const attempt = attempts.get(takeKey(job.shot.id, job.take)) ?? 1;
		const fileTemplate = fileTemplateOf(job, places);
		const extension = extensionOf(job.shot.type);
		made.set(key, {
			...job,
			attempt,
			checked,
			externalId: externalIdOf({batch, shot: job.shot.id, take: job.take, attempt, content: checked.content}),
			fileTemplate,
			file: knownFile(fileTemplate, extension),
			wanted: knownFiles(fileTemplate, extension, checked.pictures),
		});
	}
	return jobs.flatMap((job) => made.get(job.key) ?? []);
}

/** The warnings about what a run would submit, each once. */
function rowWarnings(jobs: readonly PlannedJob[]): string[] {
	const counts = new Map<string, number>();
	for (const {checked} of jobs.filter(costs))
		for (const warning of checked.warnings) counts.set(warning, (counts.get(warning) ?? 0) + 1);
	return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} tasks)`));
}

function withState(job: Checked, known: KnownTasks): PlannedJob {
	const task = known.tasks.get(job.externalId);
	const before = (known.history.get(takeKey(job.shot.id, job.take)) ?? [])
		.filter((id) => id !== job.externalId)
		.map((id) => known.tasks.get(id));
	const earlier = before.findLast((other) => other && allFilesOf(other).some((file) => existsSync(file)));
	const state = task === undefined ? (before.length > 0 ? 'changed' : 'new') : stateOf(task);
	const units = priceWith(job.checked.first, task?.prepared, job.checked.units);
	return {...job, checked: {...job.checked, units}, state, known: task, earlier};
}

function stateOf(task: KnownTask): JobState {
	if (task.status === 'made') return 'running';
	if (task.status === 'prepared' || task.status === 'unsubmitted') return 'new';
	if (task.status !== 'succeeded') return task.status;
	return areFilesInPlace(task) ? 'done' : 'unsaved';
}
