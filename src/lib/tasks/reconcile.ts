import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {Journal, JournalEntry} from '../journal/journal.js';
import {minimumAgeMs} from '../journal/machine-time.js';
import type {Clock} from '../system/clock.js';
import {isPaidCall} from '../task-types/calls.js';
import {findEventually} from './find-eventually.js';
import {isNewest} from './newest.js';
import {requireType} from './require-type.js';
import type {Session} from './task-context.js';

/**
 * Milliseconds after which a task that has not appeared never will, so the submission can be closed as
 * refused.
 */
export const appearanceLimitMs = 10 * 60_000;
/** Milliseconds for which a submission is so recent that its task may be about to appear. */
const youngMs = 60_000;
/** Milliseconds before each lookup for a recent submission. */
const youngDelaysMs = [0, 1000, 2000];
/** Maximum number of lookups in flight. */
const concurrency = 8;

/** The outcome of a submission whose response was never seen. */
export interface Reconciled {
	entry: JournalEntry;
	/** Undefined: Kling has no task with that external id, or could not be asked. */
	task?: Task;
	/** Why the outcome could not be found out. */
	error?: KlingError;
}

/**
 * Looks up submissions of unknown outcome; never submits. A lookup that fails is reported with its
 * submission, and the others continue.
 * @param ids external ids, task ids, or `@last`; none means all whose outcome or result has not been seen
 * @throws KlingError `task_not_found` for an id that is not in the journal
 */
export async function reconcile(session: Session, ids: readonly string[]): Promise<Reconciled[]> {
	const {journal} = session;
	const chosen =
		ids.length === 0
			? journal.unended().filter(isOpen)
			: await Promise.all(ids.map((id) => entryOf(id, journal)));
	const {default: pLimit} = await import('p-limit');
	const limit = pLimit(concurrency);
	return Promise.all(
		chosen.map((entry) =>
			limit(async () => {
				try {
					const task = await reconcileOne(session, entry);
					return {entry, ...(task && {task})};
				} catch (error) {
					if (!(error instanceof KlingError) || session.signal.aborted) throw error;
					return {entry, error};
				}
			}),
		),
	);
}

/** The newest submission that may have made a task. */
function newestSubmission({newestFirst}: Journal): JournalEntry | undefined {
	for (const entry of newestFirst()) if (entry.outcome !== 'refused' && !isPaidCall(entry.type)) return entry;
	return undefined;
}

/** Whether the response, or the task's final status, has not been seen yet. */
function isOpen({type, outcome, status}: JournalEntry): boolean {
	// A call that returns its result at once cannot be looked up.
	if (isPaidCall(type)) return false;
	return outcome === 'unknown' || (outcome === 'made' && status !== 'succeed' && status !== 'failed');
}

async function entryOf(id: string, journal: Journal): Promise<JournalEntry> {
	const entry = isNewest(id) ? newestSubmission(journal) : journal.find(id);
	if (entry) return entry;
	if (isNewest(id))
		throw new KlingError('task_not_found', 'This machine has submitted nothing with this account');
	throw new KlingError(
		'task_not_found',
		`The journal of this machine and account has no submission named ${id}`,
		{
			external_task_id: id,
			hint: `If it was made elsewhere, look it up by its type: kling video status ${id} --type TYPE`,
		},
	);
}

/**
 * Finds out whether a submission made a task, and records it.
 * @returns the task, or undefined when Kling has none with that external id
 * @throws KlingError the lookup's error when it got no answer; `invalid_type` when the type belonged to a
 * plugin that is gone
 */
export async function reconcileOne(session: Session, entry: JournalEntry): Promise<Task | undefined> {
	const {journal, clock, types} = session;
	requireType(types, entry);
	try {
		const delaysMs = entry.outcome === 'unknown' && age(entry, clock) < youngMs ? youngDelaysMs : [0];
		const task = await findEventually(session, entry.type, entry.taskId ?? entry.externalId, delaysMs);
		journal.saw(entry.type, {...task, externalId: entry.externalId});
		return task;
	} catch (error) {
		if (!(error instanceof KlingError) || error.code !== 'task_not_found') throw error;
		if (isOver(entry, clock)) await journal.close(entry.externalId);
		else await journal.missed(entry.externalId);
		return undefined;
	}
}

const age = (entry: JournalEntry, clock: Clock) =>
	minimumAgeMs(entry, clock) ?? clock.now() - entry.submittedAt;

/**
 * Whether a missing task can no longer appear. The clock may have been wrong at submission, so the recorded
 * time alone is not enough: either the machine has been running long enough since, or an earlier lookup long
 * ago also found nothing.
 */
function isOver(entry: JournalEntry, clock: Clock): boolean {
	const missed = entry.missedAt === undefined ? 0 : clock.now() - entry.missedAt;
	return (
		age(entry, clock) > appearanceLimitMs &&
		(minimumAgeMs(entry, clock) !== undefined || missed > appearanceLimitMs)
	);
}
