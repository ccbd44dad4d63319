import {damaged, type MediaBytes, maxParts} from './media-bytes.js';

/** One row per pair of version and layer: kbit/s by the header's index, without 0 ("free") and 15 (bad). */
const bitrates = {
	v1: {
		1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
		2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
		3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	},
	v2: {
		1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
		2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
		3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
	},
} as const;

/** By the two version bits of the header. 2.5 is a later addition for low rates; it uses the bitrates of version 2. */
const versions = [
	{bitrates: bitrates.v2, divisor: 4, layer3Samples: 576},
	undefined,
	{bitrates: bitrates.v2, divisor: 2, layer3Samples: 576},
	{bitrates: bitrates.v1, divisor: 1, layer3Samples: 1152},
] as const;

/** By the two layer bits of the header. */
const layers = [undefined, 3, 2, 1] as const;

/** Hz in version 1; the other versions divide it. */
const sampleRates = [44_100, 48_000, 32_000] as const;

/**
 * Checks that a file begins like an MP3: an ID3v2 tag if there is one, then two MPEG audio frames of the same kind, the
 * second where the first ends. An MP3 does not state its length: only the number of frames in a "Xing" or "Info" frame at
 * the start, or the expected duration, can show whether it is cut.
 *
 * Layout: ISO/IEC 11172-3, 2.4.1.3 and ISO/IEC 13818-3; ID3v2.4.0, 3.1.
 *
 * @param seconds the expected duration, if it is known
 * @throws KlingError `download_error`
 */
export async function checkMp3(bytes: MediaBytes, seconds?: number): Promise<void> {
	const start = await firstFrameAt(bytes);
	const first = await frameAt(bytes, start);
	const second = await frameAt(bytes, start + first.length);
	if (first.kind !== second.kind) throw damaged('its first two MP3 frames do not belong together');
	if (start + first.length + second.length > bytes.size) throw damaged('it ends within its second MP3 frame');
	const declared = declaredFrames(await bytes.read(start, first.length));
	const wanted = Math.max(seconds ?? 0, (declared ?? 0) * first.seconds);
	if (wanted === 0) return;
	const there = await countedSeconds(bytes, start);
	if (there !== undefined && there < wanted * (1 - tolerance) - first.seconds) {
		throw damaged(`it plays for ${there.toFixed(1)} s of ${wanted.toFixed(1)} s`);
	}
}

/** Rounding by encoders and editors, as a share of the duration. */
const tolerance = 0.03;
/** How many bytes to search for the first frame after a tag: writers pad tags, or miscount. */
const searchedBytes = 65_536;

/** Position of the first frame: after the tags, of which there may be several, and their padding. */
async function firstFrameAt(bytes: MediaBytes): Promise<number> {
	const start = await afterTag(bytes);
	const isFrame = async (position: number) => {
		const first = await frameAt(bytes, position).catch(() => undefined);
		if (first === undefined) return false;
		const second = await frameAt(bytes, position + first.length).catch(() => undefined);
		return second?.kind === first.kind;
	};
	// Padding follows only a tag.
	if (start === 0 || (await isFrame(start))) return start;
	const from = Math.max(0, start - 16);
	const area = await bytes.read(from, Math.min(searchedBytes, bytes.size - from));
	for (let at = area.indexOf(0xff); at >= 0; at = area.indexOf(0xff, at + 1)) {
		if (await isFrame(from + at)) return from + at;
	}
	return start;
}

/** Seconds of the frames that are present; undefined if there are more frames than are counted. */
async function countedSeconds(bytes: MediaBytes, start: number): Promise<number | undefined> {
	let seconds = 0;
	let position = start;
	for (let count = 0; count < maxParts; count++) {
		// After the last frame there may be something else, such as an older tag.
		const frame = await frameAt(bytes, position).catch(() => undefined);
		if (frame === undefined || position + frame.length > bytes.size) return seconds;
		seconds += frame.seconds;
		position += frame.length;
	}
	return undefined;
}

/** Where the first layer 3 frame may state how many there are: after 9, 17 or 32 bytes of side information. */
const countPlaces = [13, 21, 36] as const;

/**
 * Duration of an MP3 in seconds: from the number of frames that its first frame states, otherwise from the frames that are
 * present.
 * @returns undefined if there are more frames than are counted
 * @throws KlingError `download_error`
 */
export async function mp3Seconds(bytes: MediaBytes): Promise<number | undefined> {
	const position = await firstFrameAt(bytes);
	const first = await frameAt(bytes, position);
	const declared = declaredFrames(await bytes.read(position, Math.min(first.length, bytes.size - position)));
	return declared === undefined ? countedSeconds(bytes, position) : declared * first.seconds;
}

/** The number of frames in a "Xing" or "Info" frame, if its flags say that it is present. */
function declaredFrames(frame: Buffer): number | undefined {
	const at = countPlaces.find((place) =>
		['Xing', 'Info'].includes(frame.toString('latin1', place, place + 4)),
	);
	if (at === undefined || frame.length < at + 12 || (frame.readUInt32BE(at + 4) & 1) === 0) return undefined;
	return frame.readUInt32BE(at + 8);
}

/** @param start where a tag may begin */
async function afterTag(bytes: MediaBytes, start = 0): Promise<number> {
	if (start + 10 > bytes.size && start > 0) return start;
	const head = await bytes.read(start, 10);
	if (head.toString('latin1', 0, 3) !== 'ID3') return start;
	const sizeBytes = [...head.subarray(6, 10)];
	// "Syncsafe": the eighth bit of each byte is 0, so that a player does not mistake a size for a frame.
	if (sizeBytes.some((byte) => byte > 0x7f)) throw damaged('the size of its ID3 tag is not valid');
	const size = sizeBytes.reduce((sum, byte) => sum * 128 + byte, 0);
	const flags = head.readUInt8(5);
	const hasFooter = (flags & 0x10) !== 0;
	const end = start + 10 + size + (hasFooter ? 10 : 0);
	if (end >= bytes.size)
		throw damaged(`its ID3 tag ends at byte ${end}, and the file has ${bytes.size} bytes`);
	return afterTag(bytes, end);
}

interface Frame {
	/** Bytes. */
	length: number;
	/** What all frames of one stream have in common. */
	kind: string;
	seconds: number;
}

async function frameAt(bytes: MediaBytes, position: number): Promise<Frame> {
	const header = (await bytes.read(position, 4)).readUInt32BE(0);
	const version = versions[(header >>> 19) & 3];
	const layer = layers[(header >>> 17) & 3];
	const sampleRate = sampleRates[(header >>> 10) & 3];
	const bitrateIndex = (header >>> 12) & 15;
	const kbits = version && layer ? version.bitrates[layer][bitrateIndex - 1] : undefined;
	const hasSync = header >>> 21 === 0x7ff;
	if (!hasSync || !version || !layer || !sampleRate || !kbits)
		throw damaged(`no MP3 frame begins at byte ${position}`);

	const padding = (header >>> 9) & 1;
	const hertz = sampleRate / version.divisor;
	const kind = `${layer} ${hertz}`;
	const samples = {1: 384, 2: 1152, 3: version.layer3Samples}[layer];
	const seconds = samples / hertz;
	// Layer I counts in slots of four bytes, the others in bytes. Multiplied first: the quotient may be a whole number.
	if (layer === 1) return {length: (Math.floor((12 * kbits * 1000) / hertz) + padding) * 4, kind, seconds};
	return {length: Math.floor(((samples / 8) * kbits * 1000) / hertz) + padding, kind, seconds};
}
