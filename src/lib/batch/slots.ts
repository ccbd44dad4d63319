/** Milliseconds until a slot that should be free is asked for again: doubled each time, spread. */
const busyWait = {first: 1000, longest: 30_000};
/** After so many refusals in a row the slot belongs to somebody else. */
const mostMisses = 6;
/** Milliseconds until one more than ever is tried: a pack may have been bought, or another program may have ended. */
const growWait = {first: 30_000, longest: 240_000, next: 1000};

/**
 * Learns how many tasks an account lets run at once, from its refusals (1303). Slots are counted for each model, and
 * other programs may use some of them. Pure: times are given, in Unix milliseconds.
 */
export class Slots {
	/** Accepted by Kling, and not seen to have ended. */
	#running = 0;
	/** On their way. */
	#submitting = 0;
	/** How many there are, as far as refusals have shown. */
	#limit = Number.POSITIVE_INFINITY;
	/** Refusals in a row where a slot should have been free. */
	#misses = 0;
	/** Refusals in a row of one more than the limit. */
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

	/** When it is worth while to look again. */
	get nextTrial(): number {
		return this.#used < this.#limit ? this.#blockedUntil : this.#trialAt;
	}

	/** @returns whether it is one more than the limit, which must hear how it went */
	submits(): boolean {
		const isTrial = this.#used >= this.#limit;
		this.#submitting++;
		return isTrial;
	}

	/** One that ran already, from an earlier run. */
	resumes(): void {
		this.#running++;
	}

	accepted(now: number, isTrial: boolean): void {
		this.#submitting--;
		this.#running++;
		this.#misses = 0;
		if (!isTrial) return;
		// There is more room than was known: how much more, the next trials tell.
		this.#limit = Math.max(this.#limit, this.#running);
		this.#trials = 0;
		this.#trialAt = now + growWait.next;
	}

	/** It failed otherwise, and holds no slot. */
	gaveUp(): void {
		this.#submitting--;
	}

	/** All slots are in use. */
	full(now: number, isTrial: boolean): void {
		this.#submitting--;
		const used = this.#used;
		this.#misses++;
		const isLesson = isTrial || this.#limit === Number.POSITIVE_INFINITY || this.#misses > mostMisses;
		const busy =
			Math.min(busyWait.longest, busyWait.first * 2 ** (this.#misses - 1)) * (0.5 + this.random() / 2);
		if (!isLesson) {
			this.#blockedUntil = now + busy;
			return;
		}
		// Others that are on their way may still be taken.
		this.#limit = used;
		const grow = Math.min(growWait.longest, growWait.first * 2 ** this.#trials) * (0.75 + this.random() / 2);
		// With none of ours, no end will tell when there is room.
		this.#trialAt = now + (used === 0 ? busy : grow);
		if (used > 0) {
			this.#misses = 0;
			this.#trials++;
		}
	}

	/** One has ended: its slot is free. */
	ended(): void {
		this.#running--;
		this.#misses = 0;
		this.#blockedUntil = 0;
	}
}
