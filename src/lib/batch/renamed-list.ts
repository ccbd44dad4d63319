import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {externalIdOf} from './external-id.js';
import {type KnownTasks, readKnownTasks, takeKey, unbilledStates} from './known-tasks.js';
import type {PlannedJob} from './planned-job.js';
import {type Problem, problem} from './problem.js';
import {readState, recordedName, stateFileOf} from './state-file.js';

const suffix = stateFileOf('');

/** State files whose lists are gone. */
function orphans(folder: string): string[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith(suffix) && name !== suffix)
		.map((name) => path.join(folder, name))
		.filter((file) => !existsSync(file.slice(0, -suffix.length)));
}

/** Whether an earlier run has paid for a job under another name of its batch. */
function isPaid({shot, take, checked: {content}}: PlannedJob, batch: string, known: KnownTasks): boolean {
	const attempt = known.attempts.get(takeKey(shot.id, take)) ?? 1;
	const task = known.tasks.get(externalIdOf({batch, shot: shot.id, take, attempt, content}));
	return task !== undefined && task.status !== 'prepared' && !unbilledStates.includes(task.status);
}

/**
 * Finds out whether a list was renamed: its tasks are found by its name, so all of them would be paid for again.
 * @param list absolute path of the list
 */
export function renamedProblem(list: string, jobs: readonly PlannedJob[]): Problem[] {
	const own = stateFileOf(list);
	if (existsSync(own)) return [];
	const folder = path.dirname(list);
	return orphans(folder).flatMap((file) => {
		const lines = readState(file);
		const batch = recordedName(lines);
		const known = readKnownTasks(lines, folder);
		const paid = batch === undefined ? [] : jobs.filter((job) => isPaid(job, batch, known));
		if (paid.length === 0) return [];
		const name = path.basename(file);
		const count = paid.length === 1 ? '1 task' : `${paid.length} tasks`;
		return [
			problem(
				{},
				`${count} of this list were made under its earlier name, ${path.basename(name, suffix)}, and would be paid for again`,
				`If you renamed the list, also rename ${name} to ${path.basename(own)}. To make everything again, move ${name} to another folder.`,
			),
		];
	});
}
