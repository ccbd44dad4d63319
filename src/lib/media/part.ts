import {type FileHandle, lstat, open, rm} from 'node:fs/promises';
import {KlingError} from '../errors/kling-error.js';
import type {Version} from './asset.js';
import {canContinue} from './asset-answer.js';
import {fileError} from './file-errors.js';
import type {PartLock} from './part-lock.js';
import {type AssetKind, bootTime, writeRecord} from './part-record.js';
import type {LeftPart} from './part-takeover.js';
import {publish} from './publish.js';
import {addSpan, gaps, type Spans, sizeOf} from './spans.js';
import {writeAll} from './write-all.js';

export interface PartRequest {
	/** Absolute path of the file that the part becomes. */
	file: string;
	taskId: string;
	kind: AssetKind;
	/** Told when a part that is there cannot be used, and why. */
	onNote: (text: string) => void;
}

/**
 * A file that grows until it is complete; `openPart` gives one. Its methods throw KlingError `write_error` or `disk_full`
 * for what the file system refuses.
 */
export class Part {
	/** What is on disk. */
	has: Spans = [];
	/** What the bytes on disk are of. */
	version: Version = {};
	/** Whether bytes of an earlier run are in it. */
	resumed = false;
	#handle: FileHandle | undefined;
	/** Whether room was made for bytes that are to come: then the size of the file tells nothing. */
	#isSpread = false;

	/** @param isPrivate for a part that no later run looks for */
	constructor(
		readonly path: string,
		private readonly request: PartRequest,
		private readonly lock: PartLock,
		private readonly isPrivate: boolean,
	) {}

	/** Bytes on disk. */
	get bytes(): number {
		return sizeOf(this.has);
	}

	/** What is missing; up to infinity while the length is unknown. */
	get missing(): Spans {
		return gaps(this.has, this.version.length ?? Number.POSITIVE_INFINITY);
	}

	/** Whether another try can go on with what is on disk. */
	get canGoOn(): boolean {
		return this.bytes > 0 && canContinue(this.version);
	}

	/** Goes on with what an earlier run left. */
	async resume({handle, has, version, isSpread}: LeftPart): Promise<void> {
		this.#handle = handle;
		this.has = has;
		this.version = version;
		this.#isSpread = isSpread;
		this.resumed = this.bytes > 0;
		this.#record(false);
	}

	/** Starts over with a new, empty file. */
	async begin(version: Version): Promise<void> {
		await this.#guard(async () => {
			await this.#close();
			await rm(this.path, {force: true});
			this.has = [];
			this.version = version;
			this.resumed = false;
			this.#isSpread = false;
			// The record comes first: a part without one is none of ours.
			this.#record(false);
			// Exclusive: never follows a link that somebody planted.
			// Nobody else may put bytes into it; the file gets the usual permissions at the end.
			this.#handle = await open(this.path, 'wx+', 0o600);
		});
	}

	/** Makes room for the whole file, so that its pieces can come in any order. */
	async spread(): Promise<void> {
		if (this.#isSpread) return;
		await this.#guard(async () => {
			this.#isSpread = true;
			// In this order: the room must never be taken for bytes.
			this.#record(false);
			await this.#opened().truncate(this.version.length ?? 0);
		});
	}

	/**
	 * Writes and records bytes. They then outlive the process.
	 * @param position of the first byte; before `spread`, the number of bytes on disk
	 */
	write(block: Buffer, position: number): void {
		try {
			writeAll(this.#opened().fd, block, position, (end) => {
				this.has = addSpan(this.has, {start: position, end});
			});
			if (this.#isSpread) this.#record(false);
		} catch (error) {
			throw fileError(error, this.request.file);
		}
	}

	/** Reads back what is on disk, up to the length of the buffer; gives the number of bytes. */
	async read(buffer: Buffer, position: number): Promise<number> {
		return (await this.#opened().read(buffer, 0, buffer.length, position)).bytesRead;
	}

	/**
	 * Moves the complete part to its path.
	 * @param force replaces an existing file
	 * @throws KlingError `file_exists`; `file_busy` when another machine has taken the part over
	 */
	async publish(force: boolean): Promise<void> {
		const {file} = this.request;
		await this.#guard(async () => {
			// Some file systems know no permissions.
			await this.#opened()
				.chmod(0o666 & ~process.umask())
				.catch(() => {});
			await this.#opened().sync();
			if (!(await this.#isOurs())) {
				throw new KlingError('file_busy', `Another process has taken over the download to ${file}`, {
					path: file,
				});
			}
			await this.#close();
			await publish(this.path, file, force);
			if (!this.isPrivate) await rm(`${this.path}.json`, {force: true});
			await this.lock.release();
		});
	}

	/**
	 * Leaves what is on disk for the next run, or nothing when that could not use it.
	 * @param useless what is on disk is of no use to anybody
	 * @returns whether a part is left
	 */
	async leave({useless = false} = {}): Promise<boolean> {
		const isKept = !useless && !this.isPrivate && this.canGoOn;
		if (isKept) await this.#settle();
		await this.#close();
		if (!isKept && (await this.lock.isHeld())) {
			await rm(this.path, {force: true});
			if (!this.isPrivate) await rm(`${this.path}.json`, {force: true});
		}
		await this.lock.release();
		return isKept;
	}

	/** Makes what is on disk outlive a power cut. Where that fails, the last record still tells what is there. */
	async #settle(): Promise<void> {
		try {
			await this.#handle?.datasync();
			this.#record(true);
		} catch {}
	}

	/** Whether the path is still the file that was written, and the lock still ours. */
	async #isOurs(): Promise<boolean> {
		const [mine, there] = await Promise.all([
			this.#opened().stat({bigint: true}),
			lstat(this.path, {bigint: true}).catch(() => undefined),
		]);
		return mine.ino === there?.ino && (await this.lock.isHeld());
	}

	#record(synced: boolean): void {
		if (this.isPrivate) return;
		const {taskId, kind} = this.request;
		const spans = this.#isSpread ? this.has : undefined;
		const record = {taskId, kind, version: this.version, spans, bootedAt: bootTime(), synced};
		writeRecord(`${this.path}.json`, record);
	}

	#opened(): FileHandle {
		if (!this.#handle) throw new Error('the part is not open');
		return this.#handle;
	}

	async #close(): Promise<void> {
		const handle = this.#handle;
		this.#handle = undefined;
		await handle?.close();
	}

	async #guard(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			throw fileError(error, this.request.file);
		}
	}
}
