import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {type CheckedRow, needsFfmpeg, RowChecker} from './check-rows.js';
import {sortByNeeds} from './dependencies.js';
import {externalIdOf, standIn} from './external-id.js';
import {type FilePlaces, fileTemplateOf, knownFile} from './file-name.js';
import {glob} from './glob.js';
import {type Job, jobsOf} from './job.js';
import {type Known, type KnownTask, takeKey} from './known-jobs.js';
import {type Problem, problem, problemOf} from './problem.js';
import {readManifest} from './read-manifest.js';
import type {RequestCheck} from './request-check.js';
import {shotsOf} from './shot.js';
import type {Tags} from './tags.js';

/**
 * How far a job is. `new` was never submitted; `changed` neither, but an earlier version of its shot was; `refused` was
 * turned down, and no task was made; `made` runs or has ended unseen; `unsaved` has succeeded, and its file is missing.
 */
export type JobState = 'new' | 'changed' | 'refused' | 'unknown' | 'made' | 'unsaved' | 'done' | 'failed';

/** States in which a run submits the job. */
const unpaid: readonly JobState[] = ['new', 'changed', 'refused'];

/** A job with all that is known of it before it is run. */
export interface PlannedJob extends Job {
	externalId: string;
	attempt: number;
	state: JobState;
	checked: CheckedRow;
	known: KnownTask | undefined;
	/** An earlier task of the same take whose files are at its place. */
	earlier: KnownTask | undefined;
	/** Absolute path of its file, with what only its task tells in braces. */
	fileTemplate: string;
	/** The path, where nothing is left to be told. */
	file: string | undefined;
}

export interface Plan {
	batch: string;
	/** The manifest, as an absolute path. */
	file: string;
	/** Its folder. */
	folder: string;
	/** In the order of the manifest; those that are left out by `only` are not among them. */
	jobs: readonly PlannedJob[];
	problems: readonly Problem[];
	warnings: readonly string[];
}

export interface PlanOptions {
	/** The manifest, as the user named it. */
	file: string;
	/** See FilePlaces. */
	output: string | undefined;
	/** Globs of the ids of shots; left out, all. */
	only: readonly string[] | undefined;
	/** Of the whole batch. */
	tags: Tags;
	check: RequestCheck;
	/** What is known of its tasks, once their external ids are. */
	known: Known;
	/** Adds what the journal knows of these external ids. */
	addKnown?: ((externalIds: ReadonlySet<string>) => Promise<void>) | undefined;
	/** Whether a take is to be asked for anew, as `retry` wants. */
	again?: ((job: PlannedJob) => boolean) | undefined;
	hasFfmpeg: () => Promise<boolean>;
	/** What files of a type are called in the end. */
	extensionOf: (type: string) => string;
}

/** Whether a run submits a job, which costs the user. */
export const costs = ({state}: Pick<PlannedJob, 'state'>): boolean => unpaid.includes(state);

/**
 * Reads a manifest and checks every row of it; nothing is submitted.
 * @returns the jobs, and all problems at once
 * @throws KlingError `read_error`, `invalid_manifest` for what cannot be read at all
 */
export async function makePlan(options: PlanOptions): Promise<Plan> {
	const {file, check, known} = options;
	const absolute = path.resolve(file);
	const folder = path.dirname(absolute);
	const manifest = await readManifest(file);
	const {shots, problems: shotProblems} = shotsOf(manifest, options.tags);
	const {jobs, problems: jobProblems} = jobsOf(manifest, shots);
	const checker = new RowChecker(check, folder);
	const setting: Setting = {checker, batch: manifest.name, folder, options};
	let {planned, warnings} = await checkJobs(jobs, known.attempts, setting);
	const addKnown = async () => options.addKnown?.(new Set(planned.map(({externalId}) => externalId)));
	await addKnown();
	let inState = planned.map((job) => withState(job, known));
	const again = inState.filter((job) => options.again?.(job));
	if (again.length > 0) {
		const anew = again.map((job): [string, number] => [takeKey(job.shot.id, job.take), job.attempt + 1]);
		// What takes something from them asks for something else now.
		({planned, warnings} = await checkJobs(jobs, new Map([...known.attempts, ...anew]), setting));
		await addKnown();
		inState = planned.map((job) => withState(job, known));
	}
	const problems = [...shotProblems, ...jobProblems, ...checker.problems];
	const {chosen, problems: onlyProblems} = choose(inState, options.only);
	problems.push(...onlyProblems, ...fileProblems(chosen, check, options), ...(await ffmpegProblems(chosen, options)));
	if (shots.length > 1 && shots.every(({isNamed}) => !isNamed))
		warnings.unshift('The shots have no id: a row that is put between others renames those after it. Add a column id.');
	return {batch: manifest.name, file: absolute, folder, jobs: chosen, problems, warnings};
}

type Checked = Omit<PlannedJob, 'state' | 'known' | 'earlier'>;

/** What the jobs of a manifest have in common. */
interface Setting {
	checker: RowChecker;
	batch: string;
	folder: string;
	options: PlanOptions;
}

/** Checks jobs in the order in which they need each other: what one asks for names what it takes from others. */
async function checkJobs(
	jobs: readonly Job[],
	attempts: Known['attempts'],
	{checker, batch, folder, options: {output, extensionOf}}: Setting,
) {
	const byKey = new Map(jobs.map((job) => [job.key, job]));
	const places: FilePlaces = {output, outputFolder: process.cwd(), folder};
	const made = new Map<string, Checked>();
	const warned = new Map<string, number>();
	for (const key of sortByNeeds(new Map(jobs.map((job) => [job.key, job.needs])))) {
		const job = byKey.get(key);
		if (job === undefined) continue;
		const checked = await checker.check(job, (link) => standIn(link, made.get(link.from)?.externalId ?? link.from));
		if (checked === undefined) continue;
		for (const warning of checked.warnings) warned.set(warning, (warned.get(warning) ?? 0) + 1);
		const attempt = attempts.get(takeKey(job.shot.id, job.take)) ?? 1;
		const fileTemplate = fileTemplateOf(job, places);
		made.set(key, {
			...job,
			attempt,
			checked,
			externalId: externalIdOf({batch, shot: job.shot.id, take: job.take, attempt, content: checked.content}),
			fileTemplate,
			file: knownFile(fileTemplate, extensionOf(job.shot.type)),
		});
	}
	const planned = jobs.flatMap((job) => made.get(job.key) ?? []);
	const warnings = [...warned].map(([text, count]) => (count === 1 ? text : `${text} (${count} tasks)`));
	return {planned, warnings};
}

function withState(job: Checked, known: Known): PlannedJob {
	const task = known.tasks.get(job.externalId);
	const before = (known.history.get(takeKey(job.shot.id, job.take)) ?? [])
		.filter((id) => id !== job.externalId)
		.map((id) => known.tasks.get(id));
	const earlier = before.findLast((other) => other?.files.some((file) => existsSync(file)));
	const state = task === undefined ? (before.length > 0 ? 'changed' : 'new') : stateOf(task);
	return {...job, state, known: task, earlier};
}

function stateOf(task: KnownTask): JobState {
	if (task.status !== 'succeeded') return task.status;
	return areThere(task) ? 'done' : 'unsaved';
}

/** Whether the files of a task are where they were put. */
function areThere({files, bytes}: KnownTask): boolean {
	const [first] = files;
	if (first === undefined || !files.every((file) => existsSync(file))) return false;
	return bytes === undefined || statSync(first).size === bytes;
}

/** The jobs whose shots match; what they need must be among them, or done. */
function choose(
	jobs: readonly PlannedJob[],
	only: readonly string[] | undefined,
): {chosen: PlannedJob[]; problems: Problem[]} {
	if (only === undefined || only.length === 0) return {chosen: [...jobs], problems: []};
	const tests = only.map(glob);
	const unused = only.filter((_, index) => !jobs.some(({shot}) => tests[index]?.(shot.id)));
	const problems = unused.map((pattern) => problem({}, `No shot is named ${pattern}`));
	const chosen = jobs.filter(({shot}) => tests.some((matches) => matches(shot.id)));
	const keys = new Set(chosen.map(({key}) => key));
	const byKey = new Map(jobs.map((job) => [job.key, job]));
	for (const {shot, needs} of chosen) {
		for (const need of needs) {
			const other = byKey.get(need);
			if (keys.has(need) || other === undefined || other.state === 'done') continue;
			problems.push(
				problem({row: shot.row, shot: shot.id, column: 'needs'}, `It needs ${need}, which is not done and is left out`, `Add --only '${other.shot.id}'.`),
			);
		}
	}
	// What was done earlier is looked up by those that need it.
	const needed = new Set(chosen.flatMap(({needs}) => needs));
	return {chosen: jobs.filter(({key, state}) => keys.has(key) || (needed.has(key) && state === 'done')), problems};
}

/** Files that two jobs would write, or that are there and not of this batch. */
function fileProblems(
	jobs: readonly PlannedJob[],
	check: RequestCheck,
	{output}: Pick<PlanOptions, 'output'>,
): Problem[] {
	const problems: Problem[] = [];
	const taken = new Map<string, PlannedJob>();
	for (const job of jobs) {
		const {file, shot, state, known, earlier} = job;
		if (file === undefined || !check.types.includes(shot.type)) continue;
		const place = {row: shot.row, shot: shot.id, column: 'file'};
		const other = taken.get(file);
		if (other) {
			problems.push(problem(place, `${file} is the file of ${other.key} as well`, 'Put {id} into the template of the file.'));
		} else taken.set(file, job);
		if (state === 'done' || !existsSync(file)) continue;
		const isOurs = [known, earlier].some((task) => task?.files.includes(file) || task?.begun?.includes(file));
		if (isOurs) continue;
		const where = output === undefined ? 'choose another place with -o' : 'choose another -o';
		problems.push(
			problemOf(place, new KlingError('file_exists', `${file} exists already, and this batch did not make it`, {hint: `Move it away, or ${where}.`})),
		);
	}
	return problems;
}

async function ffmpegProblems(jobs: readonly PlannedJob[], {hasFfmpeg}: PlanOptions): Promise<Problem[]> {
	const first = jobs.find((job) => costs(job) && needsFfmpeg(job));
	if (first === undefined || (await hasFfmpeg())) return [];
	const {row, id} = first.shot;
	return [
		problem({row, shot: id}, '{….last_frame} needs the program ffmpeg, which is not installed', 'Install ffmpeg, or leave {….last_frame} out.'),
	];
}
