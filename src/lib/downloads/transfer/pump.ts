import {networkError} from '../../api/network-errors.js';
import {KlingError} from '../../errors/kling-error.js';
import {network} from '../../net/settings.js';
import type {Pace} from '../rate-limit.js';
import type {Body} from './body.js';

/** The bytes that one connection is to bring. */
export interface Claim {
	/** The next byte. */
	at: number;
	/** The byte after the last one; may be made smaller while bytes come, never below `at`. */
	end: number;
}

export interface PourOptions {
	/** Puts bytes away before it returns: the block is used again. What it may return is waited for before more come. */
	write: (block: Buffer, position: number) => Promise<void> | void;
	/** Told of each chunk. */
	onBytes: (bytes: number) => void;
	pace?: Pace | undefined;
	/** Milliseconds without a byte after which a server counts as gone; left out, `--request-timeout` or 30 s. */
	idleMs?: number | undefined;
}

/** The most that a killed process has received and not written and recorded, for each connection. */
export const blockBytes = 256 << 10;
/** A block with less room than this is full: bytes that are read a few at a time cost as much as many. */
const leastRoom = 32 << 10;
/** Milliseconds after which bytes are written, be they few: on a slow line, too, little is at risk. */
const longestInHandMs = 100;
/** Where bytes go that nobody wants any more: never where some still wait to be written. */
const nowhere = Buffer.alloc(leastRoom);
/** Blocks that nothing can write to any more. */
const freeBlocks: Buffer[] = [];
const usualIdleMs = 30_000;
/** How often in the idle time it is looked whether something came. */
const looksAtIdle = 4;

/**
 * Writes what a transfer brings, until its claim is done or the transfer ends. What has come before an error is
 * written all the same. Closes the body; afterwards `claim.at` is the first byte that was not written.
 * @throws KlingError `download_error` when the connection broke or went silent; what `write` throws
 */
export async function pour(body: Body, claim: Claim, options: PourOptions): Promise<void> {
	const {write, onBytes, pace, idleMs = network.requestTimeoutMs ?? usualIdleMs} = options;
	const block = freeBlocks.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
	let used = 0;
	let written = claim.at;
	let pauses = 0;
	let quiet = 0;
	let isOver = false;

	const resume = () => {
		// A pause is no silence of the server.
		quiet = 0;
		if (--pauses === 0 && !isOver) body.resume();
	};
	const pauseUntil = (over: (resume: () => void) => void) => {
		pauses++;
		body.pause();
		over(resume);
	};
	const empty = () => {
		const bytes = used;
		used = 0;
		const more = write(block.subarray(0, bytes), written);
		written += bytes;
		return more;
	};

	let idle: NodeJS.Timeout | undefined;
	let hurry: NodeJS.Timeout | undefined;
	let pacing: NodeJS.Timeout | undefined;
	const ended = new Promise<void>((resolve, reject) => {
		const end = (error?: unknown) => {
			isOver = true;
			if (error === undefined) resolve();
			else reject(error);
		};
		const writeOut = () => {
			try {
				const more = empty();
				if (more) pauseUntil((goOn) => void more.then(goOn, end));
			} catch (error) {
				end(error);
			}
		};
		hurry = setInterval(() => {
			if (used > 0) writeOut();
		}, longestInHandMs);
		idle = setInterval(() => {
			if (pauses === 0) quiet++;
			if (quiet > looksAtIdle) end(silent(idleMs));
		}, idleMs / looksAtIdle);
		const take = (chunk: Buffer) => {
			for (let rest = chunk; rest.length > 0 && !isOver; ) {
				const room = block.subarray(used);
				const bytes = Math.min(rest.length, room.length, claim.end - claim.at);
				if (rest.buffer !== room.buffer || rest.byteOffset !== room.byteOffset) rest.copy(room, 0, 0, bytes);
				rest = rest.subarray(bytes);
				used += bytes;
				claim.at += bytes;
				quiet = 0;
				onBytes(bytes);
				if (claim.at >= claim.end) end();
				else if (block.length - used < leastRoom) writeOut();
				const wait = pace?.after(bytes) ?? 0;
				if (wait > 0) {
					pauseUntil((goOn) => {
						pacing = setTimeout(goOn, wait);
					});
				}
			}
		};
		body.flow({room: () => (isOver ? nowhere : block.subarray(used)), take}, end);
	});

	try {
		await ended;
	} catch (error) {
		throw error instanceof KlingError ? error : broken(error);
	} finally {
		isOver = true;
		clearInterval(idle);
		clearInterval(hurry);
		clearTimeout(pacing);
		body.destroy();
		try {
			if (used > 0) await empty();
			// Of a connection that broke, Windows may still be reading into it.
			if (claim.at >= claim.end) freeBlocks.push(block);
		} finally {
			claim.at = written;
		}
	}
}

function silent(idleMs: number): KlingError {
	return new KlingError('timeout', `no byte came for ${idleMs / 1000} s`);
}

function broken(error: unknown): KlingError {
	return new KlingError('connection_error', networkError(error, 'the file server').said, {
		cause: error,
	});
}
