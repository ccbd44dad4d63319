import {type MediaBytes, maxParts} from './media-bytes.js';

/*
 * Whether a file refers to parts of itself that lie beyond its end. Nothing else is checked here: a file of the promised length
 * that is odd in another way still plays.
 */

/** Bytes by which WAV writers miscount, for example because of headers and pad bytes. */
const wavSlack = 4096;
/** A size that means "until the end": 0, or the largest value, which a writer uses before it knows the size. */
const isUnknown = (size: number) => size === 0 || size >= 0x7f_ff_00_00;

/** The start of a part that does not end within the file. */
export type Truncation = {part: string; at: number; end: number} | undefined;

/** @param head bytes of a part's header; returns its name and where the next part begins; undefined ends the walk */
async function walk(
	bytes: MediaBytes,
	start: number,
	headerBytes: number,
	step: (header: Buffer, at: number) => Promise<{part: string; end: number} | undefined>,
): Promise<Truncation> {
	let at = start;
	for (let steps = 0; steps < maxParts && at + headerBytes <= bytes.size; steps++) {
		const next = await step(await bytes.read(at, headerBytes), at);
		if (next === undefined || next.end <= at) return undefined;
		if (next.end > bytes.size) return {...next, at};
		at = next.end;
	}
	return undefined;
}

/** Boxes that hold video, sound, or their index. Layout: ISO/IEC 14496-12, 4.2. */
const needed = new Set(['ftyp', 'moov', 'mdat', 'moof']);

export const findMp4Truncation = (bytes: MediaBytes): Promise<Truncation> =>
	walk(bytes, 0, 8, async (header, at) => {
		const part = header.toString('latin1', 4);
		const size = header.readUInt32BE(0);
		const is64 = size === 1 && at + 16 <= bytes.size;
		const length = is64 ? Number((await bytes.read(at + 8, 8)).readBigUInt64BE(0)) : size;
		const end = size === 0 ? bytes.size : at + length;
		// Data after the last box may look like the header of anything.
		return length >= 8 || size === 0
			? end > bytes.size && !needed.has(part)
				? undefined
				: {part, end}
			: undefined;
	});

/** Layout: Multimedia Programming Interface and Data Specifications 1.0 (RIFF); EBU Tech 3306 (RF64). */
export const findWavTruncation = (bytes: MediaBytes): Promise<Truncation> =>
	walk(bytes, 12, 8, async (header, at) => {
		const part = header.toString('latin1', 0, 4);
		const size = header.readUInt32LE(4);
		if (part !== 'data') return {part, end: at + 8 + size + (size % 2)};
		const end = isUnknown(size) ? bytes.size : at + 8 + size;
		return end - bytes.size > wavSlack ? {part, end} : undefined;
	});

/** Layout: PNG (ISO/IEC 15948) §5.3. */
export async function findPngEnd(bytes: MediaBytes): Promise<{end: number | undefined; cut: Truncation}> {
	let end: number | undefined;
	const cut = await walk(bytes, 8, 8, async (header, at) => {
		const part = header.toString('latin1', 4);
		const next = at + 12 + header.readUInt32BE(0);
		if (part !== 'IEND') return {part, end: next};
		if (next > bytes.size) return {part, end: next};
		end = next;
		return undefined;
	});
	return {end, cut};
}

export const findPngTruncation = async (bytes: MediaBytes): Promise<Truncation> =>
	(await findPngEnd(bytes)).cut;

const startOfScan = 0xda;
const endOfImage = 0xd9;

/**
 * Where the image data of a JPEG begins. The segments before it may contain a thumbnail, with its own end marker. A file that
 * ends before the first scan has no image; an end marker there belongs to an image without pixels. Layout: JPEG (ITU-T T.81)
 * §B.1.1.
 */
export async function findJpegScan(
	bytes: MediaBytes,
): Promise<{scan: number} | {cut: NonNullable<Truncation>}> {
	let scan: number | undefined;
	const cut = await walk(bytes, 2, 2, async (header, at) => {
		const marker = header.readUInt8(1);
		if (header.readUInt8(0) !== 0xff) return undefined;
		// Fill bytes before a marker.
		if (marker === 0xff) return {part: 'fill', end: at + 1};
		if (marker === startOfScan || marker === endOfImage) {
			scan = at;
			return undefined;
		}
		const part = `segment ${marker.toString(16)}`;
		if (at + 4 > bytes.size) return {part, end: at + 4};
		return {part, end: at + 2 + (await bytes.read(at + 2, 2)).readUInt16BE(0)};
	});
	if (cut) return {cut};
	return scan === undefined ? {cut: {part: 'picture', at: bytes.size, end: bytes.size + 1}} : {scan};
}

export async function findJpegTruncation(bytes: MediaBytes): Promise<Truncation> {
	const found = await findJpegScan(bytes);
	return 'cut' in found ? found.cut : undefined;
}

/** Layout: ID3v2.4.0, 3.1. */
export async function findMp3Truncation(bytes: MediaBytes): Promise<Truncation> {
	if (bytes.size < 10) return undefined;
	const head = await bytes.read(0, 10);
	if (head.toString('latin1', 0, 3) !== 'ID3') return undefined;
	const size = [...head.subarray(6, 10)].reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
	return 10 + size > bytes.size ? {part: 'ID3', at: 0, end: 10 + size} : undefined;
}
