import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import {type Limit, type LookUp, type LookUpSession, lookUpOne} from './fetch-task.js';
import {createFindAhead} from './find-ahead.js';
import {pageLimits} from './list-tasks.js';
import {byId, createPagesOnce, type PagesOnce, spare, worthOfPage} from './pages-once.js';
import type {Session} from './task-context.js';

/** With fewer tasks than this, one request per task is just as good. */
const many = 8;
/** Milliseconds during which tasks are gathered for one page request. */
const gatherMs = 25;
/** A type's pages are no longer requested after this many rounds that found none of its tasks. */
const fruitlessRounds = 2;

/** When pages are used. */
export interface PageUse {
	/** Fewest tasks of one type for which a page is requested. Default: where that is quicker. */
	minTasks?: number;
	/** Tasks per page. Default: somewhat more than are wanted. */
	pageSize?: number;
	/** Number of tasks of the command: once all of them are being looked up, no more are gathered. */
	expected?: number;
	/** The ids of all tasks, where each is looked up once and they take turns. Each page is then read once. */
	once?: ReadonlySet<string>;
	/** The user's limit for requests at once. Given with `once`, tasks are looked up before their turn comes. */
	concurrency?: number;
}

/** A task that is being looked up. */
interface Question {
	id: string;
	signal: AbortSignal | undefined;
	resolve: (task: Task) => void;
	reject: (reason: unknown) => void;
}

/**
 * Looks up the tasks of a command with few requests. A page of the list holds whole tasks, so one page
 * replaces hundreds of lookups. Lookups that arrive close together are answered from the newest pages of
 * their type; tasks not on those pages are requested one by one. Source: docs/kling-api.md §5.
 * @param limit runs a request when there is room for it
 * @param pages default: pages are used where that is quicker
 * @returns a function that throws what `getTask` throws
 */
export function createBatchLookUp(
	session: LookUpSession & Pick<Session, 'clock'>,
	limit: Limit = (request) => request(),
	pages: PageUse = {},
): LookUp {
	if (session.find && session.api.choice !== 'v1') {
		const {once, concurrency} = pages;
		// `find` already combines lookups into shared requests, on servers that support it.
		const find = once && concurrency ? createFindAhead(session.find, once, concurrency) : session.find;
		const byPages = createBatchLookUp({...session, find: undefined}, limit, pages);
		let isMissing = false;
		const lookUp = lookUpOne({...session, find}, (address, signal) => {
			isMissing = true;
			return byPages(address, signal);
		});
		return (address, signal) => (isMissing ? byPages : lookUp)(address, signal);
	}
	const lookUp = lookUpOne(session);
	const waiting = new Map<TaskName, Question[]>();
	const rounds = new Map<TaskName, Promise<unknown>>();
	const fruitless = new Map<TaskName, number>();
	const {minTasks = many} = pages;
	const once = pages.once && createPagesOnce(session, limit, pages.once, minTasks);

	const askEach = async (type: TaskName, questions: readonly Question[]): Promise<void> => {
		const alone = ({id, signal, resolve, reject}: Question) =>
			limit(() => lookUp({id, type}, signal)).then(resolve, reject);
		await Promise.all(questions.map(alone));
	};

	async function answer(type: TaskName, questions: readonly Question[]): Promise<void> {
		const before = fruitless.get(type) ?? 0;
		const hasPages = session.types.info(type).paths.lookup === undefined;
		const usesPages = once !== undefined || (questions.length >= minTasks && before < fruitlessRounds);
		if (!hasPages || !usesPages) return askEach(type, questions);
		const round = once
			? answerOnce(once, type, questions)
			: answerByPages(session, type, questions, limit, pages);
		rounds.set(type, round);
		const open = await round;
		fruitless.set(type, open.length === questions.length ? before + 1 : 0);
		await askEach(type, open);
	}

	const flush = async (type: TaskName, questions: readonly Question[]): Promise<void> => {
		if (waiting.get(type) !== questions) return;
		waiting.delete(type);
		await answer(type, questions);
	};

	/** Answers questions once others have had the time to join them. */
	const gather = async (type: TaskName, questions: Question[]): Promise<void> => {
		waiting.set(type, questions);
		await session.clock.sleep(gatherMs);
		// While a page request is running, more tasks gather for the next round.
		await rounds.get(type);
		await flush(type, questions);
	};

	return ({id, type}, signal) =>
		new Promise((resolve, reject) => {
			const kept = once?.take(type, id);
			if (kept) {
				resolve(kept);
				return;
			}
			const questions = waiting.get(type) ?? [];
			questions.push({id, signal, resolve, reject});
			if (questions.length === 1) gather(type, questions).catch(reject);
			if (questions.length === pages.expected) flush(type, questions).catch(reject);
		});
}

/**
 * Resolves the tasks that are on pages not read before, or on those read for others in the meantime.
 * @returns the questions that are still open
 */
async function answerOnce(
	once: PagesOnce,
	type: TaskName,
	questions: readonly Question[],
): Promise<readonly Question[]> {
	await once.readFor(
		type,
		questions.map(({id}) => id),
	);
	return questions.filter(({id, resolve}) => {
		const task = once.take(type, id);
		if (task) resolve(task);
		return task === undefined;
	});
}

/**
 * Resolves every task found on the pages at the same moment, so that their next polls also coincide.
 * @returns the questions that are still open
 */
async function answerByPages(
	{client, types}: Pick<Session, 'client' | 'types'>,
	type: TaskName,
	questions: readonly Question[],
	limit: Limit,
	{minTasks = many, pageSize}: PageUse,
): Promise<readonly Question[]> {
	const size = pageSize ?? Math.min(questions.length * spare, pageLimits.largestPage);
	const path = types.info(type).paths.v1;
	const {signal, release} = abortedWithAll(questions);
	const worthwhile = Math.ceil(questions.length / worthOfPage);
	const found = new Map<string, Task>();
	let open = questions;
	for (let number = 1; open.length >= minTasks && number <= worthwhile; number++) {
		// If a page fails for any reason, the tasks can still be requested one by one.
		const page = await limit(() => client.listTasks(path, {number, size}, signal)).catch((): Task[] => []);
		for (const [id, task] of byId(page)) if (!found.has(id)) found.set(id, task);
		open = questions.filter(({id}) => !found.has(id));
		if (page.length < size) break;
	}
	release();
	for (const {id, resolve} of questions) {
		const task = found.get(id);
		if (task) resolve(task);
	}
	return open;
}

/** A signal that aborts once no caller is waiting for the response. */
function abortedWithAll(questions: readonly Question[]): {signal: AbortSignal; release: () => void} {
	const controller = new AbortController();
	const signals = new Set(questions.map(({signal}) => signal));
	// `undefined` counts as a caller that never gives up.
	let wanted = signals.size;
	const lose = () => {
		if (--wanted === 0) controller.abort();
	};
	for (const signal of signals) {
		if (signal?.aborted) lose();
		else signal?.addEventListener('abort', lose, {once: true});
	}
	return {
		signal: controller.signal,
		release() {
			for (const signal of signals) signal?.removeEventListener('abort', lose);
		},
	};
}
