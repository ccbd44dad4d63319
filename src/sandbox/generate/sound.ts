import {readPackagedFile} from '../packaged-media.js';

const wavHeader = 44;
/** 16 bit, mono, 16 kHz. */
const wavBytesPerSecond = 32_000;

/** A WAV file of a given duration: the shipped sound, repeated. */
export async function makeWav(seconds: number): Promise<Buffer> {
	const file = await readPackagedFile('sound-10s.wav');
	const start = file.indexOf('data', 12, 'latin1') + 8;
	const samples = file.subarray(Math.max(start, wavHeader));
	const size = Math.round(seconds * 16_000) * 2;
	const wav = Buffer.alloc(wavHeader + size);
	wav.write('RIFF', 0, 'latin1');
	wav.writeUInt32LE(wav.length - 8, 4);
	wav.write('WAVEfmt ', 8, 'latin1');
	wav.writeUInt32LE(16, 16);
	wav.writeUInt16LE(1, 20);
	wav.writeUInt16LE(1, 22);
	wav.writeUInt32LE(16_000, 24);
	wav.writeUInt32LE(wavBytesPerSecond, 28);
	wav.writeUInt16LE(2, 32);
	wav.writeUInt16LE(16, 34);
	wav.write('data', 36, 'latin1');
	wav.writeUInt32LE(size, 40);
	wav.fill(samples, wavHeader);
	return wav;
}

const bitrates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const samplesPerFrame = 1152;
const sampleRate = 44_100;

/** The frames of the shipped MP3 (MPEG 1, layer 3, 44.1 kHz), without the one that only states their number. */
function framesOf(file: Buffer): Buffer[] {
	const frames: Buffer[] = [];
	let at = file.indexOf(Buffer.from([0xff, 0xfb]));
	while (at >= 0 && at + 4 <= file.length && file.readUInt16BE(at) === 0xfffb) {
		const flags = file.readUInt8(at + 2);
		const kbits = bitrates[flags >> 4] ?? 0;
		const length = Math.floor((144_000 * kbits) / sampleRate) + ((flags >> 1) & 1);
		if (length === 0 || at + length > file.length) break;
		const frame = file.subarray(at, at + length);
		if (!frame.includes('Info', 0, 'latin1') && !frame.includes('Xing', 0, 'latin1')) frames.push(frame);
		at += length;
	}
	return frames;
}

/** An MP3 file of a given duration, to within one frame. */
export async function makeMp3(seconds: number): Promise<Buffer> {
	const frames = framesOf(await readPackagedFile('sound-10s.mp3'));
	const count = Math.max(2, Math.round((seconds * sampleRate) / samplesPerFrame));
	return Buffer.concat(
		Array.from({length: count}, (_, index) => frames[index % frames.length] ?? Buffer.alloc(0)),
	);
}
