import {once} from 'node:events';
import type {Writable} from 'node:stream';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import {createStreamCheck} from '../media/stream-check.js';
import type {Clock} from '../system/clock.js';
import {createChecksum} from './checksum.js';
import type {Transferred} from './download.js';
import type {TransferOptions} from './options.js';
import {withRetries} from './retries.js';
import type {Link} from './signed-url.js';
import {pump} from './transfer/pump.js';

interface StreamOptions extends TransferOptions {
	format: ResultFormat;
	/** Expected playing time in seconds, if known. */
	seconds?: number | undefined;
	clock: Clock;
	random: () => number;
	/** Called with notes for the user that are in no document. */
	onNote: (text: string) => void;
}

/** What the bytes should be, for messages. */
const things: Readonly<Record<ResultFormat, string>> = {
	video: 'a clip',
	mp3: 'an MP3',
	wav: 'a WAV',
	image: 'a picture',
};

/**
 * Copies a result to a stream, such as standard output, checking it on the way. The stream is not ended.
 * Bytes cannot be taken back, so retries stop once the first has been written.
 * @throws KlingError the errors of `downloadFile`; the stream's own error
 */
export async function downloadTo(link: Link, stream: Writable, options: StreamOptions): Promise<Transferred> {
	const {format, signal, clock, random, onNote} = options;
	const out = {bytes: 0};
	const attempt = async () => {
		try {
			return await copy(link, stream, out, options);
		} catch (error) {
			const isOurs = error instanceof KlingError && error.exit === 5 && !signal?.aborted;
			if (!isOurs || out.bytes === 0) throw error;
			return spoilt(error, out.bytes, things[format]);
		}
	};
	const done = await withRetries(attempt, {clock, random, signal, stored: () => 0});
	if (done instanceof KlingError) throw done;
	for (const warning of done.warnings ?? []) onNote(`The result arrived complete, but ${warning}`);
	return done;
}

/** The error for bytes that were written but should not be used. */
function spoilt(error: KlingError, bytes: number, thing: string): KlingError {
	return new KlingError(
		'download_error',
		`${error.said}. The ${bytes} bytes already written are not ${thing}`,
		{
			hint: 'Delete what was written, and run the command again; or save it with -o FILE, which is kept only when it is complete.',
			cause: error,
		},
	);
}

/** @param out counts the bytes written */
async function copy(
	link: Link,
	stream: Writable,
	out: {bytes: number},
	{network, onProgress, signal, pace, checksum: isWanted, idleMs, format, seconds}: StreamOptions,
): Promise<Transferred> {
	const asset = await link.open({signal});
	if (asset.kind !== 'whole')
		throw new KlingError('download_error', 'The server sent only a part of the file');
	const {length} = asset.version;
	const check = createStreamCheck(format, seconds);
	const checksum = isWanted ? createChecksum() : undefined;
	let bytes = 0;
	const pass = async (blocks: readonly Buffer[]) => {
		let isFull = false;
		// All blocks are written before waiting, because more may arrive during the wait.
		for (const block of blocks) {
			out.bytes += block.length;
			isFull = !stream.write(block);
		}
		if (isFull) await once(stream, 'drain', {...(signal && {signal})});
	};
	const stopped = (error: unknown): unknown => {
		if (signal?.aborted) return signal.reason;
		const why = error instanceof KlingError && error.code !== 'download_error' ? error.said : undefined;
		return why === undefined ? error : brokenOff(bytes, length, why, error);
	};
	try {
		const claim = {at: 0, end: length ?? Number.POSITIVE_INFINITY};
		if (length !== 0) {
			await pump(asset.body, claim, {
				network,
				pace,
				idleMs,
				onBytes(count) {
					bytes += count;
					onProgress?.(bytes, length);
				},
				async write(block, position) {
					checksum?.add(block, position);
					// Copied, because the block is reused.
					await pass(await check.add(Buffer.from(block)));
				},
			});
		}
		if (length !== undefined && bytes !== length) {
			throw brokenOff(bytes, length, 'the server sent a different length');
		}
	} catch (error) {
		throw stopped(error);
	} finally {
		asset.body.destroy();
	}
	const {warnings, rest} = await check.finish({isWhole: length !== undefined});
	await pass(rest);
	const sha256 = checksum?.finish(bytes, () => 0);
	return {bytes, resumed: false, sha256, ...(warnings.length > 0 && {warnings})};
}

function brokenOff(bytes: number, length: number | undefined, why: string, cause?: unknown): KlingError {
	const text = `The download broke off after ${bytes} of ${length ?? 'unknown'} bytes: ${why}`;
	return new KlingError('download_error', text, {cause});
}
