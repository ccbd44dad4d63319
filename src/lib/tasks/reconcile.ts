import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {lookUpLate} from './find-eventually.js';
import {requireType} from './require-type.js';
import type {Session} from './task-context.js';

/** Milliseconds after which no task appears any more: then there is none, and the question is closed. */
const latestMs = 10 * 60_000;
/** Milliseconds in which a submit is so young that its task may be about to appear. */
const youngMs = 60_000;
/** Milliseconds before each look for a task of a young submit. */
const youngLooks = [0, 1000, 2000];
/** Lookups in flight. */
const concurrency = 8;

/** What became of a submit whose answer was never seen. */
export interface Settled {
	entry: JournalEntry;
	/** Undefined: Kling has no task of that name, or did not say. */
	task?: Task;
	/** Why nothing could be found out. */
	error?: KlingError;
}

/**
 * Looks up submits of unknown outcome; never submits. A lookup that fails is told with its submit, and the
 * others go on.
 * @param externalIds those to look up; none means all whose outcome or end nobody has seen
 * @throws KlingError `task_not_found` for an external id that the journal does not have
 */
export async function settle(session: Session, externalIds: readonly string[]): Promise<Settled[]> {
	const entries = await session.journal.entries();
	const chosen =
		externalIds.length === 0 ? entries.filter(isOpen) : externalIds.map((id) => entryOf(id, entries));
	const {default: pLimit} = await import('p-limit');
	const limit = pLimit(concurrency);
	return Promise.all(
		chosen.map((entry) =>
			limit(async () => {
				try {
					const task = await settleOne(session, entry);
					return {entry, ...(task && {task})};
				} catch (error) {
					if (!(error instanceof KlingError) || session.signal.aborted) throw error;
					return {entry, error};
				}
			}),
		),
	);
}

/** Nobody has seen the answer, or the end of the task. */
function isOpen({outcome, status}: JournalEntry): boolean {
	return outcome === 'unknown' || (outcome === 'made' && status !== 'succeed' && status !== 'failed');
}

function entryOf(id: string, entries: readonly JournalEntry[]): JournalEntry {
	const entry = entries.findLast(({externalId, taskId}) => externalId === id || taskId === id);
	if (entry) return entry;
	throw new KlingError(
		'task_not_found',
		`The journal of this machine and account knows no submit named ${id}`,
		{
			external_task_id: id,
			hint: `If it was made elsewhere, look it up by its type: kling video status ${id} --type TYPE`,
		},
	);
}

/**
 * Finds out whether a submit made a task, and writes it down.
 * @returns the task, or undefined when Kling has none of that name
 * @throws KlingError what a lookup says when it gave no answer; `invalid_type` when the type is of a plugin that is gone
 */
export async function settleOne(session: Session, entry: JournalEntry): Promise<Task | undefined> {
	const {journal, clock, types} = session;
	requireType(types, entry);
	const age = clock.now() - entry.submittedAt;
	try {
		const looks = entry.outcome === 'unknown' && age < youngMs ? youngLooks : [0];
		const task = await lookUpLate(session, entry.type, entry.taskId ?? entry.externalId, looks);
		await journal.saw(entry.type, {...task, externalId: entry.externalId});
		return task;
	} catch (error) {
		if (!(error instanceof KlingError) || error.code !== 'task_not_found') throw error;
		if (age > latestMs) await journal.refused(entry.externalId);
		return undefined;
	}
}
