import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {JournalEntry} from './journal.js';
import type {Session} from './session.js';
import {taskTypes} from './task-types.js';

/** Milliseconds after which no task appears any more: then there is none, and the question is closed. */
const latestMs = 10 * 60_000;

/** What became of a submit whose answer was never seen. */
export interface Settled {
	entry: JournalEntry;
	/** Undefined: Kling has no task of that name. */
	task: Task | undefined;
}

/**
 * Looks up submits of unknown outcome; never submits.
 * @param externalIds those to look up; none means all whose outcome or end nobody has seen
 * @throws KlingError `task_not_found` for an external id that the journal does not have; what a lookup says
 * when it gave no answer
 */
export async function settle(session: Session, externalIds: readonly string[]): Promise<Settled[]> {
	const entries = await session.journal.entries();
	const chosen =
		externalIds.length === 0 ? entries.filter(isOpen) : externalIds.map((id) => entryOf(id, entries));
	const settled: Settled[] = [];
	for (const entry of chosen) settled.push({entry, task: await lookUp(session, entry)});
	return settled;
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

async function lookUp({client, journal, clock}: Session, entry: JournalEntry): Promise<Task | undefined> {
	try {
		const task = await client.getTask(taskTypes[entry.type].path, entry.taskId ?? entry.externalId);
		await journal.saw(entry.type, {...task, externalId: entry.externalId});
		return task;
	} catch (error) {
		if (!(error instanceof KlingError) || error.code !== 'task_not_found') throw error;
		if (clock.now() - entry.submittedAt > latestMs) await journal.refused(entry.externalId);
		return undefined;
	}
}
