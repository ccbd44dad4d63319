import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {diskSpaceWarning} from '../fs/disk-space.js';
import {verifyOpened} from '../media/integrity.js';
import {blockBytes} from '../net/block-pool.js';
import type {Body} from '../net/body.js';
import type {Checksum} from './checksum.js';
import type {DownloadOptions} from './options.js';
import type {Part} from './part/part-file.js';
import type {Link} from './signed-url.js';
import type {Asset} from './transfer/open-asset.js';
import {type Beginning, readSmall} from './transfer/read-small.js';
import {type FirstBody, NoPartsError, transfer} from './transfer/transfer.js';

interface FetchOptions extends Omit<DownloadOptions, 'checksum'> {
	checksum: Checksum | undefined;
}

/**
 * Downloads the missing bytes of a part and checks that it is complete media. When called again after an
 * error, it resumes.
 * @returns oddities of the file, which is kept nevertheless
 * @throws KlingError the errors of `downloadFile`
 */
export async function fetchInto(part: Part, link: Link, options: FetchOptions): Promise<string[]> {
	const {format, signal, seconds} = options;
	if (part.missing.length > 0) {
		const first = await openFirst(part, link, options);
		try {
			const start = await startSmall(part, first.body, options);
			if (part.missing.length > 0) await fetchRest(part, link, {...first, start}, options);
		} catch (error) {
			throw signal?.aborted ? signal.reason : brokenOff(error, part);
		} finally {
			first.body.destroy();
		}
	}
	try {
		// Bytes of an earlier run may have been lost since; those of a single transfer are as the server sent
		// them.
		const isWhole = part.version.length !== undefined && !part.resumed;
		return await verifyOpened(part.path, () => part.media, format, {isWhole, seconds});
	} catch (error) {
		// Wrong bytes cannot be resumed from.
		part.begin({});
		throw error;
	}
}

/** Opens the first missing span, or the whole file if the server serves no parts. */
async function openFirst(
	part: Part,
	link: Link,
	{file, signal, onNote}: FetchOptions,
): Promise<FirstBody & {servesParts: boolean}> {
	const warnOfRoom = (bytes: number) => {
		if (bytes <= blockBytes) return;
		const lack = diskSpaceWarning(path.dirname(file), bytes);
		if (lack) onNote(`${file}: ${lack}`);
	};
	const [missing] = part.missing;
	let asset: Asset | undefined;
	if (part.canResume && missing) {
		warnOfRoom((part.version.length ?? 0) - part.bytes);
		asset = await link.open({part: {span: missing, version: part.version}, signal});
		if (asset.kind === 'part') return {body: asset.body, span: missing, isWhole: false, servesParts: true};
		onNote(`${part.path}: the server does not continue it, or the file has changed: starting over`);
	}
	if (asset?.kind !== 'whole') asset = await link.open({signal});
	if (asset.kind !== 'whole') throw new NoPartsError();
	const {body, version, servesParts} = asset;
	try {
		warnOfRoom(version.length ?? 0);
		part.begin(version);
	} catch (error) {
		body.destroy();
		throw error;
	}
	const span = {start: 0, end: version.length ?? Number.POSITIVE_INFINITY};
	return {body, span, isWhole: true, servesParts};
}

/**
 * Reads a file that fits into one block. Usually it is all here at once, and stays in memory.
 * @returns what has come of a slow one
 */
async function startSmall(
	part: Part,
	body: Body,
	{network, pace, checksum, onProgress}: FetchOptions,
): Promise<Beginning | undefined> {
	const {length} = part.version;
	if (!part.holdsBack || length === undefined || length === 0 || pace !== undefined) return undefined;
	const start = await readSmall(body, body.block ?? network.blocks.take(), length);
	if (start.used < length) return start;
	part.keep(start.block, length);
	checksum?.add(start.block.subarray(0, length), 0);
	onProgress?.(length, length);
	return undefined;
}

async function fetchRest(
	part: Part,
	link: Link,
	first: FirstBody & {servesParts: boolean},
	{network, connections, pace, clock, signal, checksum, onProgress, idleMs}: FetchOptions,
): Promise<void> {
	const {length} = part.version;
	let received = part.bytes;
	onProgress?.(received, length);
	// An empty body ends before any claim of it could be completed.
	if (length === 0) return;
	await transfer(first, {
		missing: () => (length === undefined ? [] : part.missing),
		length: length ?? Number.POSITIVE_INFINITY,
		connections: first.servesParts ? connections : 1,
		network,
		pace,
		clock,
		signal,
		idleMs,
		spread: () => part.spread(),
		onBytes(bytes) {
			received += bytes;
			onProgress?.(Math.min(received, length ?? received), length);
		},
		write(block, position) {
			part.write(block, position);
			checksum?.add(block, position);
		},
		async open(span, stop) {
			const asset = await link.open({part: {span, version: part.version}, signal: stop});
			if (asset.kind === 'part') return asset.body;
			if (asset.kind === 'whole') asset.body.destroy();
			throw new NoPartsError();
		},
	});
}

/** Rewrites an error of one connection as one of the whole download. */
function brokenOff(error: unknown, part: Part): unknown {
	if (error instanceof KlingError && error.code === 'disk_full') {
		const lack = diskSpaceWarning(path.dirname(part.path), (part.version.length ?? 0) - part.bytes);
		return lack
			? new KlingError(error.code, `${error.said}: ${lack}`, {...error.details, cause: error})
			: error;
	}
	if (!(error instanceof KlingError) || error.exit !== 5) return error;
	const total = part.version.length ?? 'unknown';
	const why = error.said;
	return new KlingError(
		'download_error',
		`The download broke off after ${part.bytes} of ${total} bytes: ${why}`,
		{
			cause: error,
		},
	);
}
