import type {TaskName} from '../task-types/registry.js';
import {needsApiKey} from '../task-types/standard.js';
import {isWithoutTasks} from './fetch-task.js';
import {hasCursorList, listByCursor} from './list-by-cursor.js';
import {type ListedTask, listTasks, merge, pageLimits, taskFilter} from './list-tasks.js';
import type {Session} from './task-context.js';

/** Which of an account's tasks to list. */
export interface ListRequest {
	/** Undefined: all types. */
	type: TaskName | undefined;
	/** Tasks on a page. */
	size: number;
	/** The one page to list. Undefined: all pages. */
	page: number | undefined;
	statuses: readonly string[] | undefined;
	/** Unix milliseconds. */
	since: number | undefined;
	/** Called with notes for the user about the list. */
	note: (text: string) => void;
	/** Called when there may be more tasks after the one page. */
	onMore: () => void;
}

/** Lists tasks through the API standard of the account: one list for all types, or one per type. */
export function listFrom(session: Session, request: ListRequest): AsyncIterable<ListedTask> {
	const {client, types} = session;
	const {type, size, page, statuses, since, note, onMore} = request;
	// Types with a list of their own use cursors and need an API key; the others are listed by page.
	const isListedByPage = (name: TaskName) => types.info(name).paths.lookup === undefined;
	const byType = () =>
		listTasks(client, {
			...{size, page, onMore},
			types: type === undefined ? types.names.filter(isListedByPage) : [type],
			registry: types,
			keep: taskFilter(statuses, since),
			onCutOff: (name) => note(cutOff(name)),
		});
	const byCursor = (path?: string) =>
		listByCursor(session, {
			...{type, path, size, page, statuses, since, onMore},
			onUnknownType: () => note(untold),
			otherwise: byType,
		});
	const ownLists =
		type === undefined ? types.names.flatMap((name) => types.info(name).paths.lookup ?? []) : [];
	if (type !== undefined && !isListedByPage(type) && !session.api.hasApiKey) throw needsApiKey(type);
	if (!hasCursorList(session, type)) return byType();
	return merge([byCursor(), ...[...new Set(ownLists)].map((path) => ifThere(byCursor(path)))]);
}

/** Yields nothing where the server does not have the list. */
async function* ifThere(list: AsyncIterable<ListedTask>): AsyncGenerator<ListedTask, void, undefined> {
	try {
		yield* list;
	} catch (error) {
		if (!isWithoutTasks(error)) throw error;
	}
}

const untold =
	'The newer standard of the API does not say the type of a task: those that this machine did not submit are listed under every type';

const cutOff = (type: TaskName) =>
	`Page ${pageLimits.lastPage} of ${type} was full, and Kling gives no page after it: there may be more tasks`;
