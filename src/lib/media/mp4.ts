import {damaged, type MediaBytes, maxParts} from './media-bytes.js';

export interface Box {
	type: string;
	/** First byte after the header. */
	content: number;
	/** First byte after the box. */
	end: number;
}

// ISO/IEC 14496-12 files begin with ftyp; older QuickTime files begin with one of the others.
const firstTypes = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip']);

/**
 * Checks that MP4 or QuickTime boxes fill the file to its last byte, and that there is an index with a track
 * (`moov`, `trak`) and something that it can index (`mdat`). Frames are not decoded and the index is not
 * compared with the data. A last box that says "to the end of the file" hides a cut, and so does a fragmented
 * file that ends between two fragments; both are rare and neither was seen from Kling.
 *
 * Layout: ISO/IEC 14496-12, 4.2.
 *
 * @throws KlingError `download_error`
 */
export async function checkMp4(bytes: MediaBytes): Promise<void> {
	const firstType = (await bytes.read(0, 8)).toString('latin1', 4);
	if (!firstTypes.has(firstType)) throw damaged('it does not begin like an MP4 or MOV file');

	let hasTrack = false;
	let hasIndex = false;
	let dataBytes = 0;
	for (let at = 0, count = 0; at < bytes.size; count++) {
		const found = boxAt(bytes, at, bytes.size, count);
		const box = found instanceof Promise ? await found : found;
		at = box.end;
		if (box.type === 'mdat') dataBytes += box.end - box.content;
		if (box.type === 'moov') {
			hasIndex = true;
			hasTrack ||= await contains(bytes, box, 'trak');
		}
	}
	if (!hasIndex) throw damaged('it has no index (no moov box)');
	if (!hasTrack) throw damaged('its index names no track (no trak box in moov)');
	if (dataBytes === 0) throw damaged('it has no picture or sound in it (no mdat box with data)');
}

async function contains(bytes: MediaBytes, parent: Box, type: string): Promise<boolean> {
	for (let at = parent.content, count = 0; at < parent.end; count++) {
		const found = boxAt(bytes, at, parent.end, count);
		const box = found instanceof Promise ? await found : found;
		at = box.end;
		// Boxes after the first track are not read: odd endings of moov are common and harmless.
		if (box.type === type) return true;
	}
	return false;
}

/** The boxes that fill the bytes from `start` to `end`; throws at the first that does not fit. */
export async function* boxes(bytes: MediaBytes, start: number, end: number): AsyncGenerator<Box> {
	for (let position = start, count = 0; position < end; count++) {
		const found = boxAt(bytes, position, end, count);
		const box = found instanceof Promise ? await found : found;
		yield box;
		position = box.end;
	}
}

/** @param count of the boxes before it */
function boxAt(bytes: MediaBytes, position: number, limit: number, count: number): Box | Promise<Box> {
	if (count >= maxParts) throw damaged(`it has more than ${maxParts} boxes`);
	const left = limit - position;
	if (left < 8) throw damaged(`${left} stray bytes at byte ${position} are not a box`);
	const header = bytes.read(position, 8);
	const read = (eight: Buffer) => readBox(bytes, position, left, eight);
	return header instanceof Promise ? header.then(read) : read(header);
}

function readBox(bytes: MediaBytes, position: number, left: number, header: Buffer): Box | Promise<Box> {
	const type = header.toString('latin1', 4);
	// 0xA9 is the © in QuickTime's own types.
	if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) throw damaged(`no box begins at byte ${position}`);
	const size = header.readUInt32BE(0);
	if (size > in64Bits) return boxOf(type, position, left, {size, headerSize: 8});
	return sizeAt(bytes, position, left, size).then((found) => boxOf(type, position, left, found));
}

interface Size {
	size: number | bigint;
	headerSize: number;
}

function boxOf(type: string, position: number, left: number, {size, headerSize}: Size): Box {
	if (size < headerSize) throw damaged(`the ${type} box at byte ${position} is smaller than its own header`);
	if (size > left) {
		throw damaged(`the ${type} box at byte ${position} claims ${size} bytes, and ${left} are there`);
	}
	return {type, content: position + headerSize, end: position + Number(size)};
}

const toTheEnd = 0;
const in64Bits = 1;

/** The size of a box whose header does not simply state it. */
async function sizeAt(bytes: MediaBytes, position: number, left: number, size: number): Promise<Size> {
	// Only the last box of the file may extend to its end.
	if (size === toTheEnd && position + left === bytes.size) return {size: left, headerSize: 8};
	if (size !== in64Bits) return {size, headerSize: 8};
	if (left < 16) throw damaged(`the box at byte ${position} ends within its header`);
	// Stays a bigint until it is known to fit into the file.
	return {size: (await bytes.read(position + 8, 8)).readBigUInt64BE(0), headerSize: 16};
}
