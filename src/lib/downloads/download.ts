import {KlingError} from '../errors/kling-error.js';
import {createChecksum} from './checksum.js';
import {fetchInto} from './fetch-missing.js';
import type {DownloadOptions} from './options.js';
import {openPart} from './part/open-part.js';
import type {Part} from './part/part-file.js';
import {withRetries} from './retries.js';
import type {Link} from './signed-url.js';

export interface Transferred {
	bytes: number;
	/** Hexadecimal; undefined when it was not asked for. */
	sha256: string | undefined;
	/** Whether bytes of an earlier run were used. */
	resumed: boolean;
}

/**
 * Downloads a result to a file: complete and verified at its path, or the path is untouched. What an earlier run left
 * is continued; what this one leaves, the next one continues.
 * @throws KlingError `asset_expired`, `download_error`, `connection_error`, `timeout`, `file_exists`, `file_busy`,
 * `write_error`, `disk_full`; the reason of the signal
 */
export async function downloadFile(link: Link, options: DownloadOptions): Promise<Transferred> {
	const {force, signal, clock, random, again} = options;
	const part = openPart(options);
	const checksum = options.checksum ? createChecksum() : undefined;
	try {
		await withRetries(() => fetchInto(part, link, {...options, checksum}), {
			clock,
			random,
			signal,
			stored: () => (part.canGoOn ? part.bytes : 0),
		});
		const {bytes, resumed} = part;
		const sha256 = checksum?.finish(bytes, (buffer, position) => part.read(buffer, position));
		await part.publish(force);
		return {bytes, resumed, sha256};
	} catch (error) {
		const isKept = part.leave();
		throw error instanceof KlingError ? error.with(hintFor(error, part, isKept, again)) : error;
	}
}

/** What to do about an error, when the table does not know it better. */
function hintFor(error: KlingError, part: Part, isKept: boolean, again: string): {hint?: string} {
	const isStop = error.exit === 130 || error.exit === 143;
	if (!isKept) return isStop ? {hint: `Start again: ${again}`} : {};
	const kept = `${(part.bytes / 1e6).toFixed(1)} MB are kept in ${part.path}. Go on: ${again}`;
	if (error.code === 'disk_full') return {hint: `Make room on the disk. ${kept}`};
	return isStop || error.exit === 5 ? {hint: kept} : {};
}
