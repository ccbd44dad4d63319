import {damaged, type MediaBytes, maxParts} from './media-bytes.js';

/** In a size field: "not known when the header was written", or in RF64 "see ds64". */
const unknownSize = 0xff_ff_ff_ff;

interface Sizes {
	/** Size of the RIFF form in bytes, without its 8-byte header. */
	riff: number;
	/** The real size of a data chunk of unknown size; undefined in plain RIFF. */
	data: number | undefined;
}

/**
 * Checks that a WAV file is as long as it says, that chunks fill it, and that `fmt ` and `data` are among them. RF64 is
 * read by its `ds64` chunk. A header that a streaming writer never completed (data of 0 or 0xFFFFFFFF bytes) is refused:
 * nothing in such a file says where it should end, so a cut file looks the same as a complete one.
 *
 * Layout: Multimedia Programming Interface and Data Specifications 1.0 (RIFF); EBU Tech 3306 (RF64).
 *
 * @throws KlingError `download_error`
 */
export async function checkWav(bytes: MediaBytes): Promise<void> {
	const {chunks, position, end} = await chunksOf(bytes);
	if (!chunks.has('fmt ')) throw damaged('it does not say how its samples are stored (no fmt chunk)');
	if (!chunks.has('data')) throw damaged('it has no sound in it (no data chunk)');
	// Some writers do not count the pad byte of an odd last chunk in the RIFF size.
	const padded = position === end + 1 && bytes.size === position;
	if (bytes.size !== end && !padded)
		throw damaged(`${bytes.size - end} stray bytes follow its end at byte ${end}`);
}

/**
 * Duration of a WAV file in seconds: the bytes of its sound divided by its bytes per second.
 * @returns NaN or Infinity if the file does not state them
 * @throws KlingError `download_error`
 */
export async function wavSeconds(bytes: MediaBytes): Promise<number> {
	const {chunks} = await chunksOf(bytes);
	const [format, data] = [chunks.get('fmt '), chunks.get('data')];
	if (!format || !data) return Number.NaN;
	return data.size / (await bytes.read(format.content + 8, 4)).readUInt32LE(0);
}

/** The chunks of a WAV file, and where it should end. */
async function chunksOf(bytes: MediaBytes) {
	const head = await bytes.read(0, 12);
	const form = head.toString('latin1', 0, 4);
	if (!['RIFF', 'RF64'].includes(form) || head.toString('latin1', 8) !== 'WAVE') {
		throw damaged('it does not begin like a WAV file');
	}
	const sizes = form === 'RF64' ? await sizesOfDs64(bytes) : {riff: head.readUInt32LE(4), data: undefined};
	if (form === 'RIFF' && (sizes.riff === 0 || sizes.riff === unknownSize)) throw unfinished();

	const end = sizes.riff + 8;
	if (end > bytes.size) throw damaged(`it should be ${end} bytes long, and ${bytes.size} are there`);
	return {...(await walk(bytes, end, sizes.data)), end};
}

/** Walks the chunks up to `end`; returns the first of each type, and the position after the last one and its pad byte. */
async function walk(bytes: MediaBytes, end: number, dataSize: number | undefined) {
	const chunks = new Map<string, {content: number; size: number}>();
	let position = 12;
	for (let count = 0; position < end; count++) {
		if (count === maxParts) throw damaged(`it has more than ${maxParts} chunks`);
		const left = end - position - 8;
		if (left < 0) throw damaged(`${end - position} stray bytes at byte ${position} are not a chunk`);
		const header = await bytes.read(position, 8);
		const type = header.toString('latin1', 0, 4);
		if (!/^[\x20-\x7e]{4}$/.test(type)) throw damaged(`no chunk begins at byte ${position}`);
		const size = sizeOf(type, header.readUInt32LE(4), dataSize);
		if (size > left) {
			throw damaged(
				`the ${type.trim()} chunk at byte ${position} claims ${size} bytes, and ${left} are there`,
			);
		}
		if (!chunks.has(type)) chunks.set(type, {content: position + 8, size});
		// Chunks begin at even bytes.
		position += 8 + size + (size % 2);
	}
	return {chunks, position};
}

function sizeOf(type: string, size: number, dataSize: number | undefined): number {
	if (type !== 'data') return size;
	if (size === unknownSize && dataSize !== undefined) return dataSize;
	if (size === unknownSize || size === 0) throw unfinished();
	return size;
}

async function sizesOfDs64(bytes: MediaBytes): Promise<Sizes> {
	const chunk = await bytes.read(12, 24);
	if (chunk.toString('latin1', 0, 4) !== 'ds64') throw damaged('its real sizes are missing (no ds64 chunk)');
	// Beyond 2^53 a number is no longer exact, but it is larger than any file anyway.
	const sizes = {riff: Number(chunk.readBigUInt64LE(8)), data: Number(chunk.readBigUInt64LE(16))};
	if (sizes.data === 0) throw unfinished();
	return sizes;
}

function unfinished() {
	return damaged('its header does not say how long the sound is, so a cut looks like the end', {
		// The server will send the same header again.
		retryable: false,
		hint: 'Take the file unchecked with `-o - > FILE`, or the MP3 with --format mp3.',
	});
}
