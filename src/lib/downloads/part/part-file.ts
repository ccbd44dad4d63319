import {fstatSync, ftruncateSync, openSync, readSync} from 'node:fs';
import {fileError} from '../../fs/file-errors.js';
import {flushData} from '../../fs/flush.js';
import type {FileLock} from '../../fs/lock-file.js';
import {publish} from '../../fs/publish.js';
import {removeFile} from '../../fs/remove-file.js';
import {writeAll} from '../../fs/write-all.js';
import {bufferBytes, type MediaBytes, mediaBytes} from '../../media/media-bytes.js';
import {blockBytes} from '../../net/block-pool.js';
import type {Version} from '../transfer/asset-types.js';
import {addSpan, gaps, type Spans, sizeOf} from '../transfer/byte-ranges.js';
import {canContinue} from '../transfer/judge-response.js';
import {lockOf, privatePart, refuseFolders} from './names.js';
import {OpenFile} from './open-file.js';
import {bootTime, writeRecord} from './part-record.js';
import type {PartKind, PartRequest} from './part-request.js';
import type {EarlierPart} from './resume-part.js';
import {isStillOurs, lostPartError} from './still-ours.js';
import {WholeFile} from './whole-file.js';

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
	readonly #file = new OpenFile();
	/** Whether space was reserved for bytes yet to come. The size of the file then means nothing. */
	#isSpread = false;
	/** Whether this run or an earlier one has created the file. */
	#isOnDisk: boolean;
	/** Whether the part is yet to be created, because the first bytes may be the whole file. */
	holdsBack = false;
	/** A file that arrived complete in one block, so that no resumable part is needed. */
	#whole: WholeFile | undefined;

	constructor(
		readonly path: string,
		private readonly request: PartRequest,
		private readonly lock: FileLock,
		private readonly kind: PartKind = {},
	) {
		this.#isOnDisk = kind.isFresh !== true;
	}

	/** Number of bytes stored. */
	get bytes(): number {
		return sizeOf(this.has);
	}

	/** What is missing, up to infinity while the length is unknown. */
	get missing(): Spans {
		return gaps(this.has, this.version.length ?? Number.POSITIVE_INFINITY);
	}

	/** Whether another attempt can resume from what is on disk. */
	get canResume(): boolean {
		return this.bytes > 0 && canContinue(this.version);
	}

	/** Resumes what an earlier run left. */
	resume({file, has, version, isSpread}: EarlierPart): void {
		this.#file.open(file);
		this.has = has;
		this.version = version;
		this.#isSpread = isSpread;
		this.resumed = this.bytes > 0;
		this.#record(false);
	}

	/** Starts over with a new, empty file. */
	begin(version: Version): void {
		this.#guard(() => {
			this.#file.close();
			this.has = [];
			this.version = version;
			this.resumed = false;
			this.#isSpread = false;
			this.#dropWhole();
			const {length} = version;
			this.holdsBack = !this.#isOnDisk && length !== undefined && length <= blockBytes;
			if (!this.holdsBack) this.#create();
		});
	}

	#dropWhole(): void {
		this.#whole?.drop();
		this.#whole = undefined;
	}

	#create(): void {
		if (this.#isOnDisk) removeFile(this.path);
		else refuseFolders(this.request.file);
		this.#isOnDisk = true;
		// The record is written first, because a part without one is not recognized as this program's.
		this.#record(false);
		// Exclusive, so that a link that someone planted is never followed. Nobody else may write to the
		// file; it gets the usual permissions at the end.
		this.#file.open(openSync(this.path, 'wx+', 0o600));
	}

	/** Reserves space for the whole file, so that its pieces can arrive in any order. */
	spread(): void {
		if (this.#isSpread) return;
		this.#guard(() => {
			this.#isSpread = true;
			// The record comes first, so that reserved space is never taken for downloaded bytes.
			this.#record(false);
			ftruncateSync(this.#file.descriptor, this.version.length ?? 0);
		});
	}

	/**
	 * Takes over a block with the whole file, which is then written when it is published. For a part that holds back.
	 */
	keep(block: Buffer, length: number): void {
		this.holdsBack = false;
		this.#whole = new WholeFile(this.request.network.blocks, block, length);
		this.has = [{start: 0, end: length}];
	}

	/**
	 * Writes bytes and records them. They then outlive the process.
	 * @param position of the first byte; before `spread`, the number of bytes on disk
	 */
	write(block: Buffer, position: number): void {
		this.#guard(() => {
			if (this.holdsBack) {
				this.holdsBack = false;
				this.#create();
			}
			writeAll(this.#file.descriptor, block, position, (end) => {
				this.has = addSpan(this.has, {start: position, end});
			});
			if (this.#isSpread) this.#record(false);
		});
	}

	/** The bytes, while the part is open. */
	get media(): MediaBytes {
		if (!this.#file.isOpen) return bufferBytes(this.#whole?.bytes ?? Buffer.alloc(0));
		const {descriptor} = this.#file;
		return mediaBytes(descriptor, fstatSync(descriptor).size);
	}

	/** Reads back what is stored, up to the length of the buffer. Returns the number of bytes. */
	read(buffer: Buffer, position: number): number {
		if (this.#whole) return this.#whole.bytes.copy(buffer, 0, position);
		return readSync(this.#file.descriptor, buffer, 0, buffer.length, position);
	}

	/**
	 * Moves the complete part to its path.
	 * @param file the path, in the folder of the part
	 * @param force replaces an existing file
	 * @param onSaved called while the lock is still held
	 * @throws KlingError `file_exists`; the errors of `lostPartError`
	 */
	async publish(file: string, force: boolean, onSaved?: () => void): Promise<void> {
		const part = privatePart(this.request.file, this.lock.token);
		if (this.#whole) await this.#whole.publish(part, file, force);
		else await this.#publishPart(file, force);
		this.#dropWhole();
		try {
			onSaved?.();
		} finally {
			this.lock.release();
		}
	}

	async #publishPart(file: string, force: boolean): Promise<void> {
		await this.#file.finish(file);
		this.#guard(() => {
			if (!isStillOurs(this.#file.descriptor, this.path, this.lock, this.kind.isPrivate === true)) {
				throw lostPartError(file, lockOf(this.request.file));
			}
			this.#file.close();
			publish(this.path, file, force);
			if (!this.kind.isPrivate) removeFile(`${this.path}.json`);
		});
	}

	/**
	 * Keeps what is on disk for the next run, or removes it when that run could not use it.
	 * @returns whether a part is left
	 */
	leave(): boolean {
		// There is nothing to resume from in a folder that was moved away or replaced.
		const isKept = !this.kind.isPrivate && this.canResume && this.lock.isHeld() && this.#isStored();
		if (isKept) this.#settle();
		this.#file.close();
		try {
			if (!isKept && this.#isOnDisk && this.lock.isHeld()) {
				removeFile(this.path);
				if (!this.kind.isPrivate) removeFile(`${this.path}.json`);
			}
		} catch {
			// A file that cannot be removed stays. The reason why the download ended matters more.
		}
		this.lock.release();
		return isKept;
	}

	/** Writes a whole file that could not be published into the part. Returns whether that worked. */
	#isStored(): boolean {
		const whole = this.#whole;
		if (!whole) return true;
		this.has = [];
		try {
			this.#create();
			this.write(whole.bytes, 0);
			return true;
		} catch {
			return false;
		} finally {
			this.#dropWhole();
		}
	}

	/**
	 * Flushes what is on disk, so that it survives a power cut. If that fails, the last record still
	 * describes the part.
	 */
	#settle(): void {
		try {
			flushData(this.#file.descriptor);
			this.#record(true);
		} catch {}
	}

	#record(synced: boolean): void {
		if (this.kind.isPrivate) return;
		const {taskId, kind} = this.request;
		const about = {taskId, kind, version: this.version, spans: this.#isSpread ? this.has : undefined};
		writeRecord(`${this.path}.json`, {...about, bootedAt: bootTime(), synced, token: this.lock.token});
	}

	#guard(work: () => void): void {
		try {
			work();
		} catch (error) {
			throw fileError(error, this.request.file);
		}
	}
}
