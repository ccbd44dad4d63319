import type {KlingError} from '../errors/kling-error.js';
import {needsFailed} from './batch-errors.js';
import type {Phase, Schedulable, SchedulerOptions} from './scheduler-types.js';

/** The state of each job, and which ones can start. */
export class JobBoard<J extends Schedulable> {
	readonly phases = new Map<J, Phase>();
	readonly errors = new Map<J, KlingError>();
	/** Jobs that can start, in the order in which they should. */
	queue: J[];
	/** Jobs that wait for others. */
	#blocked: J[] = [];
	readonly #options: Pick<SchedulerOptions<J>, 'failed' | 'onPhase'>;
	readonly #byKey: ReadonlyMap<string, J>;
	readonly #place: ReadonlyMap<J, number>;

	constructor({jobs, ...options}: Pick<SchedulerOptions<J>, 'jobs' | 'failed' | 'onPhase'>) {
		this.#options = options;
		this.#byKey = new Map(jobs.map((job) => [job.key, job]));
		this.#place = new Map(jobs.map((job, index) => [job, index]));
		this.queue = [...jobs];
		for (const job of jobs) this.phases.set(job, 'waiting');
	}

	enter(job: J, phase: Phase, error?: KlingError): void {
		this.phases.set(job, phase);
		if (error) this.errors.set(job, error);
		this.#options.onPhase?.(job, phase, error);
	}

	/** Puts back a job that could not be submitted: it is next again. */
	putBack(job: J): void {
		this.enter(job, 'waiting');
		this.queue.unshift(job);
	}

	/**
	 * Splits the queue into jobs that can start and jobs that wait for others, and skips those that can
	 * never start.
	 */
	sort(): void {
		const ready: J[] = [];
		const blocked: J[] = [];
		let hasSkipped = false;
		for (const job of [...this.queue, ...this.#blocked]) {
			const states = job.needs.map((need) => this.#stateOf(need));
			if (states.some((state) => state === 'failed' || state === 'skipped')) {
				this.#skip(job);
				hasSkipped = true;
			} else if (states.every((state) => state === 'done')) ready.push(job);
			else blocked.push(job);
		}
		this.queue = ready.sort((a, b) => this.#compare(a, b));
		this.#blocked = blocked;
		// Others may need the skipped job and come before it in the list.
		if (hasSkipped) this.sort();
	}

	/** Jobs that many others wait for come first, otherwise in the order of the list. */
	#compare(a: J, b: J): number {
		return b.height - a.height || (this.#place.get(a) ?? 0) - (this.#place.get(b) ?? 0);
	}

	/** A job that is not among these was done before. */
	#stateOf(key: string): Phase {
		if (this.#options.failed?.has(key)) return 'failed';
		const job = this.#byKey.get(key);
		return job === undefined ? 'done' : (this.phases.get(job) ?? 'done');
	}

	#skip(job: J): void {
		const need = job.needs.find((key) => ['failed', 'skipped'].includes(this.#stateOf(key)));
		this.enter(job, 'skipped', needsFailed(need));
	}
}
