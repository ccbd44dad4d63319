import type {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';

/** What the scheduler knows about a job. */
export interface Schedulable {
	key: string;
	needs: readonly string[];
	/** See Job. */
	height: number;
}

/** The phase of a job. */
export type Phase = 'waiting' | 'submitting' | 'running' | 'saving' | 'done' | 'failed' | 'skipped';

/** The steps of a job; each throws a KlingError if it fails. */
export interface Steps<J> {
	/** Jobs of one pool share slots. */
	poolOf(job: J): string;
	/** Whether a task exists already, so that no slot is needed. */
	exists(job: J): boolean;
	/** Submits the task, which **costs the user**; must not wait for a slot. */
	submit(job: J): Promise<void>;
	/** Resolves when the task has succeeded. */
	follow(job: J): Promise<void>;
	/** Saves its results. */
	save(job: J): Promise<void>;
}

export interface SchedulerOptions<J extends Schedulable> {
	jobs: readonly J[];
	steps: Steps<J>;
	clock: Clock;
	/** From 0 up to 1. */
	random: () => number;
	/** Stops everything except what is already in progress. */
	signal: AbortSignal;
	/** Keys of jobs that failed before and are not tried again. */
	failed?: ReadonlySet<string> | undefined;
	/** The most tasks at once; if left out, as many as the account accepts. */
	maxJobs?: number | undefined;
	/** After this many failures nothing new is submitted. */
	maxFailures?: number | undefined;
	/** Unix milliseconds after which nothing is started or waited for. */
	deadline?: number | undefined;
	onPhase?: ((job: J, phase: Phase, error?: KlingError) => void) | undefined;
	/** Called when work pauses for a reason that may pass. */
	onTrouble?: ((error: KlingError, waitMs: number) => void) | undefined;
}

export interface Outcome<J> {
	phases: Map<J, Phase>;
	errors: Map<J, KlingError>;
	/** What ended the run before everything was done. */
	stopped: KlingError | undefined;
}
