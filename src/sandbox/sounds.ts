import {isAddress, isBase64} from './images.js';

/** A sound in a request: its duration, as far as it can be known, or what is wrong with it. */
export type Sound = {seconds?: number | undefined} | {refused: string};

const maxBytes = 5 * 1024 * 1024;

/** Seconds by the frame count that LAME and ffmpeg write into the first frame, whose own bit rate says nothing. */
function countedFrames(bytes: Buffer, at: number): number | undefined {
	const hertz = [44_100, 48_000, 32_000][(bytes.readUInt8(at + 2) >> 2) & 3];
	const names = bytes.toString('latin1', at, at + 64);
	const tag = at + Math.max(names.indexOf('Info'), names.indexOf('Xing'));
	if (hertz === undefined || tag < at || tag + 12 > bytes.length) return undefined;
	return bytes.readUInt32BE(tag + 4) & 1 ? (bytes.readUInt32BE(tag + 8) * 1152) / hertz : undefined;
}

/** A WAV or an MP3 states its duration; other formats are accepted as they are. */
function secondsOf(bytes: Buffer): number | undefined {
	if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.length >= 44) {
		const at = bytes.indexOf('data', 12, 'latin1');
		const rate = bytes.readUInt32LE(28);
		return at === -1 || rate === 0 ? undefined : Math.min(bytes.readUInt32LE(at + 4), bytes.length) / rate;
	}
	const kbits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
	const at = bytes.indexOf(Buffer.from([0xff, 0xfb]));
	if (at === -1 || at + 4 > bytes.length) return undefined;
	const frames = countedFrames(bytes, at);
	if (frames !== undefined) return frames;
	const rate = kbits[bytes.readUInt8(at + 2) >> 4] ?? 0;
	return rate === 0 ? undefined : ((bytes.length - at) * 8) / (rate * 1000);
}

/** Reads the `sound_file` of a request. A URL is not fetched. */
export function readSound(value: string): Sound {
	if (isAddress(value)) return {};
	if (!isBase64(value)) return {refused: 'File is not in a valid base64 format'};
	const bytes = Buffer.from(value, 'base64');
	if (bytes.length > maxBytes) return {refused: 'The size of the sound file can not exceed 5 MB'};
	return {seconds: secondsOf(bytes)};
}
