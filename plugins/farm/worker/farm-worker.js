import {randomBytes} from 'node:crypto';
import {setMaxListeners} from 'node:events';
import os from 'node:os';
import {KlingError} from 'kling-cli';
import {protocol} from '../queue/jobs.js';
import {isOfServer} from '../queue/queue-errors.js';
import {openFolderJournal} from './folder-journal.js';
import {JobAttempt} from './job-attempt.js';
import {limit} from './limit.js';
import {createPersist} from './persist.js';
import {sleep, within} from './timing.js';

/** Parallel downloads in a worker: more would take more memory, not less time. */
const transfers = 4;

/** Milliseconds. */
const times = {
	beat: 1000,
	clean: 3_600_000,
	aliveFor: 15_000,
	answer: 5000,
	busyFirst: 500,
	busyLongest: 30_000,
};

const refill = 'When the account has units again: kling farm resume';

/** Processes jobs until it should stop, or until there are none left. */
export class FarmWorker {
	#options;
	#name = `${os.hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
	#stopping = new AbortController();
	#giveUp = new AbortController();
	#running = new Map();
	#done = 0;
	#failed = 0;
	#refusals = 0;
	#fatal;
	#reason;
	#persist;

	/**
	 * @param options farm, account, session, openRunner(session), output, concurrency, lockMs, graceMs, endsWhenDone, note(text),
	 * event(line), version
	 */
	constructor(options) {
		this.#options = options;
		// Each running job listens.
		setMaxListeners(0, this.#giveUp.signal, this.#stopping.signal);
		const {farm, note} = options;
		this.#persist = createPersist(this.#giveUp.signal, farm.shown, note);
	}

	get name() {
		return this.#name;
	}

	get counts() {
		return {running: this.#running.size, done: this.#done, failed: this.#failed};
	}

	/** @returns how it ended */
	async run() {
		const {farm, account, session, output, lockMs, concurrency, openRunner} = this.#options;
		const journal = openFolderJournal(output, account.id, () => session.clock.now());
		const runner = await openRunner(Object.create(session, {signal: {value: this.#giveUp.signal}}));
		const context = this.#contextOf(runner, journal);
		const worker = farm.worker((job, token) => this.#process(context, job, token), {
			autorun: false,
			name: this.#name,
			concurrency,
			lockDuration: lockMs,
			// A job of a dead worker is seen twice before it is taken over: once its lock has expired, this adds half of it at most.
			stalledInterval: Math.max(250, lockMs / 4),
			// Attempts are counted in the store: a worker that dies must not cause its other jobs to be set aside.
			maxStalledCount: 1_000_000,
			runRetryDelay: 1000,
			drainDelay: 2,
			limiter: {max: 100_000, duration: 1000},
		});
		worker.on('error', (error) => this.#options.debug(error));
		worker.on('failed', (job, error) => void this.#continue(job, error));
		try {
			// The loop notices this only after it has started something.
			if ((await farm.store.meta()).draining) this.#stop('drain');
			else worker.run().catch(() => {});
			await this.#watch(journal);
			await this.#drain(worker);
		} finally {
			this.#giveUp.abort(new KlingError('interrupted', 'The worker has ended'));
			runner.close();
			await within(worker.close(true), times.answer);
			journal.close();
			await within(farm.store.gone(this.#name), times.answer);
		}
		if (this.#fatal) throw this.#fatal;
		return {worker: this.#name, ended_by: this.#reason, done: this.#done, failed: this.#failed};
	}

	#contextOf(runner, journal) {
		const {farm, account, session, lockMs, event} = this.#options;
		return {
			farm,
			account,
			runner,
			journal,
			lockMs,
			name: this.#name,
			inTurn: limit(transfers),
			random: session.random,
			persist: this.#persist,
			onEvent: (line) => {
				if (line.event === 'submitted') this.#refusals = 0;
				event(line);
			},
			onPhase: (job, phase, error) => this.#phase(job, phase, error),
			onFull: () => this.#slowDown(),
			onTrouble: (error, wait) =>
				event({event: 'waiting', code: error.code, message: error.said, seconds: Math.round(wait / 1000)}),
			onPause: (error) => this.#pauseAll(error),
			onFatal: (error) => {
				// This worker itself gave the job up.
				if (this.#giveUp.signal.aborted) return;
				this.#fatal ??= error;
				this.#stop('error');
			},
		};
	}

	async #process(context, job, token) {
		this.#running.set(job.id, job);
		try {
			return await new JobAttempt(context, job, token).run();
		} finally {
			this.#running.delete(job.id);
		}
	}

	#phase(job, phase, error) {
		if (phase === 'done') this.#done++;
		if (phase === 'failed') this.#failed++;
		if (phase === 'done' || phase === 'failed') {
			const details = error && {code: error.code, message: error.said ?? error.message};
			this.#options.event({event: phase === 'done' ? 'done' : 'set_failed', job: job.name, ...details});
		}
	}

	/** Kling has no free slot: no worker starts anything for a while. */
	async #slowDown() {
		const {farm, session, event} = this.#options;
		const wait =
			Math.min(times.busyLongest, times.busyFirst * 2 ** Math.min(10, this.#refusals++)) *
			(0.5 + session.random() / 2);
		event({event: 'full', seconds: Math.round(wait / 100) / 10});
		await this.#persist(() => farm.queue.rateLimit(Math.ceil(wait)));
	}

	/**
	 * Errors that every worker would get: the account is empty, or the budget is. Only the queue's budget says how to raise
	 * it.
	 */
	async #pauseAll(error) {
		const {farm, event} = this.#options;
		const reason = {
			code: error.code,
			message: error.said,
			hint: error.details.hint ?? refill,
			worker: this.#name,
		};
		event({event: 'paused', code: error.code, message: error.said});
		await this.#persist(() => farm.store.setMeta({pausedFor: JSON.stringify(reason)}));
		await this.#persist(() => farm.queue.pause());
	}

	/** BullMQ sets a job failed if the server refused to store that it is done. It is not: it continues. */
	async #continue(job, error) {
		if (!job || error.name === 'UnrecoverableError' || !isOfServer(error)) return;
		const running = `${job.id} again`;
		this.#running.set(running, job);
		await this.#persist(() => job.retry('failed')).catch(this.#options.debug);
		this.#running.delete(running);
	}

	#stop(reason) {
		this.#reason ??= reason;
		this.#stopping.abort();
	}

	/** Reports once a second that it is alive, and checks whether it should stop. */
	async #watch(journal) {
		const {farm, session, endsWhenDone, version} = this.#options;
		session.signal.addEventListener('abort', () => this.#stop(session.signal.reason.code), {once: true});
		if (session.signal.aborted) this.#stop(session.signal.reason.code);
		let cleanAt = 0;
		while (!this.#stopping.signal.aborted) {
			if (session.clock.now() >= cleanAt) {
				cleanAt = session.clock.now() + times.clean;
				void this.#clean();
			}
			const seen = await within(this.#beat(farm, version), times.answer);
			if (seen) {
				if (seen.epoch !== farm.epoch) this.#queueWasLost(journal, seen.epoch);
				if (seen.draining) this.#stop('drain');
				if (endsWhenDone && seen.left === 0) this.#stop('done');
			}
			await sleep(times.beat, this.#stopping.signal);
		}
	}

	/** Removes jobs that the queue need not keep. If that fails, it tries again in an hour. */
	async #clean() {
		const {farm, account, session, debug} = this.#options;
		const {applyRetention} = await import('../queue/retention.js');
		await applyRetention(farm, account, session.clock.now()).catch(debug);
	}

	async #beat(farm, version) {
		const [meta, counts] = await Promise.all([
			farm.store.hello(protocol),
			farm.queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'waiting-children', 'paused'),
			farm.store.beat(this.#name, {host: os.hostname(), version, ...this.counts}, times.aliveFor),
		]);
		return {...meta, left: Object.values(counts).reduce((sum, count) => sum + count, 0)};
	}

	/** Warns loudly: a server that has lost its data looks like an empty queue. */
	#queueWasLost(journal, epoch) {
		const {farm, note} = this.#options;
		farm.epoch = epoch;
		journal.refresh();
		note(
			`Warning: the queue at ${farm.shown} has lost its data, as a Redis without persistence does when it restarts. The waiting jobs, the reports and the budget are lost. Files and tasks at Kling are not: set the budget and submit the lists again; nothing is paid for twice`,
		);
	}

	/** Running jobs may finish; those that do not in time are returned to the queue, and the next worker resumes them. */
	async #drain(worker) {
		const {graceMs, note} = this.#options;
		await worker.pause(true);
		const until = Date.now() + graceMs;
		if (this.#running.size > 0)
			note(`Stopping: waiting at most ${graceMs / 1000} s for ${this.#running.size} running jobs`);
		while (this.#running.size > 0 && Date.now() < until) await sleep(100);
		this.#giveUp.abort(new KlingError('interrupted', 'The worker has ended; the task continues'));
		const last = Date.now() + 5000;
		while (this.#running.size > 0 && Date.now() < last) await sleep(50);
	}
}
