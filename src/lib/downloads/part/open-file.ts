import {closeSync} from 'node:fs';
import {fileError} from '../../fs/file-errors.js';
import {flushLater} from '../../fs/flush.js';
import {allowDefaultAccess} from '../../fs/publish.js';

/** The file of a part, which may not be open yet. */
export class OpenFile {
	#descriptor: number | undefined;

	get isOpen(): boolean {
		return this.#descriptor !== undefined;
	}

	/** @throws Error when no file is open, which is a bug */
	get descriptor(): number {
		if (this.#descriptor === undefined) throw new Error('the part is not open');
		return this.#descriptor;
	}

	/** Takes over a descriptor, which `close` will close. */
	open(descriptor: number): void {
		this.#descriptor = descriptor;
	}

	/**
	 * Makes the file fit to be published: with ordinary permissions, and flushed to the disk.
	 * @param file the path that errors name
	 * @throws KlingError `write_error`, `disk_full`
	 */
	async finish(file: string): Promise<void> {
		allowDefaultAccess(this.descriptor);
		// Flushing can take long; other downloads need not wait for it.
		await flushLater(this.descriptor).catch((error: unknown) => {
			throw fileError(error, file);
		});
	}

	close(): void {
		const descriptor = this.#descriptor;
		this.#descriptor = undefined;
		if (descriptor !== undefined) closeSync(descriptor);
	}
}
