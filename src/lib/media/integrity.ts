import {closeSync, fstatSync, openSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import {DamagedError, damaged, type MediaBytes, mediaBytes} from './media-bytes.js';
import {type Medium, mediumOf} from './medium.js';
import {checkMp3} from './mp3.js';
import {checkMp4} from './mp4.js';
import {checkPicture} from './picture.js';
import type {ResultFormat} from './result-format.js';
import {
	findJpegTruncation,
	findMp3Truncation,
	findMp4Truncation,
	findPngTruncation,
	findWavTruncation,
	type Truncation,
} from './truncation.js';
import {checkWav} from './wav.js';

interface Checks {
	/** For messages. */
	name: string;
	/** Media that are similar enough to be kept if they arrived complete. */
	media: readonly Medium[];
	/** Throws for anything odd. */
	strict: (bytes: MediaBytes, seconds?: number) => Promise<void>;
	/** Where the file claims to continue beyond its end. */
	cutAt: (bytes: MediaBytes) => Promise<Truncation>;
}

const formats: Record<ResultFormat, Checks> = {
	video: {name: 'a video', media: ['MP4', 'Matroska', 'AVI'], strict: checkMp4, cutAt: findMp4Truncation},
	mp3: {name: 'an MP3', media: ['MP3'], strict: checkMp3, cutAt: findMp3Truncation},
	wav: {name: 'a WAV', media: ['WAV'], strict: checkWav, cutAt: findWavTruncation},
	image: {
		name: 'a picture',
		media: ['PNG', 'JPEG', 'GIF', 'WebP'],
		strict: checkPicture,
		cutAt: pictureCutAt,
	},
};

async function pictureCutAt(bytes: MediaBytes): Promise<Truncation> {
	const medium = mediumOf(await headOf(bytes));
	if (medium === 'PNG') return findPngTruncation(bytes);
	return medium === 'JPEG' ? findJpegTruncation(bytes) : undefined;
}

/** What error pages and storage services return instead of a file, tried in turn; the last one matches any text. */
const texts = [
	{name: 'HTML', pattern: /^<(?:!doctype html|html|head|body)\b/i},
	{name: 'XML', pattern: /^<[?!a-z]/i},
	{name: 'JSON', pattern: /^[[{]/},
	{name: 'text', pattern: /^/},
] as const;

/** Enough bytes to tell text from media: every format here has bytes in its header that no text contains. */
export const sniffedBytes = 512;

/** What is known about a file besides its bytes. */
export interface Arrival {
	/** Whether as many bytes arrived as the server had announced. */
	isWhole?: boolean;
	/** How long it should play, in seconds. */
	seconds?: number | undefined;
}

/**
 * Checks a downloaded file. Reads headers only, a few bytes at a time, so that a file of any size takes milliseconds. It
 * does not decode: damage inside the pictures or the sound goes unseen.
 *
 * A file that arrived with its promised length is refused only if it is certainly wrong: another kind of file, or one
 * that refers to data beyond its end. A file without a promised length is refused if anything about it is odd.
 *
 * @param path of the file
 * @param format what it should be; `video` is MP4 or MOV, `image` PNG or JPEG
 * @returns what looks odd about a file that is kept anyway
 * @throws KlingError `download_error` naming what is wrong with the file; `write_error` when it cannot be read
 */
export async function verifyMedia(
	path: string,
	format: ResultFormat,
	arrival: Arrival = {},
): Promise<string[]> {
	let file: number | undefined;
	const open = () => {
		file = openSync(path, 'r');
		return mediaBytes(file, fstatSync(file).size);
	};
	try {
		return await verifyOpened(path, open, format, arrival);
	} finally {
		if (file !== undefined) closeSync(file);
	}
}

/**
 * As verifyMedia, of a file that the caller has open.
 * @param path for messages
 */
export async function verifyOpened(
	path: string,
	open: () => MediaBytes,
	format: ResultFormat,
	arrival: Arrival,
): Promise<string[]> {
	try {
		return await verifyBytes(open(), format, arrival);
	} catch (error) {
		if (error instanceof KlingError) throw error;
		throw new KlingError('write_error', `Cannot read ${path} to check it`, {cause: error, path});
	}
}

/**
 * Why an existing file cannot be a finished download; undefined if nothing speaks against it.
 * @throws KlingError `write_error` when it cannot be read
 */
export async function whyIncomplete(path: string, format: ResultFormat): Promise<string | undefined> {
	try {
		await verifyMedia(path, format, {isWhole: true});
		return undefined;
	} catch (error) {
		if (error instanceof DamagedError) return error.what;
		if (error instanceof KlingError && error.code === 'download_error') {
			return error.said.replace(/^The server sent /, 'it is ');
		}
		throw error;
	}
}

/**
 * Checks the beginning of a file: that it is not something else.
 * @param head the first bytes: `sniffedBytes` of them, unless the file is shorter
 * @throws KlingError `download_error`
 */
export function checkBeginning(head: Buffer, format: ResultFormat): void {
	const {name, media} = formats[format];
	const medium = mediumOf(head);
	const other = medium && !media.includes(medium) ? medium : undefined;
	const instead = head.length === 0 ? 'an empty file' : (nameOfText(head) ?? other);
	if (instead) throw new KlingError('download_error', `The server sent ${instead} instead of ${name}`);
}

/**
 * Reads everything that `verifyBytes` may read of a file, in one pass and without a verdict.
 * @param bytes its size may still be unknown, and Infinity
 */
export async function readThrough(
	bytes: MediaBytes,
	format: ResultFormat,
	seconds: number | undefined,
): Promise<void> {
	const {strict, cutAt} = formats[format];
	await Promise.allSettled([headOf(bytes), strict(bytes, seconds), cutAt(bytes)]);
}

/** Like verifyMedia, for bytes from any source. */
export async function verifyBytes(
	bytes: MediaBytes,
	format: ResultFormat,
	{isWhole = false, seconds}: Arrival,
): Promise<string[]> {
	const {strict, cutAt} = formats[format];
	checkBeginning(await headOf(bytes), format);
	const odd = await strict(bytes, seconds).then(
		() => undefined,
		(error: unknown) => {
			if (isWhole && error instanceof DamagedError) return error;
			throw error;
		},
	);
	// Nothing odd is cut off either.
	if (odd === undefined) return [];
	const cut = await cutAt(bytes);
	if (cut)
		throw damaged(
			`its ${cut.part} part at byte ${cut.at} ends at byte ${cut.end}, and ${bytes.size} are there`,
		);
	return [odd.what];
}

const headOf = (bytes: MediaBytes) => bytes.read(0, Math.min(bytes.size, sniffedBytes));

/** Control characters that no text contains. In UTF-8, their bytes are part of no other character. */
const controls = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

/** What kind of text the bytes begin with; undefined if they are not text. */
function nameOfText(head: Buffer): string | undefined {
	// Most media have one of them among their first bytes, and decoding takes much longer.
	if (controls.test(head.toString('latin1'))) return undefined;
	let text: string;
	try {
		// A stream may end within a character; the decoder removes the byte order mark.
		text = new TextDecoder('utf-8', {fatal: true}).decode(head, {stream: true}).trimStart();
	} catch {
		return undefined;
	}
	return texts.find(({pattern}) => pattern.test(text))?.name;
}
