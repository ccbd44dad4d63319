import {classifyError, KlingError} from 'kling-cli';
import {toMicro} from '../farm-command.js';
import {linesOf, unseal} from '../queue/jobs.js';
import {reserve, settleRefused, settleSteps} from './budget.js';
import {bugError, isForQueue, JobTakenOver, lostNeedError, maxTries, tooManyDeaths} from './job-errors.js';

/** How often a job may meet temporary trouble. */
const maxTroubles = 20;
/** Milliseconds. */
const waits = {first: 1000, longest: 60_000, needs: 2000};

/**
 * Runs one job in this worker, until it is done, failed, or returned to the queue.
 * @param context what the worker provides: farm, account, runner, journal, persist, clock, random, hooks
 */
export class JobAttempt {
	#context;
	#job;
	#token;
	#carried;
	#lines;
	#phase = 'waiting';
	#reported = Promise.resolve();
	/** How often something went wrong that was tried again. */
	#counts;

	constructor(context, job, token) {
		this.#context = context;
		this.#job = job;
		this.#token = token;
		this.#lines = linesOf(job);
		const {troubles = 0, bugs = 0} = job.progress ?? {};
		this.#counts = {troubles, bugs};
	}

	/** @returns what the job leaves in the queue when it is done */
	async run() {
		const {account, farm, persist} = this.#context;
		let opened;
		try {
			opened = unseal(this.#job.data, account);
		} catch (error) {
			return this.#fail(error);
		}
		this.#carried = opened.job;
		const needs = await this.#needs(opened.needIds);
		const tries = await persist(() => farm.store.begin(this.#job.id));
		if (tries > maxTries) {
			await persist(() => farm.store.ended(this.#job.id));
			return this.#fail(tooManyDeaths(this.#carried.key));
		}
		try {
			return await this.#work(needs);
		} catch (error) {
			if (isForQueue(error)) throw error;
			return this.#refused(error);
		}
	}

	async #work(needs) {
		const {farm, runner, journal, persist, inTurn} = this.#context;
		const job = this.#carried;
		const isTakenOver = this.#job.attemptsStarted > 1;
		if (isTakenOver) journal.refresh();
		// Reports come from the job, which may lack what an earlier worker wrote only to the folder.
		this.#lines = merged(this.#lines, journal.linesOf(job.externalId));
		const steps = runner.steps(job, {
			lines: this.#lines,
			needs,
			mayExist: job.mayExist || isTakenOver,
			add: (line) => this.#write(line),
		});
		if (!steps.isDone) {
			await persist(() => reserve(farm.store, job));
			this.#enter('submitting');
			await steps.submit();
			await persist(() => farm.store.ended(this.#job.id));
			await persist(() => settleSteps(farm.store, job, this.#lines));
			this.#enter('running');
			const task = await steps.follow();
			const units = task.units === undefined ? undefined : toMicro(task.units);
			await persist(() => farm.store.settle(job.pack, job.externalId, units));
			await inTurn(async () => {
				await this.#keepHold();
				await persist(() => farm.store.begin(this.#job.id));
				this.#enter('saving');
				await steps.save();
			});
		}
		await persist(() => farm.store.ended(this.#job.id));
		this.#enter('done');
		await this.#report();
		return {external_task_id: job.externalId};
	}

	/** The jobs that this one needs, if all of them are done. */
	async #needs(needIds) {
		const {farm, account, persist} = this.#context;
		const found = await Promise.all(
			Object.values(needIds).map((id) =>
				persist(async () => {
					const job = await farm.queue.getJob(id);
					return {job, state: job ? await job.getState() : 'missing'};
				}),
			),
		);
		const lost = found.find(({state}) => state === 'failed' || state === 'missing');
		if (lost) {
			await this.#fail(lostNeedError(lost.job));
		}
		if (found.some(({state}) => state !== 'completed')) await this.#later(waits.needs);
		return found.map(({job}) => ({job: unseal(job.data, account).job, lines: linesOf(job)}));
	}

	/**
	 * Checks that the job is still this worker's: after a time without the queue, another worker may have it.
	 * @throws {JobTakenOver}
	 */
	async #keepHold() {
		const {persist, lockMs} = this.#context;
		const isOurs = await persist(() =>
			this.#job.extendLock(this.#token, lockMs).then(
				(result) => result !== 0,
				(error) => {
					if (/lock/i.test(error.message)) return false;
					throw error;
				},
			),
		);
		if (!isOurs) throw new JobTakenOver(`${this.#carried.key} was taken over by another worker`);
	}

	async #refused(error) {
		const {farm, persist, onFatal, onPause, onFull} = this.#context;
		const known = error instanceof KlingError ? error : bugError(error);
		// Whoever has the job now decides about it.
		await this.#keepHold();
		const verdict = classifyError(known);
		if (known.exit === 1) return this.#bug(known);
		await persist(() => farm.store.ended(this.#job.id));
		if (verdict === 'full') {
			await onFull(known);
			throw farm.bull.Worker.RateLimitError();
		}
		if (verdict === 'later' || this.#isElsewhere(known)) return this.#trouble(known);
		if (verdict === 'fatal') {
			const isOfAccount = known.exit === 7 && (known.details.queueWide || known.code !== 'budget_exceeded');
			if (isOfAccount) await onPause(known);
			else onFatal(known);
			return this.#back();
		}
		await persist(() => settleRefused(farm.store, this.#carried, this.#lines));
		return this.#fail(known);
	}

	/** Whether it failed because another worker, which lost the job but still runs, is submitting or saving the same. */
	#isElsewhere({code}) {
		const {journal} = this.#context;
		if (code === 'file_busy') return true;
		if (code !== 'file_exists') return false;
		journal.refresh();
		const own = new Set(this.#lines.map((line) => JSON.stringify(line)));
		return journal
			.linesOf(this.#carried.externalId)
			.some((line) => ['saving', 'saved'].includes(line.event) && !own.has(JSON.stringify(line)));
	}

	/** A bug of ours may affect only this job: it is tried a few times, and the others continue. */
	async #bug(error) {
		const {farm, onTrouble, persist} = this.#context;
		await persist(() => farm.store.ended(this.#job.id));
		const bugs = this.#counts.bugs + 1;
		if (bugs > maxTries) return this.#fail(error);
		onTrouble(error, waits.first);
		return this.#later(waits.first, {bugs});
	}

	#trouble(error) {
		const {random, onTrouble} = this.#context;
		const troubles = this.#counts.troubles + 1;
		if (troubles > maxTroubles) return this.#fail(error);
		const wait =
			error.retryAfterMs ?? Math.min(waits.longest, waits.first * 2 ** (troubles - 1)) * (0.5 + random() / 2);
		onTrouble(error, wait);
		return this.#later(wait, {troubles});
	}

	/** Delays the job by this many milliseconds. */
	async #later(wait, counts = {}) {
		this.#counts = {...this.#counts, ...counts};
		const {farm, persist} = this.#context;
		this.#enter('waiting');
		await this.#report();
		await persist(() => this.#job.moveToDelayed(Date.now() + wait, this.#token));
		throw new farm.bull.DelayedError();
	}

	/** Returns the job to the queue: it is the next that any worker takes. */
	async #back() {
		const {farm, persist} = this.#context;
		this.#enter('waiting');
		await this.#report();
		await persist(() => this.#job.moveToWait(this.#token));
		throw new farm.bull.WaitingError();
	}

	async #fail(error) {
		const {farm} = this.#context;
		const {code, said = error.message} = error;
		this.#enter('failed', error);
		await this.#report({error: {code, message: said}});
		throw new farm.bull.UnrecoverableError(`${code}: ${said}`);
	}

	#write(line) {
		const {journal, onEvent} = this.#context;
		this.#lines = [...this.#lines, line];
		onEvent(line);
		journal.add(line);
		// A worker on another machine must not pay for it again.
		if (line.event === 'prepared') void this.#report().catch(() => {});
	}

	#enter(phase, error) {
		const {onPhase} = this.#context;
		this.#phase = phase;
		onPhase(this.#job, phase, error);
		// Not awaited: running tasks continue even without the queue.
		if (phase === 'running' || phase === 'saving') void this.#report().catch(() => {});
	}

	#report(more = {}) {
		const {persist, name} = this.#context;
		const progress = {phase: this.#phase, worker: name, lines: this.#lines, ...this.#counts, ...more};
		this.#job.progress = progress;
		// One at a time: over several connections an older one could arrive last.
		this.#reported = this.#reported
			.catch(() => {})
			.then(() => persist(() => this.#job.updateProgress(progress)));
		return this.#reported;
	}
}

/** Lines from the queue and the folder, each once, oldest first. */
function merged(one, other) {
	const all = new Map([...one, ...other].map((line) => [JSON.stringify(line), line]));
	return [...all.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
}
