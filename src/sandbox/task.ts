import type {Result} from './results.js';

/** What the ledgers say about a task besides its cost; shared by all tasks that have the same. */
export interface Description {
	model?: string | undefined;
	mode?: 'std' | 'pro' | '4k' | undefined;
	sound?: 'native' | 'original' | 'off';
	/** Whether a clip was given. */
	video?: boolean;
	voices?: boolean;
}

/** Which kind of units a task costs. */
export type Pack = 'video' | 'image' | 'try-on';

/** A task as the sandbox stores it: everything that will ever happen to it is decided when it is made. */
export interface SandboxTask {
	id: string;
	/** Its name in the table of served types. */
	type: string;
	pack: Pack;
	externalId?: string | undefined;
	/** Real times, Unix ms. */
	createdAt: number;
	/** From when on a lookup finds it; if left out, at once. */
	foundFrom?: number | undefined;
	processingAt: number;
	endsAt: number;
	/** Why it will end as `failed`; undefined if it will succeed. */
	failure?: string | undefined;
	/** The task whose clip it was made from. */
	parent?: SandboxTask | undefined;
	result: Result;
	/** Whether there is a watermarked copy; undefined for a type that offers none. */
	watermark?: boolean | undefined;
	/** Undefined if no price is known. */
	units?: number | undefined;
	/** Dollars that it took from the cash balance, where no pack held enough for it. */
	cash?: number;
	about: Description;
	/** How many slots it holds; 0 for what the sandbox made itself, and for calls that return their result at once. */
	slots: number;
	/** A task of the newer standard is reported to its callback in that form. */
	isNewer?: boolean;
	/** The record of a call that returned at once, or of a preset: no lookup or list of tasks shows it. */
	isHidden?: boolean;
	/** Whether its element or voice was deleted. */
	deleted?: boolean;
	/** Whether the sandbox itself made it. */
	seed: boolean;
}

export type Status = 'submitted' | 'processing' | 'succeed' | 'failed';

/** The state of a task, and since when (Unix ms); a pure function of the clock. */
export function statusAt(task: SandboxTask, now: number): {status: Status; since: number} {
	if (now >= task.endsAt) return {status: task.failure ? 'failed' : 'succeed', since: task.endsAt};
	if (now >= task.processingAt) return {status: 'processing', since: task.processingAt};
	return {status: 'submitted', since: task.createdAt};
}

export const hasSucceeded = (task: SandboxTask, now: number): boolean =>
	now >= task.endsAt && task.failure === undefined;
