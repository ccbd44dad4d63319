import {KlingError} from '../errors/kling-error.js';
import type {FileLock} from '../fs/lock-file.js';
import {sizeOf} from '../fs/writable.js';
import {createChecksum} from './checksum.js';
import {fetchInto} from './fetch-missing.js';
import type {DownloadOptions, SharedResult} from './options.js';
import {lockPart, openPart} from './part/open-part.js';
import type {Part} from './part/part-file.js';
import {misnamedPicture} from './real-extension.js';
import {withRetries} from './retries.js';
import type {Link} from './signed-url.js';

export {createLink} from './signed-url.js';

/** Publishing a file is slow if it takes more than this share of the time in which the file arrived. */
const longShare = 1 / 4;

export interface Transferred {
	bytes: number;
	/** Path of the file, when it differs from the one requested. */
	file?: string;
	/** Hexadecimal; undefined when it was not requested. */
	sha256: string | undefined;
	/** Whether bytes of an earlier run were used. */
	resumed: boolean;
	/** Whether another process has put the file there in the meantime. */
	isThere?: boolean;
	/** Oddities of the file; undefined when there are none. */
	warnings?: string[];
}

/**
 * Downloads a result to a file. Afterwards the file is complete and verified at its path, or the path is
 * untouched. It resumes what an earlier run left, and the next run resumes what this one leaves.
 * @throws KlingError `asset_expired`, `download_error`, `connection_error`, `timeout`, `file_exists`,
 * `file_busy`, `write_error`, `disk_full`; the reason of the signal
 */
export async function downloadFile(link: Link, options: DownloadOptions): Promise<Transferred> {
	const {file, force, signal, clock, random, again, onNote, shared, onSaved} = options;
	const {publishing} = options.network;
	const wait = shared && {
		...{clock, signal, deadline: shared.deadline},
		onWait: () => shared.onWait(file),
	};
	const lock = await lockPart(file, wait);
	const saved = shared && (await savedElsewhere(file, shared, lock));
	if (saved) return saved;
	const part = openPart(options, lock);
	const checksum = options.checksum ? createChecksum() : undefined;
	const begun = clock.now();
	try {
		const warnings = await withRetries(() => fetchInto(part, link, {...options, checksum}), {
			clock,
			random,
			signal,
			stored: () => (part.canResume ? part.bytes : 0),
		});
		const {bytes, resumed} = part;
		const sha256 = checksum?.finish(bytes, (buffer, position) => part.read(buffer, position));
		const published = checkName(part, options, warnings);
		const arrived = clock.now();
		publishing.count += 1;
		try {
			await part.publish(published, force, onSaved && (() => onSaved(published, bytes)));
		} finally {
			publishing.count -= 1;
			publishing.isSlow = clock.now() - arrived > (arrived - begun) * longShare;
		}
		for (const warning of warnings) onNote(`${published} arrived complete and is kept, but ${warning}`);
		return {
			bytes,
			resumed,
			sha256,
			...(warnings.length > 0 && {warnings}),
			...(published !== file && {file: published}),
		};
	} catch (error) {
		const isKept = part.leave();
		throw error instanceof KlingError ? error.with(hintFor(error, part, isKept, again)) : error;
	}
}

/**
 * The file, when another process has put it there while this one waited. The lock is released in that case.
 */
async function savedElsewhere(
	file: string,
	{isSaved}: SharedResult,
	lock: FileLock,
): Promise<Transferred | undefined> {
	let bytes: number | undefined;
	try {
		if (await isSaved(file)) bytes = await sizeOf(file);
	} catch (error) {
		lock.release();
		throw error;
	}
	if (bytes === undefined) return undefined;
	lock.release();
	return {bytes, resumed: false, sha256: undefined, isThere: true};
}

/**
 * The path of the file, corrected for its actual format. A name typed by the user is kept, with a warning.
 */
function checkName(part: Part, {file, format, extension}: DownloadOptions, warnings: string[]): string {
	const other = format === 'image' ? misnamedPicture(file, (head, at) => part.read(head, at)) : undefined;
	if (other === undefined) return file;
	if (extension === 'ours') return other.file;
	warnings.push(`it is a picture of type ${other.medium}`);
	return file;
}

/** The hint for an error, unless the error table has a better one. */
function hintFor(error: KlingError, part: Part, isKept: boolean, again: () => string): {hint?: string} {
	const isStop = error.exit === 130 || error.exit === 143;
	if (!isKept) return isStop ? {hint: `Start again: ${again()}`} : {};
	const kept = `${(part.bytes / 1e6).toFixed(1)} MB are kept in ${part.path}. Continue: ${again()}`;
	if (error.code === 'disk_full') return {hint: `Make room on the disk. ${kept}`};
	return isStop || error.exit === 5 ? {hint: kept} : {};
}
