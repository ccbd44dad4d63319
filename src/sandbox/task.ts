import type {Result} from './results.js';

/** What the ledgers say about a task beside its cost; shared by all tasks that have the same. */
export interface Description {
	model?: string | undefined;
	mode?: 'std' | 'pro' | '4k' | undefined;
	sound?: 'native' | 'original' | 'off';
	/** A clip was given. */
	video?: boolean;
	voices?: boolean;
}

/** Whose units a task costs. */
export type Pack = 'video' | 'image' | 'try-on';

/** A task as the sandbox keeps it: all that will ever happen to it is settled when it is made. */
export interface SandboxTask {
	id: string;
	/** A name of the table of served types. */
	type: string;
	pack: Pack;
	externalId?: string | undefined;
	/** Real times, Unix ms. */
	createdAt: number;
	/** A lookup finds it from then on; left out, at once. */
	foundFrom?: number | undefined;
	processingAt: number;
	endsAt: number;
	/** Why it will end `failed`; undefined when it will succeed. */
	failure?: string | undefined;
	/** The task whose clip it was made from. */
	parent?: SandboxTask | undefined;
	result: Result;
	/** Whether there is a marked copy; undefined for a type that offers none. */
	watermark?: boolean | undefined;
	/** Undefined where no price is known. */
	units?: number | undefined;
	/** Dollars that it took from the cash balance, where no pack held enough for it. */
	cash?: number;
	about: Description;
	/** How many slots it holds; 0 for what the sandbox made itself, and for what has ended with its request. */
	slots: number;
	/** A task of the newer standard is reported to its callback in that form. */
	isNewer?: boolean;
	/** The record of a call that answered at once, or of a preset: no lookup or list of tasks shows it. */
	isHidden?: boolean;
	/** Its element or voice was deleted. */
	deleted?: boolean;
	/** Made by the sandbox itself. */
	seed: boolean;
}

export type Status = 'submitted' | 'processing' | 'succeed' | 'failed';

/** Where a task stands, and since when (Unix ms); a pure function of the clock. */
export function statusAt(task: SandboxTask, now: number): {status: Status; since: number} {
	if (now >= task.endsAt) return {status: task.failure ? 'failed' : 'succeed', since: task.endsAt};
	if (now >= task.processingAt) return {status: 'processing', since: task.processingAt};
	return {status: 'submitted', since: task.createdAt};
}

export const hasSucceeded = (task: SandboxTask, now: number): boolean =>
	now >= task.endsAt && task.failure === undefined;
