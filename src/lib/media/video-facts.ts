import {closeSync, fstatSync, openSync} from 'node:fs';
import {type MediaBytes, mediaBytes} from './media-bytes.js';
import {type Box, boxes} from './mp4.js';

/** What the video track of an MP4 or MOV states about itself. */
export interface VideoFacts {
	/** Seconds, as exact as a number can be. */
	duration: number;
	/** Frames per second; the average if frames differ in duration. */
	fps: number;
	/** How many frames there are. */
	frames: number;
	width: number;
	height: number;
	hasSound: boolean;
}

/**
 * Reads the duration and the frame rate of a video from its index; editors need both exactly.
 * @returns undefined if it is not a video with an index, or cannot be read
 */
export async function videoFacts(path: string): Promise<VideoFacts | undefined> {
	let file: number;
	try {
		file = openSync(path, 'r');
	} catch {
		return undefined;
	}
	try {
		return await factsOf(mediaBytes(file, fstatSync(file).size));
	} catch {
		return undefined;
	} finally {
		closeSync(file);
	}
}

async function factsOf(bytes: MediaBytes): Promise<VideoFacts | undefined> {
	const moov = await child(bytes, {content: 0, end: bytes.size}, 'moov');
	let picture: Omit<VideoFacts, 'hasSound'> | undefined;
	let hasSound = false;
	if (!moov) return undefined;
	for await (const track of boxes(bytes, moov.content, moov.end)) {
		const media = track.type === 'trak' && (await child(bytes, track, 'mdia'));
		if (!media) continue;
		const handler = await child(bytes, media, 'hdlr');
		const kind = handler && (await bytes.read(handler.content + 8, 4)).toString('latin1');
		if (kind === 'soun') hasSound = true;
		if (kind === 'vide') picture ??= await pictureTrack(bytes, track, media);
	}
	return picture && {...picture, hasSound};
}

/** Layout: ISO/IEC 14496-12, 8.3.2 (tkhd), 8.4.2 (mdhd), 8.6.1.2 (stts). */
async function pictureTrack(
	bytes: MediaBytes,
	track: Box,
	media: Box,
): Promise<Omit<VideoFacts, 'hasSound'> | undefined> {
	const header = await child(bytes, media, 'mdhd');
	const times = await path(bytes, media, ['minf', 'stbl', 'stts']);
	const sides = await child(bytes, track, 'tkhd');
	if (!header || !times || !sides) return undefined;
	const isLong = (await bytes.read(header.content, 1)).readUInt8(0) === 1;
	const scale = (await bytes.read(header.content + (isLong ? 20 : 12), 4)).readUInt32BE(0);
	const {frames, units} = await countFrames(bytes, times);
	const isLongTrack = (await bytes.read(sides.content, 1)).readUInt8(0) === 1;
	const size = await bytes.read(sides.content + (isLongTrack ? 88 : 76), 8);
	if (scale === 0 || units === 0) return undefined;
	return {
		duration: units / scale,
		fps: Math.round((frames * scale * 1e6) / units) / 1e6,
		frames,
		width: size.readUInt16BE(0),
		height: size.readUInt16BE(4),
	};
}

/** A table with more rows does not belong to a clip. */
const maxRows = 100_000;

/** How many frames there are, and their total duration, in the track's time units. */
async function countFrames(bytes: MediaBytes, times: Box): Promise<{frames: number; units: number}> {
	const rows = (await bytes.read(times.content + 4, 4)).readUInt32BE(0);
	if (rows > maxRows) return {frames: 0, units: 0};
	const table = await bytes.read(times.content + 8, rows * 8);
	let [frames, units] = [0, 0];
	for (let row = 0; row < rows; row++) {
		const count = table.readUInt32BE(row * 8);
		frames += count;
		units += count * table.readUInt32BE(row * 8 + 4);
	}
	return {frames, units};
}

type Range = Pick<Box, 'content' | 'end'>;

async function child(bytes: MediaBytes, within: Range, type: string): Promise<Box | undefined> {
	for await (const box of boxes(bytes, within.content, within.end)) if (box.type === type) return box;
	return undefined;
}

async function path(bytes: MediaBytes, within: Range, types: readonly string[]): Promise<Box | undefined> {
	const [first, ...rest] = types;
	if (first === undefined) return undefined;
	const box = await child(bytes, within, first);
	return box === undefined || rest.length === 0 ? box : path(bytes, box, rest);
}
