import {createHash} from 'node:crypto';
import {rm} from 'node:fs/promises';
import {Transform, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {networkError} from '../api/network-errors.js';
import type {Clock} from '../clock.js';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../tasks/task-types.js';
import {openAsset} from './asset.js';
import {fileError} from './file-errors.js';
import {verifyMedia} from './integrity.js';
import {newPartPath, openPart, publish} from './publish.js';

const attempts = 3;
const firstBackoffMs = 500;

export interface TransferOptions {
	/** Told after each block: bytes so far, and bytes in all when they are known. */
	onProgress?: (bytes: number, total: number | undefined) => void;
	/** Stops the transfer, which then throws the reason of the signal; the part is removed. */
	signal?: AbortSignal;
}

export interface DownloadOptions extends TransferOptions {
	/** Absolute path of the file to make. */
	file: string;
	format: ResultFormat;
	force: boolean;
	clock: Clock;
}

export interface Transferred {
	bytes: number;
	/** Hexadecimal. */
	sha256: string;
}

/**
 * Downloads a result to a file: complete and verified at its path, or the path is untouched.
 * @param url signed link of the asset
 * @throws KlingError `asset_expired`, `download_error`, `connection_error`, `timeout`, `file_exists`, `write_error`, `disk_full`
 */
export async function downloadFile(url: string, options: DownloadOptions): Promise<Transferred> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await downloadOnce(url, options);
		} catch (error) {
			const again = error instanceof KlingError && error.retryable && error.exit === 5 && attempt < attempts;
			if (!again || options.signal?.aborted) throw error;
			await options.clock.sleep(firstBackoffMs * 2 ** attempt * Math.random());
		}
	}
}

async function downloadOnce(
	url: string,
	{file, format, force, ...transfer}: DownloadOptions,
): Promise<Transferred> {
	const part = newPartPath(file);
	const asset = await openAsset(url, transfer.signal);
	let complete = false;
	try {
		const handle = await openPart(part, file);
		const done = await copy(asset, handle.createWriteStream({flush: true}), transfer).catch(
			(error: unknown) => {
				throw fileError(error, file);
			},
		);
		await verifyMedia(part, format);
		await publish(part, file, force);
		complete = true;
		return done;
	} finally {
		asset.body.destroy();
		if (!complete) await rm(part, {force: true});
	}
}

/**
 * Copies a result to a stream, such as standard output. Bytes that went out cannot be taken back, so nothing
 * is tried twice, and only the length is checked.
 * @throws KlingError as downloadFile; what the stream itself throws passes
 */
export async function downloadTo(
	url: string,
	stream: Writable,
	options: TransferOptions,
): Promise<Transferred> {
	return copy(await openAsset(url, options.signal), stream, options);
}

async function copy(
	{body, total}: Awaited<ReturnType<typeof openAsset>>,
	sink: Writable,
	{onProgress, signal}: TransferOptions,
): Promise<Transferred> {
	let bytes = 0;
	const hash = createHash('sha256');
	const meter = new Transform({
		transform(chunk: Buffer, _encoding, next) {
			bytes += chunk.length;
			hash.update(chunk);
			onProgress?.(bytes, total);
			next(null, chunk);
		},
	});
	try {
		await pipeline(body, meter, sink, {...(signal && {signal}), end: sink !== process.stdout});
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		const {RequestError} = await import('got');
		// Either the server's side broke, or the sink's did: that is for the caller to name.
		if (!(error instanceof RequestError)) throw error;
		throw cut(bytes, total, networkError(error, 'the file server', false).said, error);
	}
	if (total !== undefined && bytes !== total) throw cut(bytes, total, 'the server sent another length');
	return {bytes, sha256: hash.digest('hex')};
}

function cut(bytes: number, total: number | undefined, why: string, cause?: unknown): KlingError {
	return new KlingError(
		'download_error',
		`The download broke off after ${bytes} of ${total ?? 'unknown'} bytes: ${why}`,
		{
			cause,
		},
	);
}
