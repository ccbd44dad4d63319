import {existsSync} from 'node:fs';
import path from 'node:path';
import {pathWord} from '../output/shell.js';
import type {KnownTask, KnownTasks} from './known-tasks.js';
import type {PlannedJob} from './planned-job.js';

/** Writes a command line for this account; see Session.command. */
type Command = (...words: string[]) => string;

/** A task that exists, has not failed as far as is known, and was never saved. */
const isUnsaved = ({taskId, status, files, begun = []}: KnownTask) =>
	taskId !== undefined &&
	(status === 'made' || status === 'succeeded') &&
	files.length === 0 &&
	!(begun.length > 0 && begun.every((file) => existsSync(file)));

/**
 * Warnings about tasks that earlier runs have submitted, whose rows were deleted or edited before their results were saved:
 * no run will save them, although they are paid for.
 * @param jobs all jobs of the list
 * @param folder folder of the manifest
 */
export function unsavedTaskWarnings(
	known: KnownTasks,
	jobs: readonly Pick<PlannedJob, 'externalId' | 'wanted'>[],
	{folder, command}: {folder: string; command: Command},
): string[] {
	const ours = new Set(jobs.map(({externalId}) => externalId));
	const left = [...known.tasks.values()].filter((task) => !ours.has(task.externalId) && isUnsaved(task));
	const taken = new Set(jobs.flatMap(({wanted}) => wanted));
	const isFree = (file: string) => !taken.has(file) && !existsSync(file);
	// What has arrived of a file is beside its own path, and is not fetched again.
	const begun = left.filter(({begun: files = []}) => files.length === 1 && files.every(isFree));
	const others = left.filter((task) => !begun.includes(task));
	return [
		...begun.map((task) => warning([task], pathWord(near(task.begun?.[0] ?? '', folder)), command)),
		...(others.length > 0 ? [warning(others, './', command)] : []),
	];
}

function warning(tasks: readonly KnownTask[], output: string, command: Command): string {
	const ids = tasks.flatMap(({taskId}) => taskId ?? []);
	const names = [...new Set(tasks.map(({shot = '?'}) => shot))].join(', ');
	const skip = ids.length > 1 ? ['--skip-existing'] : [];
	const what =
		ids.length === 1
			? 'A task was submitted for an earlier row, and its result is not saved'
			: `${ids.length} tasks were submitted for earlier rows, and their results are not saved`;
	return `${what} (${names}). To save: ${command('video', 'download', ...ids, '-o', output, '--wait', ...skip)}`;
}

/** The path as the user would type it here. */
function near(file: string, folder: string): string {
	const relative = path.relative(process.cwd(), file);
	return relative.startsWith('..') || path.isAbsolute(relative) ? path.resolve(folder, file) : relative;
}
