import type {SandboxType} from './types.js';

/** A task as the sandbox keeps it: all that will ever happen to it is settled when it is made. */
export interface SandboxTask {
	id: string;
	type: SandboxType;
	externalId?: string | undefined;
	/** Real times, Unix ms. */
	createdAt: number;
	/** A lookup finds it from then on; left out, at once. */
	foundFrom?: number;
	processingAt: number;
	endsAt: number;
	/** Why it will end `failed`; undefined when it will succeed. */
	failure?: string | undefined;
	/** Of the clip, or of the clip that it was made from; undefined for a clip from elsewhere. */
	model?: string | undefined;
	/** The source, for extend and add-sound. */
	parent?: SandboxTask | undefined;
	videoId: string;
	audioId: string;
	/** Of the resulting clip, in seconds, as Kling writes it: `5.041`. */
	duration: string;
	watermark: boolean;
	/** How many, of a type that makes pictures. */
	pictures?: number;
	/** Whether the clip has an audio track. */
	sound: boolean;
	units?: string | undefined;
	/** Made by the sandbox itself, so it holds no slot. */
	seed: boolean;
}

export type Status = 'submitted' | 'processing' | 'succeed' | 'failed';

/** Where a task stands, and since when (Unix ms); a pure function of the clock. */
export function statusAt(task: SandboxTask, now: number): {status: Status; since: number} {
	if (now >= task.endsAt) return {status: task.failure ? 'failed' : 'succeed', since: task.endsAt};
	if (now >= task.processingAt) return {status: 'processing', since: task.processingAt};
	return {status: 'submitted', since: task.createdAt};
}

export const hasEnded = (task: SandboxTask, now: number) => now >= task.endsAt;
