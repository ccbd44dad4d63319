import type {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import {Slots} from './slots.js';
import {
	asKlingError,
	isFatal,
	leavesAll,
	needsFailed,
	reasonOf,
	timeIsUp,
	tooManyFailures,
	verdictOn,
} from './verdicts.js';

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
	/** Told when work pauses for a reason that may pass. */
	onTrouble?: ((error: KlingError, waitMs: number) => void) | undefined;
}

export interface Outcome<J> {
	phases: Map<J, Phase>;
	errors: Map<J, KlingError>;
	/** What ended the run before all was done. */
	stopped: KlingError | undefined;
}

/** Submissions and transfers in flight. */
const atOnce = {submitting: 8, saving: 6};
/** How often in a row a submission may fail to reach Kling. */
const patience = 20;
/** How often the results of a task are fetched anew. */
const saveAttempts = 3;
/** Milliseconds. */
const trouble = {first: 1000, longest: 60_000};

/**
 * Runs jobs so that the account's slots are always in use: the next is submitted when one has ended, results are saved
 * meanwhile, and what much waits for comes first. Pure but for the steps; a failed job stops only those that need it.
 */
export function runJobs<J extends Schedulable>(options: SchedulerOptions<J>): Promise<Outcome<J>> {
	return new Scheduler(options).run();
}

class Scheduler<J extends Schedulable> {
	readonly #options: SchedulerOptions<J>;
	readonly #phases = new Map<J, Phase>();
	readonly #errors = new Map<J, KlingError>();
	readonly #byKey: Map<string, J>;
	readonly #place: Map<J, number>;
	readonly #pools = new Map<string, Slots>();
	/** In the order in which they are begun. */
	#queue: J[];
	/** Whose needs are not done. */
	#blocked: J[] = [];
	#active = 0;
	#submitting = 0;
	#inSlots = 0;
	#saving = 0;
	#toSave: J[] = [];
	#failures = 0;
	#unreached = 0;
	#pausedUntil = 0;
	#stopped: KlingError | undefined;
	#wake: () => void = () => {};
	#halt: (reason: KlingError) => void = () => {};
	/** Rejects when even what runs is left to the next run. */
	readonly #halted: Promise<never>;

	constructor(options: SchedulerOptions<J>) {
		this.#options = options;
		const {jobs} = options;
		this.#halted = new Promise((_, reject) => {
			this.#halt = reject;
		});
		this.#halted.catch(() => {});
		this.#byKey = new Map(jobs.map((job) => [job.key, job]));
		this.#place = new Map(jobs.map((job, index) => [job, index]));
		this.#queue = [...jobs];
		for (const job of jobs) this.#phases.set(job, 'waiting');
	}

	async run(): Promise<Outcome<J>> {
		const {signal, clock, deadline} = this.#options;
		const stop = () => this.#stop(reasonOf(signal));
		if (signal.aborted) stop();
		signal.addEventListener('abort', stop, {once: true});
		this.#sort();
		for (;;) {
			this.#begin();
			if (this.#active === 0 && (this.#stopped !== undefined || this.#queue.length === 0)) break;
			const now = clock.now();
			if (deadline !== undefined && now >= deadline) this.#stop(timeIsUp());
			await this.#rest(now);
		}
		signal.removeEventListener('abort', stop);
		return {phases: this.#phases, errors: this.#errors, stopped: this.#stopped};
	}

	#stop(reason: KlingError): void {
		this.#stopped ??= reason;
		if (leavesAll(reason)) this.#halt(reason);
		this.#wake();
	}

	/** Until something ends, or it is time to try again. */
	async #rest(now: number): Promise<void> {
		const {clock, deadline = Number.POSITIVE_INFINITY} = this.#options;
		const trials = this.#queue.length > 0 ? [...this.#pools.values()].map((slots) => slots.nextTrial) : [];
		const pause =
			this.#queue.length > 0 && this.#pausedUntil > now ? this.#pausedUntil : Number.POSITIVE_INFINITY;
		const next = Math.min(deadline, pause, ...trials.filter((time) => time > now));
		const woken = new AbortController();
		const wake = new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
		const timer = Number.isFinite(next)
			? clock.sleep(Math.max(1, next - now), woken.signal).catch(() => {})
			: new Promise<void>(() => {});
		await Promise.race([wake, timer]);
		woken.abort();
	}

	/** Parts the queue into what can begin and what waits for others, and skips what can never begin. */
	#sort(): void {
		const ready: J[] = [];
		const blocked: J[] = [];
		let hasSkipped = false;
		for (const job of [...this.#queue, ...this.#blocked]) {
			const states = job.needs.map((need) => this.#stateOf(need));
			if (states.some((state) => state === 'failed' || state === 'skipped')) {
				this.#skip(job);
				hasSkipped = true;
			} else if (states.every((state) => state === 'done')) ready.push(job);
			else blocked.push(job);
		}
		this.#queue = ready.sort((a, b) => this.#compare(a, b));
		this.#blocked = blocked;
		// Others may need what was skipped, and stand before it in the list.
		if (hasSkipped) this.#sort();
	}

	/** What much waits for comes first, otherwise the order of the list. */
	#compare(a: J, b: J): number {
		return b.height - a.height || (this.#place.get(a) ?? 0) - (this.#place.get(b) ?? 0);
	}

	/** What is not among the jobs was done before. */
	#stateOf(key: string): Phase {
		if (this.#options.failed?.has(key)) return 'failed';
		const job = this.#byKey.get(key);
		return job === undefined ? 'done' : (this.#phases.get(job) ?? 'done');
	}

	#skip(job: J): void {
		const need = job.needs.find((key) => ['failed', 'skipped'].includes(this.#stateOf(key)));
		this.#enter(job, 'skipped', needsFailed(need));
	}

	#begin(): void {
		const now = this.#options.clock.now();
		const {most = Number.POSITIVE_INFINITY, steps} = this.#options;
		while (this.#toSave.length > 0 && this.#saving < atOnce.saving && !this.#isInterrupted) {
			const job = this.#toSave.shift();
			if (job) void this.#save(job);
		}
		if (this.#stopped !== undefined) return;
		const left: J[] = [];
		for (const job of this.#queue) {
			const slots = this.#poolOf(job);
			if (steps.exists(job)) void this.#resume(job, slots);
			else if (
				now >= this.#pausedUntil &&
				this.#submitting < atOnce.submitting &&
				this.#inSlots < most &&
				slots.hasRoom(now)
			)
				void this.#submit(job, slots);
			else left.push(job);
		}
		this.#queue = left;
	}

	/** Whether even what is paid for is left to the next run. */
	get #isInterrupted(): boolean {
		return this.#options.signal.aborted || (this.#stopped !== undefined && leavesAll(this.#stopped));
	}

	#poolOf(job: J): Slots {
		const pool = this.#options.steps.poolOf(job);
		const slots = this.#pools.get(pool) ?? new Slots(this.#options.random);
		this.#pools.set(pool, slots);
		return slots;
	}

	#enter(job: J, phase: Phase, error?: KlingError): void {
		this.#phases.set(job, phase);
		if (error) this.#errors.set(job, error);
		this.#options.onPhase?.(job, phase, error);
		if (phase === 'failed') {
			this.#failures++;
			const {maxFailures = Number.POSITIVE_INFINITY} = this.#options;
			if (this.#failures >= maxFailures) this.#stop(tooManyFailures(this.#failures));
		}
		if (phase === 'done' || phase === 'failed') this.#sort();
	}

	/** Runs a step of a job, and looks what can begin afterwards. */
	async #during(step: () => Promise<void>): Promise<void> {
		this.#active++;
		try {
			await step();
		} catch (error) {
			this.#stop(asKlingError(error));
		} finally {
			this.#active--;
			this.#wake();
		}
	}

	#submit(job: J, slots: Slots): Promise<void> {
		return this.#during(async () => {
			const isTrial = slots.submits();
			this.#submitting++;
			this.#inSlots++;
			this.#enter(job, 'submitting');
			try {
				await this.#options.steps.submit(job);
				this.#unreached = 0;
				slots.accepted(this.#options.clock.now(), isTrial);
			} catch (error) {
				this.#inSlots--;
				this.#refused(job, {slots, isTrial}, asKlingError(error));
				return;
			} finally {
				this.#submitting--;
			}
			this.#wake();
			await this.#follow(job, slots);
		});
	}

	#refused(job: J, {slots, isTrial}: {slots: Slots; isTrial: boolean}, error: KlingError): void {
		const verdict = verdictOn(error);
		if (verdict === 'full') slots.full(this.#options.clock.now(), isTrial);
		else slots.gaveUp();
		if (verdict === 'failed') {
			this.#enter(job, 'failed', error);
			return;
		}
		this.#back(job);
		if (verdict === 'fatal') this.#stop(error);
		else if (verdict === 'later') this.#pause(error);
	}

	/** Nothing is submitted for a while. */
	#pause(error: KlingError): void {
		const {clock, random, onTrouble} = this.#options;
		this.#unreached++;
		if (this.#unreached >= patience) this.#stop(error);
		const backoff = Math.min(trouble.longest, trouble.first * 2 ** Math.min(10, this.#unreached - 1));
		const wait = error.retryAfterMs ?? backoff * (0.5 + random() / 2);
		this.#pausedUntil = Math.max(this.#pausedUntil, clock.now() + wait);
		onTrouble?.(error, wait);
	}

	#back(job: J): void {
		this.#enter(job, 'waiting');
		this.#queue.unshift(job);
	}

	/** Of a task that exists already the account counts the slot, and so do we. */
	#resume(job: J, slots: Slots): Promise<void> {
		return this.#during(async () => {
			slots.resumes();
			this.#inSlots++;
			await this.#follow(job, slots);
		});
	}

	async #follow(job: J, slots: Slots): Promise<void> {
		this.#enter(job, 'running');
		let failure: KlingError | undefined;
		try {
			await Promise.race([this.#options.steps.follow(job), this.#halted]);
		} catch (error) {
			failure = asKlingError(error);
		}
		slots.ended();
		this.#inSlots--;
		if (failure === undefined) {
			this.#enter(job, 'saving');
			this.#toSave.push(job);
		} else if (this.#isInterrupted) this.#enter(job, 'waiting');
		else if (failure.retryable || isFatal(failure)) {
			// The task is there: the next run continues with it.
			this.#enter(job, 'waiting');
			this.#stop(failure);
		} else this.#enter(job, 'failed', failure);
	}

	#save(job: J): Promise<void> {
		this.#saving++;
		return this.#during(async () => {
			try {
				await this.#withAttempts(() => this.#options.steps.save(job));
				this.#enter(job, 'done');
			} catch (error) {
				const known = asKlingError(error);
				if (isFatal(known)) {
					this.#enter(job, 'waiting');
					this.#stop(known);
				} else this.#enter(job, 'failed', known);
			} finally {
				this.#saving--;
			}
		});
	}

	async #withAttempts(save: () => Promise<void>): Promise<void> {
		const {clock, random, signal} = this.#options;
		for (let attempt = 1; ; attempt++) {
			try {
				return await save();
			} catch (error) {
				const known = asKlingError(error);
				if (!known.retryable || attempt >= saveAttempts || signal.aborted || known.exit > 100) throw known;
				await clock.sleep(trouble.first * 2 ** attempt * (0.5 + random() / 2), signal);
			}
		}
	}
}
