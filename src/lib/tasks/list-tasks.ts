import type {KlingClient} from '../api/client.js';
import type {Task} from '../api/task.js';
import {definedOnly} from '../errors/kling-error.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';
import {resultFields} from './results.js';

/** The API's highest page number and largest page size. Source: docs/kling-api.md §5. */
export const pageLimits = {lastPage: 1000, largestPage: 500} as const;

/** The documented statuses. Source: docs/kling-api.md §4. */
export const taskStatuses = ['submitted', 'processing', 'succeed', 'failed'] as const;

/** Pages fetched ahead: enough to keep a reader busy while bounding memory. */
const pagesAtOnce = 4;

export interface ListOptions {
	types: readonly TaskName[];
	registry: TypeRegistry;
	/** Tasks on a page, 1-500. */
	size: number;
	/** The one page of each type to list. Default: all pages. */
	page?: number | undefined;
	/** Whether to keep a task; Kling offers no filters. */
	keep?: (task: Task) => boolean;
	/** Called when the API's last page was full, so that some tasks may be out of reach. */
	onCutOff?: (type: TaskName) => void;
	/** Called when the one page was full, so that there may be more tasks. */
	onMore?: (() => void) | undefined;
}

export interface ListedTask {
	/** Undefined when neither the list nor the journal gives it. */
	type: TaskName | undefined;
	task: Task;
}

/** A task as documents show it. */
export interface TaskRow {
	task_id: string;
	status: string;
	/** Unix milliseconds. */
	created_at?: number | undefined;
	/** With --verbose, like the other links and all keys that follow except the type. */
	video_id?: string | undefined;
	/** Seconds, as Kling writes them. */
	duration?: string | undefined;
	video_url?: string | undefined;
	watermark_url?: string | undefined;
	audio_mp3_url?: string | undefined;
	audio_wav_url?: string | undefined;
	/** One for each picture: null if Kling leaves its link out. */
	image_urls?: (string | null)[] | undefined;
	/** With --verbose, or when several types are listed. */
	type?: string | undefined;
	external_task_id?: string | undefined;
	/** Why the task failed. */
	message?: string | undefined;
	updated_at?: number | undefined;
	/** What the task cost, as reported by Kling. */
	units?: string | undefined;
}

/**
 * Lists tasks as their pages arrive, each task once, in Kling's order. Several types are merged by
 * `createdAt`, newest first wherever Kling lists each type that way. A page is requested only when there is
 * room for it, so a slow reader slows the list down.
 * @throws KlingError for a page that cannot be read
 */
export async function* listTasks(
	client: Pick<KlingClient, 'listTasks'>,
	options: ListOptions,
): AsyncGenerator<ListedTask, void, undefined> {
	yield* merge(options.types.map((type) => tasksOf(client, type, options)));
}

/** Compares Unix milliseconds, newest first; undefined sorts last. */
export const newestFirst = (a: number | undefined, b: number | undefined): number => (b ?? 0) - (a ?? 0);

/**
 * Returns a predicate for tasks.
 * @param statuses default: any
 * @param madeSince Unix milliseconds. A task without a creation time does not match.
 */
export function taskFilter(
	statuses: readonly string[] | undefined,
	madeSince: number | undefined,
): (task: Task) => boolean {
	return ({status, createdAt}) =>
		(statuses === undefined || statuses.includes(status)) &&
		(madeSince === undefined || (createdAt !== undefined && createdAt >= madeSince));
}

/** Which fields of listed tasks are shown. */
export interface Shown {
	/** All that are known. */
	verbose: boolean;
	/** Includes the type. */
	typed: boolean;
}

/** A task as documents show it. */
export const taskRow = (listed: ListedTask, shown: Shown): TaskRow => definedOnly(allFields(listed, shown));

/** The columns that rows can have, in order. */
export function taskColumns(shown: Shown): string[] {
	const task = {id: '', status: '', videos: [], audios: []};
	return Object.keys(allFields({type: 'create', task}, shown));
}

function allFields({type, task}: ListedTask, {verbose, typed}: Shown): TaskRow {
	return {
		task_id: task.id,
		status: task.status,
		created_at: task.createdAt,
		...(verbose && resultFields(task)),
		...((verbose || typed) && {type}),
		...(verbose && {
			external_task_id: task.externalId,
			message: task.statusMessage,
			updated_at: task.updatedAt,
			units: task.units,
		}),
	};
}

async function* tasksOf(
	client: Pick<KlingClient, 'listTasks'>,
	type: TaskName,
	options: ListOptions,
): AsyncGenerator<ListedTask, void, undefined> {
	const {keep = () => true} = options;
	// A task made in the meantime pushes others onto the next page, where they would be listed twice.
	const seen = new Set<string>();
	for await (const tasks of pagesOf(client, type, options)) {
		for (const task of tasks) {
			if (seen.has(task.id)) continue;
			seen.add(task.id);
			if (keep(task)) yield {type, task};
		}
	}
}

async function* pagesOf(
	client: Pick<KlingClient, 'listTasks'>,
	type: TaskName,
	{types, registry, size, page: only, onCutOff, onMore}: ListOptions,
): AsyncGenerator<Task[], void, undefined> {
	const last = only ?? pageLimits.lastPage;
	// Several types are already fetched in parallel.
	const ahead = types.length === 1 ? pagesAtOnce : 1;
	const coming: Promise<Task[]>[] = [];
	let next = only ?? 1;
	const fetchUpTo = (count: number) => {
		while (coming.length < count && next <= last) {
			const page = client.listTasks(registry.info(type).paths.v1, {number: next++, size});
			// The error is thrown when the page's turn comes. A page past the end of the list has no turn.
			page.catch(() => {});
			coming.push(page);
		}
	};
	// Most lists end with their first page, so it is fetched alone.
	fetchUpTo(1);
	for (let page = coming.shift(); page; page = coming.shift()) {
		const tasks = await page;
		const isLast = tasks.length < size;
		if (!isLast) fetchUpTo(ahead);
		yield tasks;
		if (isLast) return;
	}
	if (only === undefined) onCutOff?.(type);
	else onMore?.();
}

/** Merges lists of tasks by `createdAt`, newest first if each list is. */
export async function* merge(
	lists: readonly AsyncGenerator<ListedTask, void, undefined>[],
): AsyncGenerator<ListedTask, void, undefined> {
	const take = async (list: AsyncGenerator<ListedTask, void, undefined>) => {
		const {value} = await list.next();
		return value ? {list, first: value} : undefined;
	};
	const isThere = <T>(head: T | undefined): head is T => head !== undefined;
	let heads = (await Promise.all(lists.map(take))).filter(isThere);
	while (heads.length > 0) {
		const newest = heads.reduce((best, head) =>
			newestFirst(best.first.task.createdAt, head.first.task.createdAt) > 0 ? head : best,
		);
		yield newest.first;
		const following = await take(newest.list);
		heads = heads.map((head) => (head === newest ? following : head)).filter(isThere);
	}
}
