import type {Readable} from 'node:stream';
import {networkError} from '../api/network-errors.js';
import {KlingError} from '../errors/kling-error.js';
import type {Pace} from './pace.js';
import {collectBlocks} from './small-memory.js';

/** The bytes that one connection is to bring. */
export interface Claim {
	/** The next byte. */
	at: number;
	/** The byte after the last one; may be made smaller while bytes come, never below `at`. */
	end: number;
}

export interface PourOptions {
	write: (buffers: readonly Buffer[], position: number) => Promise<void>;
	/** Told of each chunk. */
	onBytes: (bytes: number) => void;
	pace?: Pace | undefined;
	/** Milliseconds without a byte after which a server counts as gone. */
	idleMs: number;
	/** Bytes that are written at once, asked for at each chunk; a chunk of Node may come on top. */
	pieceBytes: () => number;
}

/** The most that a killed process has received and not written and recorded, for each connection. */
export const blockBytes = 1 << 20;
/** Milliseconds after which bytes are written, be they few: on a slow line, too, little is at risk. */
const longestInHandMs = 100;
/** How often in the idle time it is looked whether something came. */
const looksAtIdle = 4;

/**
 * Writes what a transfer brings, until its claim is done or the transfer ends. What has come before an error is
 * written all the same. Closes the body; afterwards `claim.at` is the first byte that was not written.
 * @throws KlingError `download_error` when the connection broke or went silent; what `write` throws
 */
export async function pour(body: Readable, claim: Claim, options: PourOptions): Promise<void> {
	const {write, onBytes, pace, idleMs, pieceBytes} = options;
	let piece: Buffer[] = [];
	let size = 0;
	let written = claim.at;
	let writing: Promise<void> | undefined;
	let pauses = 0;
	let quiet = 0;

	const pause = () => {
		pauses++;
		body.pause();
	};
	const resume = () => {
		// A pause is no silence of the server.
		quiet = 0;
		if (--pauses === 0) body.resume();
	};
	const writePiece = async () => {
		const [buffers, bytes] = [piece, size];
		piece = [];
		size = 0;
		await write(buffers, written);
		written += bytes;
		collectBlocks(bytes);
	};

	/** Writes what is there, and full pieces after it; the body waits when the next one is full, too. */
	const keepWriting = async () => {
		do await writePiece();
		while (size >= pieceBytes());
		writing = undefined;
	};

	let idle: NodeJS.Timeout | undefined;
	let hurry: NodeJS.Timeout | undefined;
	let pacing: NodeJS.Timeout | undefined;
	const ended = new Promise<void>((resolve, reject) => {
		const beginWriting = () => {
			writing = keepWriting();
			writing.catch(reject);
		};
		hurry = setInterval(() => {
			if (size > 0 && !writing) beginWriting();
		}, longestInHandMs);
		idle = setInterval(() => {
			if (pauses === 0) quiet++;
			if (quiet > looksAtIdle) reject(silent(idleMs));
		}, idleMs / looksAtIdle);
		body.once('end', resolve);
		body.once('error', reject);
		body.once('close', () => reject(new Error('the connection was closed')));
		if (body.destroyed) reject(body.errored ?? new Error('the connection was closed'));
		body.on('data', (chunk: Buffer) => {
			quiet = 0;
			const bytes = Math.min(chunk.length, claim.end - claim.at);
			piece.push(bytes < chunk.length ? chunk.subarray(0, bytes) : chunk);
			size += bytes;
			claim.at += bytes;
			onBytes(bytes);
			if (claim.at >= claim.end) {
				body.pause();
				resolve();
				return;
			}
			if (size >= pieceBytes() && writing) {
				pause();
				writing.then(resume, () => {});
			} else if (size >= pieceBytes()) beginWriting();
			const wait = pace?.after(bytes) ?? 0;
			if (wait > 0) {
				pause();
				pacing = setTimeout(resume, wait);
			}
		});
	});

	try {
		await ended;
	} catch (error) {
		throw error instanceof KlingError ? error : broken(error);
	} finally {
		clearInterval(idle);
		clearInterval(hurry);
		clearTimeout(pacing);
		body.removeAllListeners('data').destroy();
		try {
			await writing;
			if (size > 0) await writePiece();
		} finally {
			claim.at = written;
		}
	}
}

function silent(idleMs: number): KlingError {
	return new KlingError('timeout', `no byte came for ${idleMs / 1000} s`);
}

function broken(error: unknown): KlingError {
	return new KlingError('connection_error', networkError(error, 'the file server', false).said, {
		cause: error,
	});
}
