import {
	closeSync,
	fchmodSync,
	fstatSync,
	ftruncateSync,
	lstatSync,
	openSync,
	readSync,
	rmSync,
} from 'node:fs';
import {KlingError} from '../../errors/kling-error.js';
import {fileError} from '../../fs/file-errors.js';
import {flushData, flushLater} from '../../fs/flush.js';
import type {FileLock} from '../../fs/lock-file.js';
import {writeAll} from '../../fs/write-all.js';
import type {AssetKind} from '../../media/asset-kind.js';
import type {Version} from '../transfer/asset-types.js';
import {addSpan, gaps, type Spans, sizeOf} from '../transfer/byte-ranges.js';
import {canContinue} from '../transfer/judge-response.js';
import {bootTime, readRecord, writeRecord} from './part-record.js';
import {publish} from './publish.js';
import type {LeftPart} from './resume-part.js';

export interface PartRequest {
	/** Absolute path of the file that the part becomes. */
	file: string;
	taskId: string;
	kind: AssetKind;
	/** Called with the reason when an existing part cannot be used. */
	onNote: (text: string) => void;
}

/**
 * A file that grows until it is complete, opened by `openPart`. Its methods throw KlingError `write_error` or
 * `disk_full` for errors of the file system.
 */
export class Part {
	/** The spans on disk. */
	has: Spans = [];
	/** The version of the file that they belong to. */
	version: Version = {};
	/** Whether it contains bytes of an earlier run. */
	resumed = false;
	/** Descriptor. */
	#file: number | undefined;
	/** Whether space was reserved for bytes yet to come. The size of the file then means nothing. */
	#isSpread = false;

	/** @param isPrivate for a part that no later run looks for */
	constructor(
		readonly path: string,
		private readonly request: PartRequest,
		private readonly lock: FileLock,
		private readonly isPrivate: boolean,
	) {}

	/** Number of bytes on disk. */
	get bytes(): number {
		return sizeOf(this.has);
	}

	/** What is missing, up to infinity while the length is unknown. */
	get missing(): Spans {
		return gaps(this.has, this.version.length ?? Number.POSITIVE_INFINITY);
	}

	/** Whether another attempt can resume from what is on disk. */
	get canGoOn(): boolean {
		return this.bytes > 0 && canContinue(this.version);
	}

	/** Resumes what an earlier run left. */
	resume({file, has, version, isSpread}: LeftPart): void {
		this.#file = file;
		this.has = has;
		this.version = version;
		this.#isSpread = isSpread;
		this.resumed = this.bytes > 0;
		this.#record(false);
	}

	/** Starts over with a new, empty file. */
	begin(version: Version): void {
		this.#guard(() => {
			this.#close();
			rmSync(this.path, {force: true});
			this.has = [];
			this.version = version;
			this.resumed = false;
			this.#isSpread = false;
			// The record is written first, because a part without one is not recognized as this program's.
			this.#record(false);
			// Exclusive, so that a link that somebody planted is never followed. Nobody else may write to the
			// file; it gets the usual permissions at the end.
			this.#file = openSync(this.path, 'wx+', 0o600);
		});
	}

	/** Reserves space for the whole file, so that its pieces can arrive in any order. */
	spread(): void {
		if (this.#isSpread) return;
		this.#guard(() => {
			this.#isSpread = true;
			// The record comes first, so that reserved space is never taken for downloaded bytes.
			this.#record(false);
			ftruncateSync(this.#opened(), this.version.length ?? 0);
		});
	}

	/**
	 * Writes bytes and records them. They then outlive the process.
	 * @param position of the first byte; before `spread`, the number of bytes on disk
	 */
	write(block: Buffer, position: number): void {
		this.#guard(() => {
			writeAll(this.#opened(), block, position, (end) => {
				this.has = addSpan(this.has, {start: position, end});
			});
			if (this.#isSpread) this.#record(false);
		});
	}

	/** Reads back what is on disk, up to the length of the buffer. Returns the number of bytes. */
	read(buffer: Buffer, position: number): number {
		return readSync(this.#opened(), buffer, 0, buffer.length, position);
	}

	/**
	 * Moves the complete part to its path.
	 * @param file the path, in the folder of the part
	 * @param force replaces an existing file
	 * @param onSaved called while the lock is still held
	 * @throws KlingError `file_exists`; `file_busy` when another machine has taken the part over
	 */
	async publish(file: string, force: boolean, onSaved?: () => Promise<void>): Promise<void> {
		this.#guard(() => {
			try {
				fchmodSync(this.#opened(), 0o666 & ~process.umask());
			} catch {
				// Some file systems have no permissions.
			}
		});
		// Flushing can take long; others need not wait for it.
		await flushLater(this.#opened()).catch((error: unknown) => {
			throw fileError(error, file);
		});
		this.#guard(() => {
			if (!this.#isOurs()) {
				throw new KlingError('file_busy', `Another process has taken over the download to ${file}`, {
					path: file,
				});
			}
			this.#close();
			publish(this.path, file, force);
			if (!this.isPrivate) rmSync(`${this.path}.json`, {force: true});
		});
		try {
			await onSaved?.();
		} finally {
			this.lock.release();
		}
	}

	/**
	 * Keeps what is on disk for the next run, or removes it when that run could not use it.
	 * @returns whether a part is left
	 */
	leave(): boolean {
		const isKept = !this.isPrivate && this.canGoOn;
		if (isKept) this.#settle();
		this.#close();
		try {
			if (!isKept && this.lock.isHeld()) {
				rmSync(this.path, {force: true});
				if (!this.isPrivate) rmSync(`${this.path}.json`, {force: true});
			}
		} catch {
			// A file that cannot be removed stays. The reason why the download ended matters more.
		}
		this.lock.release();
		return isKept;
	}

	/**
	 * Flushes what is on disk, so that it survives a power cut. If that fails, the last record still
	 * describes the part.
	 */
	#settle(): void {
		try {
			flushData(this.#opened());
			this.#record(true);
		} catch {}
	}

	/**
	 * Whether the path is still the file that was written, and the lock still held. Some file systems give
	 * files new inode numbers each time. There the size is compared instead, and the lock's token in the
	 * record.
	 */
	#isOurs(): boolean {
		if (!this.lock.isHeld()) return false;
		const mine = fstatSync(this.#opened(), {bigint: true});
		const there = lstatSync(this.path, {bigint: true, throwIfNoEntry: false});
		if (mine.ino === there?.ino) return true;
		if (!there?.isFile() || mine.size !== there.size) return false;
		const record = this.isPrivate ? undefined : readRecord(`${this.path}.json`);
		return this.isPrivate || (typeof record === 'object' && record.token === this.lock.token);
	}

	#record(synced: boolean): void {
		if (this.isPrivate) return;
		const {taskId, kind} = this.request;
		const spans = this.#isSpread ? this.has : undefined;
		const record = {
			taskId,
			kind,
			version: this.version,
			spans,
			bootedAt: bootTime(),
			synced,
			token: this.lock.token,
		};
		writeRecord(`${this.path}.json`, record);
	}

	#opened(): number {
		if (this.#file === undefined) throw new Error('the part is not open');
		return this.#file;
	}

	#close(): void {
		const file = this.#file;
		this.#file = undefined;
		if (file !== undefined) closeSync(file);
	}

	#guard(work: () => void): void {
		try {
			work();
		} catch (error) {
			throw fileError(error, this.request.file);
		}
	}
}
