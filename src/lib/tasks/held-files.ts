import type {FileLock} from '../fs/lock-file.js';
import type {HoldContext} from './hold-file.js';

type Releasable = Pick<FileLock, 'release'>;

/**
 * The files that this process will save results to. Each is held from before anything is paid for until its
 * result is saved.
 */
export class HeldFiles {
	readonly #locks = new Map<string, FileLock>();
	readonly #steps: Releasable[] = [];

	/**
	 * HeldFiles a file, unless this process already does.
	 * @throws KlingError the errors of `holdFile`
	 */
	async hold(session: HoldContext, file: string, externalId?: string): Promise<void> {
		if (this.#locks.has(file)) return;
		const {holdFile} = await import('./hold-file.js');
		const lock = holdFile(session, file, externalId);
		if (lock) this.#locks.set(file, lock);
	}

	/** Keeps another lock until `submitted` is called or everything is released. */
	releaseOnSubmit(lock: Releasable): void {
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
