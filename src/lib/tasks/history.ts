import {KlingError} from '../errors/kling-error.js';
import type {Journal, JournalEntry} from '../journal/journal.js';
import type {TaskName} from '../task-types/registry.js';
import {createBatchLookUp} from './batch-lookup.js';
import {isExpiring, isMissing} from './expiring.js';
import {pageLimits} from './list-tasks.js';
import type {Session} from './task-context.js';

/** Selects submissions; an omitted field matches any. */
interface HistoryFilter {
	/** Only submissions of unknown outcome. */
	unsettled?: boolean | undefined;
	/** Task statuses, `unknown` or `refused`. */
	statuses?: readonly string[] | undefined;
	type?: TaskName | undefined;
	/** Unix milliseconds. */
	since?: number | undefined;
	/** Only tasks whose result Kling deletes within this many milliseconds. */
	expiring?: number | undefined;
	/** Only tasks whose result is not on this disk. */
	missing?: boolean | undefined;
}

const statusOf = ({outcome, status}: JournalEntry): string | undefined =>
	outcome === 'made' ? status : outcome;

/** @returns a predicate for journal entries */
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

/** The submissions found, newest first. */
export interface Found {
	entries: JournalEntry[];
	/** Whether there are more beyond the limit. */
	hasMore: boolean;
	/** The number of matches, when all were counted. */
	total: number | undefined;
}

/**
 * Finds the newest matching submissions.
 * @param limit maximum number returned
 * @param count whether to count all matches, which reads the whole journal
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
 * Fetches the tasks that had not ended when last seen, and records them in the journal. One list page covers
 * all tasks of a type that are on it; only the others are requested one by one.
 * @returns one error for each task that could not be refreshed
 * @throws KlingError when none could be refreshed
 */
async function refresh(session: Session, entries: readonly JournalEntry[]): Promise<KlingError[]> {
	const {journal, types} = session;
	const open = entries.filter((entry) => isRunning(entry) && types.names.includes(entry.type));
	const {default: pLimit} = await import('p-limit');
	const lookUp = createBatchLookUp(session, pLimit(8), {minTasks: 2, pageSize: pageLimits.largestPage});
	const errors: KlingError[] = [];
	const one = async ({type, taskId, externalId}: JournalEntry) => {
		try {
			const task = await lookUp({id: taskId ?? externalId, type}, session.signal);
			journal.saw(type, {...task, externalId});
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

/** The journal without finished tasks, which make up most of a long one. */
const unsettled = ({unended}: Journal): Pick<Journal, 'newestFirst'> => ({
	newestFirst: () => unended().reverse(),
});

export interface HistoryRequest extends HistoryFilter {
	/** Maximum number of submissions. */
	limit: number;
	/** Whether to count all matches, which reads the whole journal. */
	count: boolean;
	/** Whether to refresh the tasks from Kling first. */
	refresh: boolean;
	/** Called for each task that could not be refreshed. */
	onFlaw: (error: KlingError) => void;
}

/** The newest matching submissions, refreshed from Kling if requested. */
export async function listHistory(
	session: Session,
	{limit, count, refresh: asksKling, onFlaw, ...filter}: HistoryRequest,
): Promise<Found> {
	const now = session.clock.now();
	const find = (wanted: HistoryFilter, most: number, counted: boolean) =>
		findInHistory(
			wanted.unsettled ? unsettled(session.journal) : session.journal,
			historyFilter(wanted, now),
			{
				limit: most,
				count: counted,
			},
		);
	if (asksKling) {
		const {type, since, statuses, expiring, missing} = filter;
		// The current status decides whether a task is listed, so every candidate is refreshed.
		const isByStatus = statuses !== undefined || expiring !== undefined || missing;
		const {entries} = find({type, since}, isByStatus ? Number.POSITIVE_INFINITY : limit, false);
		for (const error of await refresh(session, entries)) onFlaw(error);
	}
	return find(filter, limit, count);
}
