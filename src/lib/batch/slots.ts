/** Milliseconds until a pool is tried again whose slots somebody else seems to hold: doubled each time, spread. */
const busyWait = {first: 1000, longest: 30_000};
/** Milliseconds until one more than ever is tried: a pack may have been bought meanwhile. */
const growWait = 120_000;

/**
 * Learns how many tasks an account lets run at once, from its refusals (1303). Slots are counted for each model, and
 * other programs may use some of them. Pure: times are given.
 */
export class Slots {
	/** Accepted by Kling and not ended. */
	#running = 0;
	/** On their way. */
	#submitting = 0;
	/** The most that ran at once. */
	#best = 0;
	/** How many may be in slots until the next trial. */
	#limit = Number.POSITIVE_INFINITY;
	#refusals = 0;
	#tryAt = Number.POSITIVE_INFINITY;

	/** @param random from 0 up to 1 */
	constructor(readonly random: () => number) {}

	/** Whether one more may be submitted now. */
	hasRoom(now: number): boolean {
		const used = this.#running + this.#submitting;
		return used < this.#limit || (now >= this.#tryAt && this.#submitting === 0);
	}

	/** When it is worth while to look again, Unix milliseconds. */
	get nextTrial(): number {
		return this.#tryAt;
	}

	submits(): void {
		this.#submitting++;
	}

	/** One that ran already, from an earlier run. */
	resumes(): void {
		this.#running++;
		this.#best = Math.max(this.#best, this.#running);
	}

	accepted(): void {
		this.#submitting--;
		this.#running++;
		this.#refusals = 0;
		const isRecord = this.#running > this.#best;
		this.#best = Math.max(this.#best, this.#running);
		// There is more room than was known: one by one, until a refusal tells how much.
		if (this.#running > this.#limit) this.#limit = isRecord ? this.#running + 1 : this.#best;
	}

	/** It failed otherwise, and holds no slot. */
	gaveUp(): void {
		this.#submitting--;
	}

	/** All slots are in use. */
	full(now: number): void {
		this.#submitting--;
		// Others that are on their way may still be taken.
		this.#limit = this.#running + this.#submitting;
		const isWhole = this.#running > 0 && this.#running >= this.#best;
		const wait = isWhole
			? growWait * (0.75 + this.random() / 2)
			: Math.min(busyWait.longest, busyWait.first * 2 ** this.#refusals) * (0.5 + this.random() / 2);
		this.#refusals++;
		this.#tryAt = now + wait;
	}

	/** One has ended: its slot is free. */
	ended(): void {
		this.#running--;
	}
}
