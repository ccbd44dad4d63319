/** Milliseconds until a slot that should be free is tried again: doubled each time, with jitter. */
const busyWait = {first: 1000, longest: 30_000};
/** After this many refusals in a row, the slot is considered someone else's. */
const maxMisses = 6;
/** Milliseconds until one more task than ever is tried: a pack may have been bought, or another program may have ended. */
const growWait = {first: 30_000, longest: 240_000, next: 1000};

/**
 * Learns from refusals (1303) how many tasks an account may run at once. Slots are counted for each model, and other programs
 * may use some of them. Pure: times are passed in, as Unix milliseconds.
 */
export class Slots {
	/** Accepted by Kling, and not seen to have ended. */
	#running = 0;
	/** Submissions in progress. */
	#submitting = 0;
	/** How many slots there are, as far as refusals have shown. */
	#limit = Number.POSITIVE_INFINITY;
	/** Refusals in a row when a slot should have been free. */
	#misses = 0;
	/** Refusals in a row for one task more than the limit. */
	#trials = 0;
	#blockedUntil = 0;
	#trialAt = Number.POSITIVE_INFINITY;

	/** @param random from 0 up to 1 */
	constructor(readonly random: () => number) {}

	get #used(): number {
		return this.#running + this.#submitting;
	}

	/** Whether one more may be submitted now. */
	hasRoom(now: number): boolean {
		if (this.#used < this.#limit) return now >= this.#blockedUntil;
		return now >= this.#trialAt && this.#submitting === 0;
	}

	/** When it is worth trying again. */
	get nextTrial(): number {
		return this.#used < this.#limit ? this.#blockedUntil : this.#trialAt;
	}

	/** @returns whether it is one more than the limit; the caller must report the outcome */
	submits(): boolean {
		const isTrial = this.#used >= this.#limit;
		this.#submitting++;
		return isTrial;
	}

	/** A task from an earlier run that is still running. */
	resumes(): void {
		this.#running++;
	}

	accepted(now: number, isTrial: boolean): void {
		this.#submitting--;
		this.#running++;
		this.#misses = 0;
		if (!isTrial) return;
		// There is more room than was known; the next attempts show how much more.
		this.#limit = Math.max(this.#limit, this.#running);
		this.#trials = 0;
		this.#trialAt = now + growWait.next;
	}

	/** The submission failed for another reason, and holds no slot. */
	gaveUp(): void {
		this.#submitting--;
	}

	/** All slots are in use. */
	full(now: number, isTrial: boolean): void {
		this.#submitting--;
		const used = this.#used;
		this.#misses++;
		const isLesson = isTrial || this.#limit === Number.POSITIVE_INFINITY || this.#misses > maxMisses;
		const busy =
			Math.min(busyWait.longest, busyWait.first * 2 ** (this.#misses - 1)) * (0.5 + this.random() / 2);
		if (!isLesson) {
			this.#blockedUntil = now + busy;
			return;
		}
		// Others that are in progress may still be accepted.
		this.#limit = used;
		const grow = Math.min(growWait.longest, growWait.first * 2 ** this.#trials) * (0.75 + this.random() / 2);
		// If none of our own tasks is running, none will end and free a slot.
		this.#trialAt = now + (used === 0 ? busy : grow);
		if (used > 0) {
			this.#misses = 0;
			this.#trials++;
		}
	}

	/** A task has ended: its slot is free. */
	ended(): void {
		this.#running--;
		this.#misses = 0;
		this.#blockedUntil = 0;
	}
}
