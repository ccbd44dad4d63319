import {createReadStream} from 'node:fs';
import {readFile, stat} from 'node:fs/promises';
import {KlingError} from '../errors/kling-error.js';
import {bufferBytes, DamagedError} from '../media/media-bytes.js';
import {checkPicture} from '../media/picture.js';
import {addressIn, inputError} from './address.js';

/** A picture to send to Kling. */
export interface Picture {
	/** How the user named it, for messages: flag and file. */
	name: string;
	/** The value for the API: a URL, or bare Base64. */
	field: string;
	/** Pixels as displayed; undefined for a URL, which is not fetched. */
	size?: Size;
}

export interface Size {
	width: number;
	height: number;
}

// docs/kling-api.md §6, image rules
const maxBytes = 10 * 1024 * 1024;
const minSide = 300;
const widestRatio = 2.5;

/**
 * From this EXIF orientation on, the picture is displayed rotated by 90 degrees, so width and height swap.
 */
const firstTurned = 5;

/**
 * Reads a picture for the API. An http or https URL is passed on; a file or `data:` URL becomes bare Base64.
 * Files are checked: known type, at most 10 MB, sides of at least 300 px, ratio from 1:2.5 to 2.5:1.
 * @param input what the user gave
 * @param flag the flag it was given with, for messages
 * @throws KlingError `invalid_image`, `read_error`
 */
export async function readPicture(input: string, flag: string): Promise<Picture> {
	if (input.trim() === '')
		throw new KlingError('invalid_image', `${flag} is empty: give a file or an address`);
	const address = addressIn(input, flag, 'invalid_image');
	if (address !== undefined) return {name: `${flag} ${address}`, field: address};
	const isData = /^data:/i.test(input);
	const name = isData ? `${flag}: the data: URL` : `${flag}: ${input}`;
	const bytes = isData ? dataBytes(input, name) : await fileBytes(input, flag, name);
	return {name, field: bytes.toString('base64'), size: await checkedSize(bytes, name)};
}

/** The API field for a picture; undefined when none was given. See `readPicture`. */
export async function imageField(input: string | undefined, flag: string): Promise<string | undefined> {
	return input === undefined ? undefined : (await readPicture(input, flag)).field;
}

/** The API fields for several pictures. See `readPicture`. */
export async function imageFields(inputs: readonly string[], flag: string): Promise<string[]> {
	const pictures = await Promise.all(inputs.map((input) => readPicture(input, flag)));
	return pictures.map(({field}) => field);
}

async function fileBytes(file: string, flag: string, name: string): Promise<Buffer> {
	try {
		const stats = await stat(file);
		if (stats.isDirectory()) {
			throw new KlingError('read_error', `${flag}: cannot read ${file}: it is a folder`, {path: file});
		}
		// Checked before reading: a film given by mistake may not fit into memory.
		checkWeight(stats.size, name);
		return stats.isFile() ? await readFile(file) : await streamBytes(file, name);
	} catch (error) {
		throw inputError(error, file, flag);
	}
}

/** Reads from a pipe, such as `<(convert …)`, which has no known size and may never end. */
async function streamBytes(file: string, name: string): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of createReadStream(file)) {
		chunks.push(chunk as Buffer);
		size += (chunk as Buffer).length;
		checkWeight(size, name);
	}
	return Buffer.concat(chunks);
}

// The content of a `data:` URL, the form in which browsers and other tools pass pictures on. Kling refuses
// the prefix (docs/kling-api.md §16).
function dataBytes(url: string, name: string): Buffer {
	const [, base64] = /^data:[^,]*;base64,([A-Za-z0-9+/\s]+={0,2})$/i.exec(url.trim()) ?? [];
	if (base64 === undefined) throw new KlingError('invalid_image', `${name} does not hold Base64`);
	return Buffer.from(base64, 'base64');
}

function checkWeight(bytes: number, name: string): void {
	if (bytes <= maxBytes) return;
	throw new KlingError(
		'invalid_image',
		`${name} has ${(bytes / 1024 / 1024).toFixed(1)} MB; 10 MB are allowed`,
	);
}

async function checkedSize(bytes: Buffer, name: string): Promise<Size> {
	const bad = (rule: string) => new KlingError('invalid_image', `${name} ${rule}`);
	if (bytes.length === 0) throw bad('is empty');
	checkWeight(bytes.length, name);
	const {imageSize} = await import('image-size');
	let header: ReturnType<typeof imageSize>;
	try {
		header = imageSize(bytes);
	} catch {
		throw bad('is not a picture; Kling takes jpg and png');
	}
	const {width, height, type, orientation = 1} = header;
	if (type !== 'png' && type !== 'jpg') throw bad(`is a picture of type ${type}; Kling takes jpg and png`);
	const size = orientation < firstTurned ? {width, height} : {width: height, height: width};
	if (Math.min(width, height) < minSide) {
		throw bad(`is ${pixels(size)}; each side must have at least ${minSide} px`);
	}
	if (Math.max(width, height) > widestRatio * Math.min(width, height)) {
		throw bad(
			`is ${pixels(size)}, a ratio of ${ratio(size)}; 1:${widestRatio} to ${widestRatio}:1 are allowed`,
		);
	}
	// A truncated picture has a valid header, so this checks all of it.
	await checkPicture(bufferBytes(bytes)).catch((error: unknown) => {
		throw error instanceof DamagedError ? bad(`is damaged or cut off: ${error.what}`) : error;
	});
	return size;
}

/** Formats pixels for messages. */
export const pixels = ({width, height}: Size) => `${width} x ${height} px`;

function ratio({width, height}: Size): string {
	const longer = Math.max(width, height) / Math.min(width, height);
	const shown = String(Number(longer.toFixed(2)));
	return width > height ? `${shown}:1` : `1:${shown}`;
}
