import {closeSync, fstatSync, openSync} from 'node:fs';
import {type MediaBytes, mediaBytes} from './media-bytes.js';
import {mp3Seconds} from './mp3.js';
import {type Box, boxes} from './mp4.js';
import {wavSeconds} from './wav.js';

/** What a media file says about itself, with the names used in documents. */
export interface MediaDescription {
	bytes: number;
	/** Seconds, to two decimals. */
	duration?: string;
	/** `1280x720`, in pixels. */
	resolution?: string;
}

/**
 * Size of a file; of an MP4 or MOV its duration and resolution, of an MP3 or WAV its duration, of a PNG or JPEG its
 * resolution, from its headers.
 * @returns undefined if the file cannot be read: a description is never worth an error
 */
export async function describeMedia(path: string): Promise<MediaDescription | undefined> {
	const facts = await readFacts(path);
	if (facts === undefined) return undefined;
	const {bytes, seconds, resolution} = facts;
	return {
		bytes,
		...(seconds !== undefined && {duration: String(Math.round(seconds * 100) / 100)}),
		...(resolution !== undefined && {resolution}),
	};
}

/**
 * How long a media file plays, in seconds, as exactly as its headers say.
 * @returns undefined if they do not say it, or the file cannot be read
 */
export const mediaSeconds = async (path: string): Promise<number | undefined> =>
	(await readFacts(path))?.seconds;

interface Facts {
	seconds?: number;
	resolution?: string;
}

async function readFacts(path: string): Promise<(Facts & {bytes: number}) | undefined> {
	try {
		const file = openSync(path, 'r');
		try {
			const {size} = fstatSync(file);
			return {bytes: size, ...(await factsOf(mediaBytes(file, size)).catch(() => ({})))};
		} finally {
			closeSync(file);
		}
	} catch {
		return undefined;
	}
}

/** The type of a file, from its first bytes: file names are chosen by the user. */
async function factsOf(bytes: MediaBytes): Promise<Facts> {
	const head = (await bytes.read(0, 4)).toString('latin1');
	if (head === 'RIFF' || head === 'RF64') return durationOf(await wavSeconds(bytes));
	if (/^ID3|^\xff[\xe0-\xff]/.test(head)) return durationOf(await mp3Seconds(bytes));
	if (/^\x89PNG|^\xff\xd8\xff/.test(head)) return {resolution: await sidesOf(bytes)};
	return moovFacts(bytes);
}

/** Bytes in which a PNG or JPEG states its size: before it come colour profiles and metadata of up to about 64 kB each. */
const pictureHead = 256 * 1024;

async function sidesOf(picture: MediaBytes): Promise<string> {
	const {imageSize} = await import('image-size');
	const {width, height} = imageSize(await picture.read(0, Math.min(picture.size, pictureHead)));
	return `${width}x${height}`;
}

const durationOf = (seconds: number | undefined): Facts =>
	seconds && Number.isFinite(seconds) ? {seconds} : {};

async function moovFacts(bytes: MediaBytes): Promise<Facts> {
	const moov = await find(bytes, 'moov', {content: 0, end: bytes.size});
	if (!moov) return {};
	const movie = await find(bytes, 'mvhd', moov);
	const resolution = await resolutionOf(bytes, moov);
	return {
		...durationOf(movie && (await secondsOf(bytes, movie))),
		...(resolution && {resolution}),
	};
}

type Range = Pick<Box, 'content' | 'end'>;

async function find(bytes: MediaBytes, type: string, within: Range): Promise<Box | undefined> {
	for await (const box of boxes(bytes, within.content, within.end)) if (box.type === type) return box;
	return undefined;
}

/** In version 1, 64-bit times precede the fields that are wanted. Layout: ISO/IEC 14496-12, 8.2.2. */
async function secondsOf(bytes: MediaBytes, movie: Box): Promise<number> {
	const long = (await bytes.read(movie.content, 1)).readUInt8(0) === 1;
	const fields = await bytes.read(movie.content + (long ? 20 : 12), 12);
	const units = long ? Number(fields.readBigUInt64BE(4)) : fields.readUInt32BE(4);
	return units / fields.readUInt32BE(0);
}

/** The resolution of the first track that has one: sound has none. Layout: ISO/IEC 14496-12, 8.3.2. */
async function resolutionOf(bytes: MediaBytes, moov: Range): Promise<string | undefined> {
	for await (const box of boxes(bytes, moov.content, moov.end)) {
		const header = box.type === 'trak' && (await find(bytes, 'tkhd', box));
		if (!header) continue;
		const long = (await bytes.read(header.content, 1)).readUInt8(0) === 1;
		const sides = await bytes.read(header.content + (long ? 88 : 76), 8);
		// Fixed point: 16 bits before the point and 16 after it.
		const [width, height] = [sides.readUInt16BE(0), sides.readUInt16BE(4)];
		if (width > 0 && height > 0) return `${width}x${height}`;
	}
	return undefined;
}
