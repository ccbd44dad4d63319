import {createReadStream} from 'node:fs';
import {readFile, stat} from 'node:fs/promises';
import {KlingError} from '../errors/kling-error.js';
import {bufferBytes, DamagedError} from '../media/media-bytes.js';
import {checkPicture} from '../media/picture.js';
import {addressIn, inputError} from './address.js';

/** A picture on its way to Kling. */
export interface Picture {
	/** How the user named it, for messages: flag and file. */
	name: string;
	/** What the API gets: an address, or bare Base64. */
	field: string;
	/** Pixels, as shown; unknown for an address, which is not fetched. */
	size?: Size;
}

export interface Size {
	width: number;
	height: number;
}

// docs/kling-api.md §6, image rules
const mostBytes = 10 * 1024 * 1024;
const shortestSide = 300;
const widestRatio = 2.5;

/** From this EXIF orientation on, a camera lay on its side, and the picture is shown turned. */
const firstTurned = 5;

/**
 * A picture as the API takes it: an http or https address as it is, a file or a `data:` URL as bare Base64,
 * checked for its type, at most 10 MB, sides of at least 300 px and a ratio from 1:2.5 to 2.5:1.
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

/** The API field of a picture, undefined when none was given. See readPicture. */
export async function imageField(input: string | undefined, flag: string): Promise<string | undefined> {
	return input === undefined ? undefined : (await readPicture(input, flag)).field;
}

/** The API fields of several pictures. See readPicture. */
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
		// Before it is read: a film given by mistake may not fit in the memory.
		checkWeight(stats.size, name);
		return stats.isFile() ? await readFile(file) : await streamBytes(file, name);
	} catch (error) {
		throw inputError(error, file, flag);
	}
}

/** What a pipe brings, such as that of `<(convert …)`, which says no size and may never end. */
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

// Kling refuses the prefix (docs/kling-api.md §16), which is how browsers and other tools hand pictures on.
function dataBytes(url: string, name: string): Buffer {
	const [, base64] = /^data:[^,]*;base64,([A-Za-z0-9+/\s]+={0,2})$/i.exec(url.trim()) ?? [];
	if (base64 === undefined) throw new KlingError('invalid_image', `${name} does not hold Base64`);
	return Buffer.from(base64, 'base64');
}

function checkWeight(bytes: number, name: string): void {
	if (bytes <= mostBytes) return;
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
	if (Math.min(width, height) < shortestSide) {
		throw bad(`is ${pixels(size)}; each side must have at least ${shortestSide} px`);
	}
	if (Math.max(width, height) > widestRatio * Math.min(width, height)) {
		throw bad(
			`is ${pixels(size)}, a ratio of ${ratio(size)}; 1:${widestRatio} to ${widestRatio}:1 are allowed`,
		);
	}
	// The header is whole in a picture that was cut while it was copied.
	await checkPicture(bufferBytes(bytes)).catch((error: unknown) => {
		throw error instanceof DamagedError ? bad(`is damaged or cut off: ${error.what}`) : error;
	});
	return size;
}

/** Pixels, for messages. */
export const pixels = ({width, height}: Size) => `${width} x ${height} px`;

function ratio({width, height}: Size): string {
	const longer = Math.max(width, height) / Math.min(width, height);
	const shown = String(Number(longer.toFixed(2)));
	return width > height ? `${shown}:1` : `1:${shown}`;
}
