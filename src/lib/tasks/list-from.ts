import type {TaskName} from '../task-types/registry.js';
import {hasCursorList, listByCursor} from './list-by-cursor.js';
import {type ListedTask, listTasks, pageLimits, taskFilter} from './list-tasks.js';
import type {Session} from './task-context.js';

/** Which tasks of an account are listed. */
export interface ListRequest {
	/** Left out, all are. */
	type: TaskName | undefined;
	/** Tasks on a page. */
	size: number;
	/** The one page to list; left out, all pages are. */
	page: number | undefined;
	statuses: readonly string[] | undefined;
	/** Unix milliseconds. */
	since: number | undefined;
	/** Called with what the user should know of the list. */
	note: (text: string) => void;
	/** Called when there may be more than the one page. */
	onMore: () => void;
}

/** Lists tasks by the standard of the API that the account has: one list of every type, or one for each. */
export function listFrom(session: Session, request: ListRequest): AsyncIterable<ListedTask> {
	const {client, types} = session;
	const {type, size, page, statuses, since, note, onMore} = request;
	const byType = () =>
		listTasks(client, {
			...{size, page, onMore},
			types: type === undefined ? types.names : [type],
			registry: types,
			keep: taskFilter(statuses, since),
			onCutOff: (name) => note(cutOff(name)),
		});
	if (!hasCursorList(session, type)) return byType();
	return listByCursor(session, {
		...{type, size, page, statuses, since, onMore},
		onUnknownType: () => note(untold),
		otherwise: byType,
	});
}

const untold =
	'The newer standard of the API does not say the type of a task: those that this machine did not submit are listed under every type';

const cutOff = (type: TaskName) =>
	`Page ${pageLimits.lastPage} of ${type} was full, and Kling gives no page after it: there may be more tasks`;
