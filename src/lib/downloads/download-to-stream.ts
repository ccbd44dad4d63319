import {once} from 'node:events';
import type {Writable} from 'node:stream';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import {createChecksum} from './checksum.js';
import type {Transferred} from './download.js';
import type {TransferOptions} from './options.js';
import {withRetries} from './retries.js';
import type {Link} from './signed-url.js';
import {pour} from './transfer/pump.js';

interface StreamOptions extends TransferOptions {
	clock: Clock;
	random: () => number;
}

/**
 * Copies a result to a stream, such as standard output, which is not ended. Bytes that went out cannot be taken back,
 * so that only opening it is tried again.
 * @throws KlingError as downloadFile; what the stream itself throws passes
 */
export async function downloadTo(
	link: Link,
	stream: Writable,
	{onProgress, signal, pace, checksum: isWanted, idleMs, clock, random}: StreamOptions,
): Promise<Transferred> {
	// Nothing has gone out yet, so that it can be tried again.
	const asset = await withRetries(() => link.open({signal}), {clock, random, signal, stored: () => 0});
	if (asset.kind !== 'whole')
		throw new KlingError('download_error', 'The server sent only a part of the file');
	const {length = Number.POSITIVE_INFINITY} = asset.version;
	const checksum = isWanted ? createChecksum() : undefined;
	const claim = {at: 0, end: length};
	let bytes = 0;
	const brokenOff = (why: string, cause?: unknown) =>
		new KlingError(
			'download_error',
			`The download broke off after ${bytes} of ${asset.version.length ?? 'unknown'} bytes: ${why}`,
			{cause},
		);
	try {
		await pour(asset.body, claim, {
			pace,
			idleMs,
			onBytes(count) {
				bytes += count;
				onProgress?.(bytes, asset.version.length);
			},
			async write(block, position) {
				checksum?.add(block, position);
				// The block is filled again.
				if (!stream.write(Buffer.from(block))) await once(stream, 'drain', {...(signal && {signal})});
			},
		});
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		throw error instanceof KlingError && error.exit === 5 ? brokenOff(error.said, error) : error;
	}
	if (asset.version.length !== undefined && bytes !== length)
		throw brokenOff('the server sent another length');
	return {bytes, resumed: false, sha256: checksum?.finish(bytes, () => 0)};
}
