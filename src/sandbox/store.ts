import {makeIds, type TaskIds} from './ids.js';
import {hasEnded, type SandboxTask, statusAt} from './task.js';
import type {SandboxType} from './types.js';

/** The tasks of one sandbox, in memory. */
export interface Store {
	add(task: SandboxTask): void;
	/** Ids that no task has. */
	freshIds(now: number): TaskIds;
	/** By task id or external id, under the path of its own type only (docs/kling-api.md §5). */
	find(type: SandboxType, id: string, now: number): SandboxTask | undefined;
	/** The task that made a video; a video is not there before its task has succeeded. */
	findVideo(videoId: string, now: number): SandboxTask | undefined;
	hasExternalId(externalId: string): boolean;
	/** One page of the tasks of a type, newest first; the first page is 1. */
	list(type: SandboxType, page: {number: number; size: number}): SandboxTask[];
	/** Those that were submitted, oldest first; not the seeds. */
	submitted(): SandboxTask[];
	/** How many tasks hold a slot of the resource pack (§10). */
	running(now: number): number;
}

export function makeStore(): Store {
	const byId = new Map<string, SandboxTask>();
	const byExternalId = new Map<string, SandboxTask>();
	const byVideoId = new Map<string, SandboxTask>();
	/** Oldest first, so that a page is a slice. */
	const byType = new Map<SandboxType, SandboxTask[]>();
	let unfinished: SandboxTask[] = [];

	return {
		add(task) {
			byId.set(task.id, task);
			byVideoId.set(task.videoId, task);
			if (task.externalId !== undefined) byExternalId.set(task.externalId, task);
			if (!task.seed) unfinished.push(task);
			const ofType = byType.get(task.type) ?? [];
			byType.set(task.type, ofType);
			// A clock that was set back makes a task that is older than the one before it.
			const before = ofType.findLastIndex(({createdAt}) => createdAt <= task.createdAt);
			ofType.splice(before + 1, 0, task);
		},
		freshIds(now) {
			let ids = makeIds(now);
			while (byId.has(ids.id) || byVideoId.has(ids.videoId)) ids = makeIds(now);
			return ids;
		},
		find(type, id, now) {
			return [byId.get(id), byExternalId.get(id)].find(
				(task) => task?.type === type && (task.foundFrom ?? 0) <= now,
			);
		},
		findVideo(videoId, now) {
			const task = byVideoId.get(videoId);
			return task && statusAt(task, now).status === 'succeed' ? task : undefined;
		},
		hasExternalId: (externalId) => byExternalId.has(externalId),
		list(type, {number, size}) {
			const ofType = byType.get(type) ?? [];
			const end = Math.max(0, ofType.length - (number - 1) * size);
			return ofType.slice(Math.max(0, end - size), end).reverse();
		},
		submitted: () => [...byId.values()].filter(({seed}) => !seed),
		running(now) {
			unfinished = unfinished.filter((task) => !hasEnded(task, now));
			return unfinished.length;
		},
	};
}
