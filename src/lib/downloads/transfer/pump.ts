import {linkError} from '../../api/network-errors.js';
import {KlingError} from '../../errors/kling-error.js';
import type {Body, ByteReceiver} from '../../net/body.js';
import type {Network} from '../../net/network.js';
import type {Pace} from '../rate-limit.js';
import type {Beginning} from './read-small.js';

/** The bytes that one connection is to download. */
export interface Claim {
	/** The next byte. */
	at: number;
	/** The byte after the last one. It may be reduced during the transfer, but never below `at`. */
	end: number;
}

export interface PumpOptions {
	/** The pool of blocks, and the user's limit for stalls. */
	network: Pick<Network, 'blocks' | 'requestTimeoutMs'>;
	/**
	 * Stores bytes before it returns, because the block is reused. A returned promise is awaited before more
	 * bytes are read.
	 */
	write: (block: Buffer, position: number) => Promise<void> | void;
	/** Called after each chunk. */
	onBytes: (bytes: number) => void;
	pace?: Pace | undefined;
	/**
	 * Milliseconds without a byte after which a server counts as gone. Default: `--request-timeout`, or 30 s.
	 */
	idleMs?: number | undefined;
}

/** A block with less space than this counts as full, because a small read costs as much as a large one. */
const minRoom = 32 << 10;
/**
 * Milliseconds after which received bytes are written, however few, so that little is at risk on a slow line.
 */
const maxInHandMs = 100;
/** Receives bytes that are no longer wanted. They must not go into a block that is still to be written. */
const nowhere = Buffer.alloc(minRoom);
const defaultIdleMs = 30_000;
/** Number of stall checks within the idle time. */
const checksWhileIdle = 4;

/**
 * Writes the bytes of a body until its claim is complete or the body ends. What arrived before an error is
 * written as well. Closes the body; afterwards `claim.at` is the first byte not written.
 * @param start what was received before
 * @throws KlingError `download_error` when the connection broke or stalled; the error of `write`
 */
export const pump = (body: Body, claim: Claim, options: PumpOptions, start?: Beginning): Promise<void> =>
	new Pump(body, claim, options, start).run();

/** Transfers one body to the disk through one block. */
class Pump implements ByteReceiver {
	readonly #body: Body;
	readonly #claim: Claim;
	readonly #options: PumpOptions;
	readonly #block: Buffer;
	/** Bytes in the block that are not written yet. */
	#used = 0;
	/** The first byte that is not written yet. */
	#written: number;
	/** Number of reasons to hold the body back. */
	#pauses = 0;
	/** Consecutive checks without a byte. */
	#quiet = 0;
	/** Whether the claim's last byte has come. */
	#isComplete = false;
	/** Whether a body of unknown length has ended. */
	#hasEnded = false;
	#isOver = false;
	#pacing: NodeJS.Timeout | undefined;
	#end: (error?: unknown) => void = () => {};

	constructor(body: Body, claim: Claim, options: PumpOptions, start?: Beginning) {
		this.#body = body;
		this.#claim = claim;
		this.#options = options;
		this.#block = start?.block ?? body.block ?? options.network.blocks.take();
		this.#written = claim.at;
		if (!start || start.used === 0) return;
		this.#used = start.used;
		claim.at += start.used;
		options.onBytes(start.used);
	}

	async run(): Promise<void> {
		const {network} = this.#options;
		const {idleMs = network.requestTimeoutMs ?? defaultIdleMs} = this.#options;
		const ended = new Promise<void>((resolve, reject) => {
			this.#end = (error) => {
				this.#isOver = true;
				if (error === undefined) resolve();
				else reject(error);
			};
		});
		const hurry = setInterval(() => {
			if (this.#used > 0) this.#writeOut();
		}, maxInHandMs);
		const idle = setInterval(() => {
			if (this.#pauses === 0) this.#quiet++;
			if (this.#quiet > checksWhileIdle) this.#end(silent(idleMs));
		}, idleMs / checksWhileIdle);
		try {
			this.#body.flow(this, (error) => {
				this.#hasEnded = error === undefined;
				if (error !== undefined || this.#pauses === 0) this.#end(error);
			});
			await ended;
		} catch (error) {
			throw error instanceof KlingError ? error : broken(error);
		} finally {
			this.#isOver = true;
			clearInterval(idle);
			clearInterval(hurry);
			clearTimeout(this.#pacing);
			this.#body.destroy();
			await this.#finish();
		}
	}

	room(): Buffer {
		return this.#isOver ? nowhere : this.#block.subarray(this.#used);
	}

	take(chunk: Buffer): void {
		const {onBytes, pace} = this.#options;
		const claim = this.#claim;
		for (let rest = chunk; rest.length > 0 && !this.#isOver && !this.#isComplete; ) {
			const room = this.#block.subarray(this.#used);
			const bytes = Math.min(rest.length, room.length, claim.end - claim.at);
			if (rest.buffer !== room.buffer || rest.byteOffset !== room.byteOffset) rest.copy(room, 0, 0, bytes);
			rest = rest.subarray(bytes);
			this.#used += bytes;
			claim.at += bytes;
			this.#quiet = 0;
			onBytes(bytes);
			this.#isComplete = claim.at >= claim.end;
			const wait = pace?.after(bytes) ?? 0;
			if (this.#isComplete && wait === 0) this.#end();
			else if (this.#block.length - this.#used < minRoom) this.#writeOut();
			if (wait > 0) {
				this.#pauseUntil((resume) => {
					// The limit holds for a file that comes in one piece as well.
					this.#pacing = setTimeout(this.#isComplete ? () => this.#end() : resume, wait);
				});
			}
		}
	}

	#pauseUntil(over: (resume: () => void) => void): void {
		this.#pauses++;
		this.#body.pause();
		over(() => {
			// A pause of ours does not count as a stall.
			this.#quiet = 0;
			if (--this.#pauses > 0 || this.#isOver) return;
			if (this.#hasEnded) this.#end();
			else this.#body.resume();
		});
	}

	/** Writes the content of the block. */
	#empty(): Promise<void> | void {
		const bytes = this.#used;
		this.#used = 0;
		const more = this.#options.write(this.#block.subarray(0, bytes), this.#written);
		this.#written += bytes;
		return more;
	}

	#writeOut(): void {
		try {
			const more = this.#empty();
			if (more) this.#pauseUntil((resume) => void more.then(resume, this.#end));
		} catch (error) {
			this.#end(error);
		}
	}

	async #finish(): Promise<void> {
		try {
			if (this.#used > 0) await this.#empty();
			// On a broken connection, Windows may still be reading into the block.
			if (this.#hasEnded || this.#claim.at >= this.#claim.end)
				this.#options.network.blocks.giveBack(this.#block);
		} finally {
			this.#claim.at = this.#written;
		}
	}
}

function silent(idleMs: number): KlingError {
	return new KlingError('timeout', `no byte came for ${idleMs / 1000} s`);
}

function broken(error: unknown): KlingError {
	return new KlingError('connection_error', linkError(error, 'the file server').said, {
		cause: error,
	});
}
