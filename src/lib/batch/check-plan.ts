import {existsSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {needsFfmpeg} from './check-rows.js';
import {glob} from './glob.js';
import {allFilesOf} from './known-tasks.js';
import {costs, type PlannedJob} from './planned-job.js';
import {type Problem, problem, problemOf} from './problem.js';
import type {RequestCheck} from './request-check.js';

/** The jobs whose shots match; what they need must match as well, or be done. */
export function onlyMatching(
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
				problem(
					{row: shot.row, shot: shot.id, column: 'needs'},
					`It needs ${need}, which is not done and is left out`,
					`Add --only '${other.shot.id}'.`,
				),
			);
		}
	}
	return {chosen: withNeeded(jobs, keys), problems};
}

/** Jobs that were done earlier are looked up by those that need them, and are part of the plan. */
function withNeeded(jobs: readonly PlannedJob[], keys: ReadonlySet<string>): PlannedJob[] {
	const needed = new Set(jobs.filter(({key}) => keys.has(key)).flatMap(({needs}) => needs));
	return jobs.filter(({key, state}) => keys.has(key) || (needed.has(key) && state === 'done'));
}

/** Jobs to retry, and those that waited for them in vain, but never those made from an earlier version. */
export function withWaiting(jobs: readonly PlannedJob[], retried: ReadonlySet<string>): PlannedJob[] {
	const keys = new Set(retried);
	for (let before = -1; before !== keys.size; ) {
		before = keys.size;
		for (const {key, needs, state, earlier} of jobs) {
			const isWaiting = state !== 'done' && state !== 'failed' && earlier === undefined;
			if (isWaiting && needs.some((need) => keys.has(need))) keys.add(key);
		}
	}
	return withNeeded(jobs, keys);
}

/** A file that exists where a job's result is to be saved, and that does not belong to the batch. */
function inTheWay({wanted, state, known, earlier}: PlannedJob): string | undefined {
	if (state === 'done') return undefined;
	const ours = [known, earlier].flatMap((task) => (task ? allFilesOf(task) : []));
	return wanted.find((file) => existsSync(file) && !ours.includes(file));
}

/** Files that two jobs would write, or that exist and do not belong to this batch. */
export function fileProblems(
	jobs: readonly PlannedJob[],
	{output, check}: {output: string | undefined; check: Pick<RequestCheck, 'types'>},
): Problem[] {
	const problems: Problem[] = [];
	const taken = new Map<string, PlannedJob>();
	for (const job of jobs) {
		const {wanted, shot} = job;
		if (!check.types.includes(shot.type)) continue;
		const place = {row: shot.row, shot: shot.id, column: 'file'};
		// One problem of each kind says it for all pictures of a task.
		const twice = wanted.find((file) => taken.has(file));
		for (const file of wanted) if (!taken.has(file)) taken.set(file, job);
		if (twice !== undefined) {
			const text = `${twice} is the file of ${taken.get(twice)?.key} as well`;
			problems.push(problem(place, text, 'Put {id} into the file name.'));
		}
		const file = inTheWay(job);
		if (file === undefined) continue;
		const where = output === undefined ? 'choose another place with -o' : 'choose another -o';
		problems.push(
			problemOf(
				place,
				new KlingError('file_exists', `${file} already exists, and this batch did not make it`, {
					hint: `Move it away, or ${where}. If an earlier run made it, put its state file back beside the list.`,
				}),
			),
		);
	}
	return problems;
}

/** A warning about rows whose files go elsewhere than below the list: the list may come from someone else. */
export function outsideWarning(jobs: readonly PlannedJob[], folder: string): string[] {
	const isOutside = (file: string) => {
		const relative = path.relative(folder, file);
		return relative.startsWith('..') || path.isAbsolute(relative);
	};
	const [first, ...more] = jobs.filter(
		({shot, ...job}) => shot.file !== undefined && isOutside(job.fileTemplate),
	);
	if (first === undefined) return [];
	const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
	return [`The file of ${first.key} is outside the folder of the list: ${first.fileTemplate}${others}`];
}

/** Jobs that need a program that is not installed. */
export async function ffmpegProblems(
	jobs: readonly PlannedJob[],
	{hasFfmpeg}: {hasFfmpeg: () => Promise<boolean>},
): Promise<Problem[]> {
	const first = jobs.find((job) => costs(job) && needsFfmpeg(job));
	if (first === undefined || (await hasFfmpeg())) return [];
	const {row, id} = first.shot;
	return [
		problem(
			{row, shot: id},
			'{….last_frame} needs the program ffmpeg, which is not installed',
			'Install ffmpeg, or leave {….last_frame} out.',
		),
	];
}
