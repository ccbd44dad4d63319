import type {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';

/** What the scheduler knows of a job. */
export interface Schedulable {
	key: string;
	needs: readonly string[];
	/** See Job. */
	height: number;
}

/** How far a job has come. */
export type Phase = 'waiting' | 'submitting' | 'running' | 'saving' | 'done' | 'failed' | 'skipped';

/** The work on a job; every step throws a KlingError when it fails. */
export interface Steps<J> {
	/** Jobs of one pool share slots. */
	poolOf(job: J): string;
	/** Whether a task exists already, so that no slot has to be asked for. */
	exists(job: J): boolean;
	/** Submits the task, which **costs the user**; must not wait for a slot. */
	submit(job: J): Promise<void>;
	/** Resolves when the task has ended well. */
	follow(job: J): Promise<void>;
	/** Puts its results where they belong. */
	save(job: J): Promise<void>;
}

export interface SchedulerOptions<J extends Schedulable> {
	jobs: readonly J[];
	steps: Steps<J>;
	clock: Clock;
	/** From 0 up to 1. */
	random: () => number;
	/** Stops everything but what is on its way. */
	signal: AbortSignal;
	/** Keys of what failed before, and is not tried again. */
	failed?: ReadonlySet<string> | undefined;
	/** The most tasks at once; left out, as many as the account takes. */
	most?: number | undefined;
	/** After so many failures nothing new is submitted. */
	maxFailures?: number | undefined;
	/** Unix milliseconds after which nothing is begun or waited for. */
	deadline?: number | undefined;
	onPhase?: ((job: J, phase: Phase, error?: KlingError) => void) | undefined;
	/** Called when work pauses for a reason that may pass. */
	onTrouble?: ((error: KlingError, waitMs: number) => void) | undefined;
}

export interface Outcome<J> {
	phases: Map<J, Phase>;
	errors: Map<J, KlingError>;
	/** What ended the run before all was done. */
	stopped: KlingError | undefined;
}
