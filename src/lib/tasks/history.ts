import {KlingError} from '../errors/kling-error.js';
import type {Journal, JournalEntry} from '../journal/journal.js';
import type {TaskName} from '../task-types/registry.js';
import {createBatchLookUp} from './batch-lookup.js';
import {isExpiring, isMissing} from './expiring.js';
import {pageLimits} from './list-tasks.js';
import type {Session} from './task-context.js';

/** Which submissions are wanted; what is left out does not matter. */
interface HistoryFilter {
	/** Whether only those of unknown outcome are wanted. */
	unsettled?: boolean | undefined;
	/** Statuses of tasks, or `unknown` or `refused`. */
	statuses?: readonly string[] | undefined;
	type?: TaskName | undefined;
	/** Unix milliseconds. */
	since?: number | undefined;
	/** Milliseconds in which Kling deletes the result. */
	expiring?: number | undefined;
	/** Whether only those are wanted whose result is not on this disk. */
	missing?: boolean | undefined;
}

const statusOf = ({outcome, status}: JournalEntry): string | undefined =>
	outcome === 'made' ? status : outcome;

/** @returns a test of submissions */
function historyFilter(filter: HistoryFilter, now: number): (entry: JournalEntry) => boolean {
	const {unsettled, statuses, type, since, expiring, missing} = filter;
	return (entry) =>
		(!unsettled || entry.outcome === 'unknown') &&
		(statuses === undefined || statuses.includes(statusOf(entry) ?? '')) &&
		(type === undefined || entry.type === type) &&
		(since === undefined || entry.submittedAt >= since) &&
		(expiring === undefined || isExpiring(entry, now, expiring)) &&
		(!missing || isMissing(entry));
}

/** Submissions that were found, newest first. */
export interface Found {
	entries: JournalEntry[];
	/** Whether there are more than were wanted. */
	hasMore: boolean;
	/** How many there are, where all were counted. */
	total: number | undefined;
}

/**
 * The newest submissions that are wanted.
 * @param limit most of them
 * @param count whether all are counted, which reads the whole journal
 */
function findInHistory(
	{newestFirst}: Pick<Journal, 'newestFirst'>,
	isWanted: (entry: JournalEntry) => boolean,
	{limit, count}: {limit: number; count: boolean},
): Found {
	const entries: JournalEntry[] = [];
	let total = 0;
	for (const entry of newestFirst()) {
		if (!isWanted(entry)) continue;
		total++;
		if (total <= limit) entries.push(entry);
		else if (!count) break;
	}
	return {entries, hasMore: total > entries.length, total: count ? total : undefined};
}

const isRunning = ({outcome, status}: JournalEntry) =>
	outcome === 'made' && status !== 'succeed' && status !== 'failed';

/**
 * Asks Kling for the tasks that had not ended when they were last seen; the journal learns of them. One page of a list answers for all the
 * tasks of a type that are on it; only the others are asked for by themselves.
 * @returns what went wrong, one error for each task that Kling said nothing of
 * @throws KlingError when Kling said nothing of any of them
 */
async function refresh(session: Session, entries: readonly JournalEntry[]): Promise<KlingError[]> {
	const {journal, types} = session;
	const open = entries.filter((entry) => isRunning(entry) && types.names.includes(entry.type));
	const {default: pLimit} = await import('p-limit');
	const lookUp = createBatchLookUp(session, pLimit(8), {least: 2, pageSize: pageLimits.largestPage});
	const errors: KlingError[] = [];
	const one = async ({type, taskId, externalId}: JournalEntry) => {
		try {
			const task = await lookUp({id: taskId ?? externalId, type}, session.signal);
			await journal.saw(type, {...task, externalId});
		} catch (error) {
			if (!(error instanceof KlingError) || session.signal.aborted) throw error;
			errors.push(error.with({task_id: taskId}));
		}
	};
	await Promise.all(open.map(one));
	const [first] = errors;
	if (first && errors.length === open.length && first.code !== 'task_not_found') throw first;
	return errors;
}

export interface HistoryRequest extends HistoryFilter {
	/** The most submissions. */
	limit: number;
	/** Whether all are counted, which reads the whole journal. */
	count: boolean;
	/** Whether Kling is asked first. */
	refresh: boolean;
	/** Gets what Kling said nothing of. */
	onFlaw: (error: KlingError) => void;
}

/** The newest submissions that are wanted, as Kling says they are now where that is asked for. */
export async function listHistory(
	session: Session,
	{limit, count, refresh: asksKling, onFlaw, ...filter}: HistoryRequest,
): Promise<Found> {
	const now = session.clock.now();
	const find = (wanted: HistoryFilter, most: number, counted: boolean) =>
		findInHistory(session.journal, historyFilter(wanted, now), {limit: most, count: counted});
	if (asksKling) {
		const {type, since, statuses, expiring, missing} = filter;
		// What a task is now decides whether it is listed, so all that may be are asked for.
		const isByStatus = statuses !== undefined || expiring !== undefined || missing;
		const {entries} = find({type, since}, isByStatus ? Number.POSITIVE_INFINITY : limit, false);
		for (const error of await refresh(session, entries)) onFlaw(error);
	}
	return find(filter, limit, count);
}
