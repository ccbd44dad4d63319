import {type IdKind, makeTaskId, taskIdOf} from './ids.js';
import {hasSucceeded, type Pack, type SandboxTask} from './task.js';

/** The tasks of one sandbox, in memory. */
export interface Store {
	add(task: SandboxTask): void;
	/** A new id. */
	freshId(now: number): string;
	/** Any task, by its id. */
	byId(id: string): SandboxTask | undefined;
	/** By task id or external id, under the path of its own type only (docs/kling-api.md §5). */
	find(type: string, id: string, now: number): SandboxTask | undefined;
	/** Of any type, by one kind of id, as in the newer standard. */
	findAny(by: 'id' | 'externalId', id: string, now: number): SandboxTask | undefined;
	/** The task that made a video, sound, voice, element or session; undefined before it has succeeded. */
	findMaker(kind: IdKind, id: string, now: number): SandboxTask | undefined;
	hasExternalId(externalId: string): boolean;
	/** One page of the tasks of a type, newest first; the first page is 1. */
	list(type: string, page: {number: number; size: number}): SandboxTask[];
	/** All tasks, oldest first. */
	all(): readonly SandboxTask[];
	/** Submitted tasks, oldest first, without the seeds. */
	submitted(): SandboxTask[];
	/** How many slots of a kind of pack are in use (§10). */
	slotsInUse(pack: Pack, now: number): number;
}

/** Adds a task to a list that is sorted by age. */
function insert(tasks: SandboxTask[], task: SandboxTask): void {
	const last = tasks.at(-1);
	if (last === undefined || last.createdAt <= task.createdAt) {
		tasks.push(task);
		return;
	}
	// If the clock was set back, a new task is older than the one before it.
	const before = tasks.findLastIndex(({createdAt}) => createdAt <= task.createdAt);
	tasks.splice(before + 1, 0, task);
}

export function makeStore(): Store {
	const byId = new Map<string, SandboxTask>();
	const byExternalId = new Map<string, SandboxTask>();
	const byType = new Map<string, SandboxTask[]>();
	const everything: SandboxTask[] = [];
	const holding = new Map<Pack, SandboxTask[]>();

	const visible = (task: SandboxTask | undefined, now: number) =>
		task !== undefined && (task.foundFrom ?? 0) <= now ? task : undefined;

	return {
		add(task) {
			byId.set(task.id, task);
			if (task.externalId !== undefined) byExternalId.set(task.externalId, task);
			const ofType = byType.get(task.type) ?? [];
			byType.set(task.type, ofType);
			insert(ofType, task);
			insert(everything, task);
			if (task.slots === 0) return;
			const ofPack = holding.get(task.pack) ?? [];
			holding.set(task.pack, ofPack);
			ofPack.push(task);
		},
		freshId(now) {
			let id = makeTaskId(now);
			while (byId.has(id)) id = makeTaskId(now);
			return id;
		},
		byId: (id) => byId.get(id),
		find(type, id, now) {
			return [byId.get(id), byExternalId.get(id)].find(
				(task) => task?.type === type && visible(task, now) !== undefined,
			);
		},
		findAny(by, id, now) {
			const task = visible((by === 'id' ? byId : byExternalId).get(id), now);
			return task?.isHidden ? undefined : task;
		},
		findMaker(kind, id, now) {
			const task = byId.get(taskIdOf(id, kind) ?? '');
			return task && hasSucceeded(task, now) ? task : undefined;
		},
		hasExternalId: (externalId) => byExternalId.has(externalId),
		list(type, {number, size}) {
			const ofType = byType.get(type) ?? [];
			const end = Math.max(0, ofType.length - (number - 1) * size);
			return ofType.slice(Math.max(0, end - size), end).reverse();
		},
		all: () => everything,
		submitted: () => everything.filter(({seed}) => !seed),
		slotsInUse(pack, now) {
			const running = (holding.get(pack) ?? []).filter(({endsAt}) => endsAt > now);
			holding.set(pack, running);
			return running.reduce((sum, {slots}) => sum + slots, 0);
		},
	};
}
