import type {TaskType} from '../lib/tasks/task-types.js';
import {makeIds, type TaskIds} from './ids.js';
import {hasEnded, type SandboxTask, statusAt} from './task.js';

/** The tasks of one sandbox, in memory. */
export interface Store {
	add(task: SandboxTask): void;
	/** Ids that no task has. */
	freshIds(now: number): TaskIds;
	/** By task id or external id, under the path of its own type only (docs/kling-api.md §5). */
	find(type: TaskType, id: string): SandboxTask | undefined;
	/** The task that made a video; a video is not there before its task has succeeded. */
	findVideo(videoId: string, now: number): SandboxTask | undefined;
	hasExternalId(externalId: string): boolean;
	/** Newest first. */
	list(type: TaskType): SandboxTask[];
	/** How many tasks hold a slot of the resource pack (§10). */
	running(now: number): number;
}

const newestFirst = (a: SandboxTask, b: SandboxTask) => b.createdAt - a.createdAt;

export function makeStore(): Store {
	const byId = new Map<string, SandboxTask>();
	const byExternalId = new Map<string, SandboxTask>();
	const byVideoId = new Map<string, SandboxTask>();
	let unfinished: SandboxTask[] = [];

	return {
		add(task) {
			byId.set(task.id, task);
			byVideoId.set(task.videoId, task);
			if (task.externalId !== undefined) byExternalId.set(task.externalId, task);
			if (!task.seed) unfinished.push(task);
		},
		freshIds(now) {
			let ids = makeIds(now);
			while (byId.has(ids.id) || byVideoId.has(ids.videoId)) ids = makeIds(now);
			return ids;
		},
		find(type, id) {
			const task = byId.get(id) ?? byExternalId.get(id);
			return task?.type === type ? task : undefined;
		},
		findVideo(videoId, now) {
			const task = byVideoId.get(videoId);
			return task && statusAt(task, now).status === 'succeed' ? task : undefined;
		},
		hasExternalId: (externalId) => byExternalId.has(externalId),
		list: (type) =>
			// A stable sort of the reverse keeps tasks of the same millisecond newest first, too.
			[...byId.values()]
				.filter((task) => task.type === type)
				.reverse()
				.sort(newestFirst),
		running(now) {
			unfinished = unfinished.filter((task) => !hasEnded(task, now));
			return unfinished.length;
		},
	};
}
