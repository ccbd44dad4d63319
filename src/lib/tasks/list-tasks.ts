import type {KlingClient} from '../api/client.js';
import type {Task} from '../api/task.js';
import {definedOnly} from '../errors/kling-error.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';
import {resultFields} from './results.js';

/** The API has no page after this one, and none larger than this. Source: docs/kling-api.md §5. */
export const pageLimits = {lastPage: 1000, largestPage: 500} as const;

/** The states that Kling documents. Source: docs/kling-api.md §4. */
export const taskStatuses = ['submitted', 'processing', 'succeed', 'failed'] as const;

/** Pages that are fetched at once: a reader is kept busy, and no more of the list is held in memory. */
const pagesAtOnce = 4;

export interface ListOptions {
	types: readonly TaskName[];
	registry: TypeRegistry;
	/** Tasks on a page, 1-500. */
	size: number;
	/** The one page to list, of each type; left out, all pages are. */
	page?: number | undefined;
	/** Whether a task is wanted; Kling itself filters nothing. */
	keep?: (task: Task) => boolean;
	/** Called when the last page that the API has was full, so there may be tasks that cannot be listed. */
	onCutOff?: (type: TaskName) => void;
	/** Called when the one page was full, so that there may be more. */
	onMore?: (() => void) | undefined;
}

export interface ListedTask {
	/** Undefined where neither the list nor the journal says it. */
	type: TaskName | undefined;
	task: Task;
}

/** A task as documents show it. */
export interface TaskRow {
	task_id: string;
	status: string;
	/** Unix milliseconds. */
	created_at?: number | undefined;
	/** With --verbose, as the other links, and all that follows but the type. */
	video_id?: string | undefined;
	/** Seconds, as Kling writes them. */
	duration?: string | undefined;
	video_url?: string | undefined;
	watermark_url?: string | undefined;
	audio_mp3_url?: string | undefined;
	audio_wav_url?: string | undefined;
	image_urls?: (string | undefined)[] | undefined;
	/** With --verbose, or where several types are listed. */
	type?: string | undefined;
	external_task_id?: string | undefined;
	/** Why the task failed. */
	message?: string | undefined;
	updated_at?: number | undefined;
	/** What the task cost, as Kling writes it. */
	units?: string | undefined;
}

/**
 * Lists tasks as their pages arrive, each once, in the order that Kling gives; several types are merged by
 * `createdAt`, newest first where Kling gives each so. A page is asked for only when there is room for it, so
 * a slow reader holds the list back.
 * @throws KlingError what a page says that cannot be read
 */
export async function* listTasks(
	client: Pick<KlingClient, 'listTasks'>,
	options: ListOptions,
): AsyncGenerator<ListedTask, void, undefined> {
	yield* merge(options.types.map((type) => tasksOf(client, type, options)));
}

/** Orders times, Unix milliseconds, newest first; what has none comes last. */
export const newestFirst = (a: number | undefined, b: number | undefined): number => (b ?? 0) - (a ?? 0);

/**
 * A test of tasks.
 * @param statuses the states wanted; left out, any
 * @param madeSince Unix milliseconds; a task that does not say when it was made is not taken to be that new
 */
export function taskFilter(
	statuses: readonly string[] | undefined,
	madeSince: number | undefined,
): (task: Task) => boolean {
	return ({status, createdAt}) =>
		(statuses === undefined || statuses.includes(status)) &&
		(madeSince === undefined || (createdAt !== undefined && createdAt >= madeSince));
}

/** What is shown of listed tasks. */
export interface Shown {
	/** Whatever is known. */
	verbose: boolean;
	/** Also the type. */
	typed: boolean;
}

/** A task as documents show it. */
export const taskRow = (listed: ListedTask, shown: Shown): TaskRow => definedOnly(allFields(listed, shown));

/** The keys that rows can have, in their order. */
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
	// A task that is made meanwhile pushes others to a page that is yet to come.
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
	// Several types are fetched side by side already.
	const ahead = types.length === 1 ? pagesAtOnce : 1;
	const coming: Promise<Task[]>[] = [];
	let next = only ?? 1;
	const fetchUpTo = (count: number) => {
		while (coming.length < count && next <= last) {
			const page = client.listTasks(registry.info(type).paths.v1, {number: next++, size});
			// It fails when its turn comes; one past the end of the list has no turn.
			page.catch(() => {});
			coming.push(page);
		}
	};
	// Most lists end with their first page, so that one goes alone.
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

/** Lists of tasks as one, by `createdAt`, newest first where each is so. */
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
