import type {FileLock} from '../fs/lock-file.js';
import type {HoldContext} from './hold-file.js';

type Releasable = Pick<FileLock, 'release'>;

/** The files that the results of this process go to: each is held from before anything is paid for until its result is there. */
export class Holds {
	readonly #locks = new Map<string, FileLock>();
	readonly #steps: Releasable[] = [];

	/**
	 * Holds a file, unless this process holds it already.
	 * @throws KlingError as holdFile
	 */
	async take(session: HoldContext, file: string, externalId?: string): Promise<void> {
		if (this.#locks.has(file)) return;
		const {holdFile} = await import('./hold-file.js');
		const lock = holdFile(session, file, externalId);
		if (lock) this.#locks.set(file, lock);
	}

	/** Keeps another lock until a task was submitted, or all is released. */
	keep(lock: Releasable): void {
		this.#steps.push(lock);
	}

	/** A task was submitted: whoever waits for the steps before it may continue. */
	submitted(): void {
		for (const lock of this.#steps.splice(0)) lock.release();
	}

	/** @param file left out, all of them */
	release(file?: string): void {
		for (const [held, lock] of [...this.#locks]) {
			if (file !== undefined && held !== file) continue;
			lock.release();
			this.#locks.delete(held);
		}
		if (file === undefined) this.submitted();
	}
}
