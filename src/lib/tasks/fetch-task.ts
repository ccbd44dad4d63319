import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import type {Session} from './task-context.js';

/** What the API finds a task by. */
export interface TaskAddress {
	/** Task id or external id. */
	id: string;
	type: TaskName;
}

/** Asks the API for a task; throws what the API says. */
export type LookUp = (task: TaskAddress, signal?: AbortSignal) => Promise<Task>;

/** Runs a request when there is room for it. */
export type Limit = <T>(request: () => Promise<T>) => Promise<T>;

/** Asks for each task with a request of its own. */
export const lookUpOne =
	({client, types}: Pick<Session, 'client' | 'types'>): LookUp =>
	({id, type}, signal) =>
		client.getTask(types.info(type).paths.v1, id, signal);

/**
 * A task as it is now; the journal learns of it.
 * @throws KlingError what the API says, such as `task_not_found`
 */
export async function fetchTask(
	session: Session,
	address: TaskAddress,
	lookUp: LookUp = lookUpOne(session),
): Promise<Task> {
	const task = await lookUp(address);
	await session.journal.saw(address.type, task);
	return task;
}
