import {appendFileSync} from 'node:fs';
import type {PlannedJob} from '../../lib/batch/planned-job.js';
import type {RunEvent, RunObserver} from '../../lib/batch/run-batch.js';
import type {Phase} from '../../lib/batch/scheduler-types.js';
import {jobText, type Tracker} from '../../lib/batch/tracker.js';
import {definedOnly, type KlingError} from '../../lib/errors/kling-error.js';
import {fileError} from '../../lib/fs/file-errors.js';
import type {Notes} from '../../lib/output/progress.js';
import {toJson} from '../../lib/output/sanitize.js';
import type {Clock} from '../../lib/system/clock.js';

export interface ObserverOptions {
	tracker: Tracker;
	clock: Clock;
	/** Progress lines, on a terminal. */
	notes: Notes;
	/** Elsewhere: receives one JSON document per event. */
	writeEvent: ((line: string) => void) | undefined;
	/** A file that receives the same documents. */
	eventFile: string | undefined;
}

/** Milliseconds between two events about the overall progress. */
const progressEvery = 10_000;

type Row = ReturnType<Notes['live']>;

/** Shows a run: rows on a terminal, NDJSON elsewhere and in a file. */
export class RunDisplay implements RunObserver {
	readonly #options: ObserverOptions;
	readonly #rows = new Map<PlannedJob, Row>();
	#summary: Row | undefined;
	#lastProgress = 0;

	constructor(options: ObserverOptions) {
		this.#options = options;
	}

	start(): void {
		const {notes, tracker} = this.#options;
		this.#summary = notes.live();
		this.#summary.show((width) => tracker.summary(width));
	}

	end(): void {
		for (const row of this.#rows.values()) row.end();
		this.#rows.clear();
		this.#summary?.end();
	}

	event(event: RunEvent): void {
		this.#emit(event);
		if (event.event !== 'waiting') return;
		this.#options.notes.line(`${String(event.message)}; trying again in ${String(event.seconds)} s`);
	}

	phase(job: PlannedJob, phase: Phase, error?: KlingError): void {
		const {tracker, clock, notes} = this.#options;
		tracker.enter(job, phase);
		this.#rows.get(job)?.end();
		this.#rows.delete(job);
		if (phase === 'submitting' || phase === 'running' || phase === 'saving') {
			const row = notes.live();
			const since = clock.now();
			row.show((width) => jobText(job, phase, clock.now() - since, width));
			this.#rows.set(job, row);
		}
		if (error && (phase === 'failed' || phase === 'skipped')) {
			notes.line(`${job.key} ${phase}: ${error.said} (${error.code})`);
			const {shot, take, externalId} = job;
			this.#emit({
				event: `shot_${phase}`,
				shot: shot.id,
				take,
				external_task_id: externalId,
				code: error.code,
				message: error.said,
			});
		}
		if (clock.now() - this.#lastProgress >= progressEvery) this.#progress();
	}

	/** Reports the overall progress. */
	#progress(): void {
		const {tracker, clock} = this.#options;
		this.#lastProgress = clock.now();
		const {seconds, from} = tracker.remaining;
		const {rate} = tracker;
		this.#emit({
			event: 'progress',
			...tracker.counts,
			...(rate !== undefined && {tasks_per_minute: Math.round(rate * 10) / 10}),
			remaining_seconds: Math.round(seconds),
			remaining_based_on: from,
		});
	}

	#emit(event: RunEvent): void {
		const {writeEvent, eventFile, clock} = this.#options;
		if (writeEvent === undefined && eventFile === undefined) return;
		const line = toJson(definedOnly({at: new Date(clock.now()).toISOString(), ...event}), 0);
		writeEvent?.(line);
		if (eventFile === undefined) return;
		try {
			appendFileSync(eventFile, `${line}\n`);
		} catch (error) {
			throw fileError(error, eventFile);
		}
	}
}
