import type {KlingError} from '../errors/kling-error.js';
import {
	asKlingError,
	classifyError,
	endsRunAtOnce,
	isFatal,
	reasonOf,
	timeIsUp,
	tooManyFailures,
} from './batch-errors.js';
import {JobBoard} from './job-board.js';
import {OutageBackoff, withAttempts} from './outage-backoff.js';
import type {Outcome, Phase, Schedulable, SchedulerOptions} from './scheduler-types.js';
import {Slots} from './slots.js';

/** Submissions and transfers in flight. */
const atOnce = {submitting: 8, saving: 6};
/**
 * Runs jobs so that the account's slots are always in use: the next one is submitted when one has ended, results are saved
 * at the same time, and jobs that many others wait for come first. Pure except for the steps; a failed job stops only those that
 * need it.
 */
export function runJobs<J extends Schedulable>(options: SchedulerOptions<J>): Promise<Outcome<J>> {
	return new Scheduler(options).run();
}

class Scheduler<J extends Schedulable> {
	readonly #options: SchedulerOptions<J>;
	readonly #board: JobBoard<J>;
	readonly #pools = new Map<string, Slots>();
	#active = 0;
	#submitting = 0;
	#inSlots = 0;
	#saving = 0;
	#toSave: J[] = [];
	#failures = 0;
	readonly #outage: OutageBackoff;
	#stopped: KlingError | undefined;
	#wake: () => void = () => {};
	#halt: (reason: KlingError) => void = () => {};
	/** Rejects when even running tasks are left to the next run. */
	readonly #halted: Promise<never>;

	constructor(options: SchedulerOptions<J>) {
		this.#options = options;
		this.#board = new JobBoard(options);
		this.#outage = new OutageBackoff(options);
		this.#halted = new Promise((_, reject) => {
			this.#halt = reject;
		});
		this.#halted.catch(() => {});
	}

	async run(): Promise<Outcome<J>> {
		const {signal, clock, deadline} = this.#options;
		const stop = () => this.#stop(reasonOf(signal));
		if (signal.aborted) stop();
		signal.addEventListener('abort', stop, {once: true});
		this.#board.sort();
		for (;;) {
			this.#begin();
			if (this.#active === 0 && (this.#stopped !== undefined || this.#board.queue.length === 0)) break;
			const now = clock.now();
			if (deadline !== undefined && now >= deadline) this.#stop(timeIsUp());
			await this.#rest(now);
		}
		signal.removeEventListener('abort', stop);
		return {phases: this.#board.phases, errors: this.#board.errors, stopped: this.#stopped};
	}

	#stop(reason: KlingError): void {
		this.#stopped ??= reason;
		if (endsRunAtOnce(reason)) this.#halt(reason);
		this.#wake();
	}

	/** Resolves when something ends, or when it is time to try again. */
	async #rest(now: number): Promise<void> {
		const {clock, deadline = Number.POSITIVE_INFINITY} = this.#options;
		const trials =
			this.#board.queue.length > 0 ? [...this.#pools.values()].map((slots) => slots.nextTrial) : [];
		const pause =
			this.#board.queue.length > 0 && this.#outage.pausedUntil > now
				? this.#outage.pausedUntil
				: Number.POSITIVE_INFINITY;
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

	#begin(): void {
		const now = this.#options.clock.now();
		const {maxJobs = Number.POSITIVE_INFINITY, steps} = this.#options;
		while (this.#toSave.length > 0 && this.#saving < atOnce.saving && !this.#isInterrupted) {
			const job = this.#toSave.shift();
			if (job) void this.#save(job);
		}
		if (this.#stopped !== undefined) return;
		const left: J[] = [];
		for (const job of this.#board.queue) {
			const slots = this.#poolOf(job);
			if (steps.exists(job)) void this.#resume(job, slots);
			else if (
				now >= this.#outage.pausedUntil &&
				this.#submitting < atOnce.submitting &&
				this.#inSlots < maxJobs &&
				slots.hasRoom(now)
			)
				void this.#submit(job, slots);
			else left.push(job);
		}
		this.#board.queue = left;
	}

	/** Whether even what was paid for is left to the next run. */
	get #isInterrupted(): boolean {
		return this.#options.signal.aborted || (this.#stopped !== undefined && endsRunAtOnce(this.#stopped));
	}

	#poolOf(job: J): Slots {
		const pool = this.#options.steps.poolOf(job);
		const slots = this.#pools.get(pool) ?? new Slots(this.#options.random);
		this.#pools.set(pool, slots);
		return slots;
	}

	#enter(job: J, phase: Phase, error?: KlingError): void {
		this.#board.enter(job, phase, error);
		if (phase === 'failed') {
			this.#failures++;
			const {maxFailures = Number.POSITIVE_INFINITY} = this.#options;
			if (this.#failures >= maxFailures) this.#stop(tooManyFailures(this.#failures));
		}
		if (phase === 'done' || phase === 'failed') this.#board.sort();
	}

	/** Runs a step of a job, and then checks what can start. */
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
				this.#outage.reached();
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
		const verdict = classifyError(error);
		if (verdict === 'full') slots.full(this.#options.clock.now(), isTrial);
		else slots.gaveUp();
		if (verdict === 'failed') {
			this.#enter(job, 'failed', error);
			return;
		}
		this.#board.putBack(job);
		if (verdict === 'fatal') this.#stop(error);
		else if (verdict === 'later' && !this.#outage.pause(error)) this.#stop(error);
	}

	/** A task that exists already holds a slot of the account, so we count it too. */
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
			// The task exists: the next run continues with it.
			this.#enter(job, 'waiting');
			this.#stop(failure);
		} else this.#enter(job, 'failed', failure);
	}

	#save(job: J): Promise<void> {
		this.#saving++;
		return this.#during(async () => {
			try {
				await withAttempts(() => this.#options.steps.save(job), this.#options);
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
}
