import {KlingError} from '../errors/kling-error.js';
import type {Journal, JournalEntry} from '../journal/journal.js';
import {isPaidCall} from '../task-types/calls.js';
import type {TaskName} from '../task-types/registry.js';
import {discoverType} from './discover-type.js';
import {fetchTask, type LookUp, type TaskAddress} from './fetch-task.js';
import {isNewest} from './newest.js';
import {reconcileOne} from './reconcile.js';
import {requireType} from './require-type.js';
import type {Session} from './task-context.js';
import {taskLabel} from './task-label.js';

/** The task that a command works on. */
export interface ChosenTask extends TaskAddress {
	/** From the journal; gives the typical duration of such tasks. */
	model?: string | undefined;
	/** How the user knows the task, from the journal: its external id, or the first words of its prompt. */
	label?: string | undefined;
}

/** The type of a task, unless it was only guessed from the results. */
export const knownType = ({type, isTypeGuessed}: ChosenTask): TaskName | undefined =>
	isTypeGuessed ? undefined : type;

/**
 * Resolves the task that a user means.
 * @param id task id, external id, `@last` or `last`
 * @param type default: the type in the journal, or else the type is discovered. With `@last`, the newest task
 * of this type is meant.
 * @param lookUp how to look up a task whose type is unknown
 * @throws KlingError `task_not_found` when there is no such task, `invalid_type` when the journal's type
 * belonged to a plugin that is gone
 */
export async function chooseTask(
	session: Session,
	id: string,
	type?: TaskName,
	lookUp?: LookUp,
): Promise<ChosenTask> {
	const {journal} = session;
	if (isNewest(id)) {
		const entry = await newestEntry(session, type);
		return {id: entry.taskId ?? entry.externalId, type: entry.type, ...factsOf(entry)};
	}
	const entry = journal.find(id);
	if (entry === undefined) requireTaskId(session, id, type);
	if (type === undefined && entry) requireType(session.types, entry);
	const known = type ?? entry?.type;
	if (known === undefined) return discoverType(session, id, lookUp);
	return {id, type: known, ...(entry && factsOf(entry))};
}

/** @throws KlingError `invalid_task_id` for an id that was not submitted here and cannot be a task id */
function requireTaskId({journal, command}: Session, id: string, type: TaskName | undefined): void {
	const maker = journal.findVideo(id);
	if (maker?.taskId !== undefined) {
		throw new KlingError('invalid_task_id', `${id} is not a task: it is the video of task ${maker.taskId}`, {
			task_id: maker.taskId,
			hint: `Type the id of the task: ${command('video', 'status', maker.taskId)}`,
		});
	}
	// An external id can be as short, but a user who names its type has submitted it elsewhere.
	if (type !== undefined || !/^\d{1,5}$/.test(id)) return;
	throw new KlingError('invalid_task_id', `The task id ${id} is too short: Kling's ids have 18 digits`, {
		hint: `\`kling video history\` lists the tasks of this machine. If it is an external id from elsewhere, add --type TYPE.`,
	});
}

/**
 * Resolves the clip that a user means: a video id, `@last`, or a task in the journal, whose clip is then
 * used.
 * @param externalId of the submission that needs the clip. If it was submitted before, the clip of that
 * request is used again.
 * @throws KlingError `task_not_ready`, `task_failed` or `content_policy` when that task has no clip
 */
export async function chooseVideo(session: Session, id: string, externalId?: string): Promise<string> {
	const {journal, notes} = session;
	const before = isNewest(id) && externalId !== undefined ? journal.find(externalId) : undefined;
	const {video_id: clip} = (before?.request ?? {}) as {video_id?: unknown};
	// The same command line means the same clip again, even if a newer one exists by now.
	if (typeof clip === 'string') return clip;
	const entry = isNewest(id) ? await newestEntry(session) : journal.find(id);
	if (entry === undefined) return id;
	requireType(session.types, entry);
	const task = await fetchTask(session, {id: entry.taskId ?? entry.externalId, type: entry.type});
	const {requireSuccess} = await import('./results.js');
	requireSuccess(task);
	const videoId = task.videos[0]?.id;
	if (videoId === undefined)
		throw new KlingError('result_unavailable', `Task ${task.id} has no clip`, {task_id: task.id});
	notes.line(`${task.id} is a task; using its video ${videoId}`);
	return videoId;
}

function modelOf({request}: JournalEntry): string | undefined {
	const {model_name: name} = (request ?? {}) as {model_name?: unknown};
	return typeof name === 'string' ? name : undefined;
}

function newest(
	{newestFirst}: Journal,
	isWanted: (entry: JournalEntry) => boolean,
): JournalEntry | undefined {
	for (const entry of newestFirst()) if (isWanted(entry)) return entry;
	return undefined;
}

/**
 * The newest submission that made a task. A newest submission of unknown outcome is reconciled first, and one
 * whose plugin is gone is an error: taking an older one instead would silently mean another task.
 */
async function newestEntry(session: Session, type?: TaskName): Promise<JournalEntry> {
	const {journal, command} = session;
	const entry = newest(
		journal,
		(candidate) =>
			candidate.outcome !== 'refused' &&
			!isPaidCall(candidate.type) &&
			candidate.type === (type ?? candidate.type) &&
			// Calls that return their result at once cannot be followed.
			!session.types.definition(candidate.type)?.isSynchronous,
	);
	if (entry) {
		requireType(session.types, entry);
		if (entry.outcome === 'made') return entry;
		const task = await reconcileOne(session, entry);
		const settled = journal.find(entry.externalId);
		if (task && settled) return settled;
		// Reconciling has closed a submission too old for a task to appear, so the next one is the newest.
		if (settled?.outcome === 'refused') return newestEntry(session, type);
		throw new KlingError('task_not_found', 'It is not known yet whether the newest submission made a task', {
			external_task_id: entry.externalId,
			hint: `See whether there is a task: ${command('video', 'reconcile', entry.externalId)}`,
		});
	}
	const what = type === undefined ? 'task' : `${type} task`;
	throw new KlingError('task_not_found', `This machine has submitted no ${what} with this account`, {
		hint: 'Give the id of a task; `kling video history` shows what this machine has submitted.',
	});
}

const factsOf = (entry: JournalEntry) => ({model: modelOf(entry), label: taskLabel(entry)});
