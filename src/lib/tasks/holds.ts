import type {FileLock} from '../fs/lock-file.js';
import type {HoldContext} from './hold-file.js';

type Releasable = Pick<FileLock, 'release'>;

/**
 * The destinations of this process's results. Each is held from before anything is paid for until its result
 * is saved.
 */
export class Holds {
	readonly #locks = new Map<string, FileLock>();
	readonly #steps: Releasable[] = [];

	/**
	 * Holds a file, unless this process already does.
	 * @throws KlingError the errors of `holdFile`
	 */
	async take(session: HoldContext, file: string, externalId?: string): Promise<void> {
		if (this.#locks.has(file)) return;
		const {holdFile} = await import('./hold-file.js');
		const lock = holdFile(session, file, externalId);
		if (lock) this.#locks.set(file, lock);
	}

	/** Keeps another lock until a task has been submitted or everything is released. */
	keep(lock: Releasable): void {
		this.#steps.push(lock);
	}

	/** Called when a task has been submitted: processes that wait for the steps before it may continue. */
	submitted(): void {
		for (const lock of this.#steps.splice(0)) lock.release();
	}

	/** @param file default: all files */
	release(file?: string): void {
		for (const [held, lock] of [...this.#locks]) {
			if (file !== undefined && held !== file) continue;
			lock.release();
			this.#locks.delete(held);
		}
		if (file === undefined) this.submitted();
	}
}
