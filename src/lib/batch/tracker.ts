import {clockTime, firstThatFits} from '../output/progress-text.js';
import type {PlannedJob} from './planned-job.js';
import type {Phase} from './scheduler-types.js';

/** How many of the newest tasks are used to measure the speed. */
const newest = 50;
/** With fewer tasks, the usual times are more reliable. */
const fewest = 3;

export interface TrackerOptions {
	/** Of this run. */
	jobs: readonly PlannedJob[];
	/** Unix milliseconds. */
	now: () => number;
	/** Seconds that the plan expects. */
	expectedSeconds: number;
}

/** How many jobs are in each phase. */
export type Counts = Readonly<Record<Phase, number>>;

/** Counts the jobs of a run, and estimates how long the rest takes, and from what. */
export class Tracker {
	readonly #options: TrackerOptions;
	readonly #phases = new Map<PlannedJob, Phase>();
	/** When the newest tasks ended, Unix milliseconds. */
	#ends: number[] = [];
	readonly #start: number;

	constructor(options: TrackerOptions) {
		this.#options = options;
		this.#start = options.now();
		for (const job of options.jobs) this.#phases.set(job, 'waiting');
	}

	enter(job: PlannedJob, phase: Phase): void {
		this.#phases.set(job, phase);
		if (phase === 'done' || phase === 'failed')
			this.#ends = [...this.#ends, this.#options.now()].slice(-newest);
	}

	get counts(): Counts {
		const counts = {waiting: 0, submitting: 0, running: 0, saving: 0, done: 0, failed: 0, skipped: 0};
		for (const phase of this.#phases.values()) counts[phase]++;
		return counts;
	}

	/** Tasks per minute, once enough have ended. */
	get rate(): number | undefined {
		const [first] = this.#ends;
		if (first === undefined || this.#ends.length < fewest) return undefined;
		// Before the first of them ended, it was running.
		const start = this.#ends.length < newest ? this.#start : first;
		const minutes = (this.#options.now() - start) / 60_000;
		return minutes > 0 ? this.#ends.length / minutes : undefined;
	}

	/** Seconds that are left, and what the estimate is based on. */
	get remaining(): {seconds: number; from: string} {
		const {done, failed, skipped} = this.counts;
		const left = this.#phases.size - done - failed - skipped;
		const {rate} = this;
		if (rate !== undefined)
			return {seconds: (left / rate) * 60, from: `from the last ${this.#ends.length} tasks`};
		const elapsed = (this.#options.now() - this.#start) / 1000;
		return {seconds: Math.max(0, this.#options.expectedSeconds - elapsed), from: 'from usual times'};
	}

	/**
	 * The whole run on one line.
	 * @param width available cells
	 */
	summary(width: number): string {
		const {done, failed, skipped, running, saving, submitting} = this.counts;
		const {seconds, from} = this.remaining;
		const {rate} = this;
		const total = `${done} of ${this.#phases.size} done`;
		const others = [
			...(failed > 0 ? [`${failed} failed`] : []),
			...(skipped > 0 ? [`${skipped} skipped`] : []),
			`${running + submitting} running`,
			...(saving > 0 ? [`${saving} saving`] : []),
		].join(', ');
		const speed = rate === undefined ? [] : [`${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a minute`];
		const left = `about ${clockTime(seconds * 1000)} left`;
		return firstThatFits(width, [
			[total, others, ...speed, `${left} (${from})`].join('  '),
			[total, others, `${left} (${from})`].join('  '),
			[total, others, left].join('  '),
			[total, left].join('  '),
			total,
		]);
	}
}

/**
 * A running job on one line.
 * @param sinceMs how long it has been in its phase
 * @param width available cells
 */
export function jobText(
	{key, shot, checked}: PlannedJob,
	phase: Phase,
	sinceMs: number,
	width: number,
): string {
	const time = clockTime(sinceMs);
	const usual =
		checked.seconds === undefined || phase !== 'running'
			? ''
			: `  (usually about ${clockTime(checked.seconds * 1000)})`;
	const model = checked.model === undefined ? '' : ` ${checked.model}`;
	return firstThatFits(width, [
		`  ${key}  ${shot.type}${model}  ${phase} ${time}${usual}`,
		`  ${key}  ${phase} ${time}${usual}`,
		`  ${key}  ${phase} ${time}`,
		`  ${key}`,
	]);
}
