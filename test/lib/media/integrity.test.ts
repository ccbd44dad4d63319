import {mkdtemp, readdir, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {verifyMedia} from '../../../src/lib/media/integrity.js';
import type {ResultFormat} from '../../../src/lib/media/result-format.js';
import {cameraJpeg, png} from '../../support/pictures.js';

const media = path.join(import.meta.dirname, '../../../src/sandbox/media');
const formatOf: Record<string, ResultFormat> = {'.mp4': 'video', '.mp3': 'mp3', '.wav': 'wav'};
const formats = Object.values(formatOf);

let folder: string;
let file: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'kling-integrity-'));
	file = path.join(folder, 'download.part');
});
afterAll(() => rm(folder, {recursive: true}));

/** The message of the refusal, or undefined when the bytes pass; any other error fails the test. */
async function refusal(bytes: string | Uint8Array, format: ResultFormat): Promise<string | undefined> {
	await writeFile(file, bytes);
	try {
		await verifyMedia(file, format);
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		expect(error.code).toBe('download_error');
		return error.message;
	}
	return undefined;
}

const sample = (name: string) => readFile(path.join(media, name));

function uint(size: number, bytes: 4 | 8, order: 'BE' | 'LE' = 'BE'): Buffer {
	const buffer = Buffer.alloc(bytes);
	if (bytes === 4) buffer[`writeUInt32${order}`](size);
	else buffer[`writeBigUInt64${order}`](BigInt(size));
	return buffer;
}

/** An MP4 box; `size` replaces the true one. */
function box(type: string, content: Uint8Array = Buffer.alloc(0), size = content.length + 8): Buffer {
	return Buffer.concat([uint(size, 4), Buffer.from(type, 'latin1'), content]);
}

/** An MP4 box with the 64-bit size. */
function largeBox(type: string, content: Uint8Array, size = content.length + 16): Buffer {
	return Buffer.concat([uint(1, 4), Buffer.from(type), uint(size, 8), content]);
}

const ftyp = box('ftyp', Buffer.from('isom\0\0\x02\0isom'));
const moov = box('moov', Buffer.concat([box('mvhd', Buffer.alloc(100)), box('trak', Buffer.alloc(20))]));
const mdat = box('mdat', Buffer.alloc(64, 7));

/** A RIFF chunk, padded to an even length. */
function chunk(id: string, content: Uint8Array, size = content.length): Buffer {
	return Buffer.concat([Buffer.from(id), uint(size, 4, 'LE'), content, Buffer.alloc(content.length % 2)]);
}

/** A WAV file of the chunks; `size` replaces the true RIFF size. */
function wav(chunks: Uint8Array[], size?: number, form = 'RIFF'): Buffer {
	const content = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
	return Buffer.concat([Buffer.from(form), uint(size ?? content.length, 4, 'LE'), content]);
}

const fmt = chunk('fmt ', Buffer.from('01000100803e0000007d000002001000', 'hex'));
const pcm = chunk('data', Buffer.alloc(64, 7));

function ds64(riff: number, data: number): Buffer {
	return chunk('ds64', Buffer.concat([uint(riff, 8, 'LE'), uint(data, 8, 'LE'), Buffer.alloc(12)]));
}

/** An MPEG audio frame: the header, then zeros up to `length` bytes. */
function frame(header: number, length: number): Buffer {
	return Buffer.concat([uint(header, 4), Buffer.alloc(length - 4)]);
}

describe("the sandbox's media", async () => {
	const names = await readdir(media);

	test.each(names)('%s passes as itself, and as nothing else', async (name) => {
		const bytes = await sample(name);
		for (const format of formats) {
			const said = await refusal(bytes, format);
			if (format === formatOf[path.extname(name)]) expect(said).toBeUndefined();
			else expect(said).toMatch(/does not begin like|no MP3 frame|instead of/);
		}
	});

	// Every one of these ends in its largest part, so that a cut anywhere shows.
	test.each(names.filter((name) => !name.endsWith('.mp3')))(
		'%s fails when it is cut anywhere',
		async (name) => {
			const bytes = await sample(name);
			const format = formatOf[path.extname(name)] ?? 'video';
			const early = Array.from({length: 120}, (_, index) => index);
			const late = [0.1, 0.5, 0.9, 0.999].map((share) => Math.floor(bytes.length * share));
			await writeFile(file, bytes);
			for (const length of [...early, ...late, bytes.length - 2, bytes.length - 1].sort((a, b) => b - a)) {
				await truncate(file, length);
				await expect(verifyMedia(file, format), `${length} bytes`).rejects.toMatchObject({
					code: 'download_error',
				});
			}
		},
	);

	test.each(names.filter((name) => !name.endsWith('.mp3')))(
		'%s fails with bytes after its end',
		async (name) => {
			const bytes = await sample(name);
			const format = formatOf[path.extname(name)] ?? 'video';
			for (const garbage of [
				'\0',
				'\n',
				'\0\0\0\0\0\0\0\0',
				'\r\n--boundary--\r\n',
				'<html>proxy error</html>',
			]) {
				expect(await refusal(Buffer.concat([bytes, Buffer.from(garbage)]), format)).toBeDefined();
			}
		},
	);

	test('the error says how much is missing', async () => {
		const bytes = await sample('clip-5s.mp4');
		const said = await refusal(bytes.subarray(0, 50_000), 'video');
		expect(said).toMatch(/damaged or cut off: the mdat box at byte \d+ claims \d+ bytes, and \d+ are there/);
		const wavSaid = await refusal((await sample('sound-5s.wav')).subarray(0, 1000), 'wav');
		expect(wavSaid).toContain('it should be 161378 bytes long, and 1000 are there');
	});
});

describe('something else instead of media', () => {
	const pages: [string, string, string][] = [
		['HTML', 'HTML', '<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>'],
		['HTML without a doctype', 'HTML', '\n  <html><head></head></html>'],
		['HTML after a byte order mark', 'HTML', '\ufeff<!doctype HTML>'],
		['XML', 'XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
		['XML without a declaration', 'XML', '<Error><Code>ExpiredToken</Code></Error>'],
		['JSON', 'JSON', '{"code": 1201, "message": "expired"}'],
		['a JSON array', 'JSON', '[]'],
		['text', 'text', 'upstream connect error'],
		['text in Chinese, cut within a character', 'text', `x${'链接已过期'.repeat(100)}`],
		['blank lines', 'text', '\r\n\r\n'],
	];

	test.each(pages)('%s is named', async (_, name, page) => {
		expect(await refusal(page, 'video')).toBe(`The server sent ${name} instead of a video`);
		expect(await refusal(page, 'mp3')).toBe(`The server sent ${name} instead of an MP3`);
		expect(await refusal(page, 'wav')).toBe(`The server sent ${name} instead of a WAV`);
	});

	test('an empty file is named', async () => {
		expect(await refusal('', 'video')).toBe('The server sent an empty file instead of a video');
	});

	test('a picture is not media of another kind', async () => {
		const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000001', 'hex');
		for (const format of formats) expect(await refusal(png, format)).toBeDefined();
	});
});

test('a file that cannot be read is a local error', async () => {
	const missing = path.join(folder, 'missing.part');
	await expect(verifyMedia(missing, 'video')).rejects.toMatchObject({
		code: 'write_error',
		details: {path: missing},
	});
	await expect(verifyMedia(folder, 'video')).rejects.toMatchObject({code: 'write_error'});
});

describe('MP4 and MOV', () => {
	const whole: [string, Uint8Array[]][] = [
		['the index first', [ftyp, moov, mdat]],
		['the index last', [ftyp, mdat, moov]],
		['a 64-bit size', [ftyp, moov, largeBox('mdat', Buffer.alloc(64))]],
		['a last box of size 0, to the end', [ftyp, moov, box('mdat', Buffer.alloc(64), 0)]],
		[
			'free, wide and unknown boxes',
			[ftyp, box('free'), moov, box('wide'), mdat, box('uuid', Buffer.alloc(16)), box('\xa9xyz')],
		],
		['fragments', [ftyp, moov, box('moof', Buffer.alloc(16)), mdat, box('moof', Buffer.alloc(16)), mdat]],
		['an empty mdat before the true one', [ftyp, moov, box('mdat'), mdat]],
		[
			'odd bytes at the end of moov',
			[ftyp, box('moov', Buffer.concat([box('trak'), Buffer.alloc(4)])), mdat],
		],
		...['moov', 'mdat', 'wide', 'free', 'skip'].map((type): [string, Uint8Array[]] => [
			`an old MOV that begins with ${type}`,
			[...(type === 'moov' ? [] : [box(type, Buffer.alloc(8))]), moov, mdat],
		]),
	];
	test.each(whole)('passes with %s', async (_, boxes) => {
		expect(await refusal(Buffer.concat(boxes), 'video')).toBeUndefined();
	});

	const broken: [string, string, Uint8Array[]][] = [
		['moov missing', 'no moov box', [ftyp, mdat]],
		['mdat missing', 'no mdat box', [ftyp, moov]],
		['mdat empty', 'no mdat box', [ftyp, moov, box('mdat')]],
		['no trak', 'no trak box', [ftyp, box('moov', box('mvhd', Buffer.alloc(8))), mdat]],
		['an empty moov', 'no trak box', [ftyp, box('moov'), mdat]],
		['a first box of another kind', 'does not begin like', [box('styp'), ftyp, moov, mdat]],
		['a size larger than the file', 'claims 72 bytes, and 71 are there', [ftyp, moov, mdat.subarray(0, -1)]],
		['a size that lies', 'claims 65 bytes, and 64', [ftyp, moov, box('mdat', Buffer.alloc(56), 65)]],
		['a size that is too small', 'no box begins', [ftyp, moov, box('mdat', Buffer.alloc(64), 40)]],
		['size 0xFFFFFFFF', '4294967295 bytes', [ftyp, box('moov', Buffer.alloc(8), 0xff_ff_ff_ff), mdat]],
		...[2, 3, 7].map((size): [string, string, Uint8Array[]] => [
			`size ${size}`,
			'smaller than its own header',
			[ftyp, box('moov', Buffer.alloc(8), size), mdat],
		]),
		[
			'a 64-bit size below 16',
			'smaller than its own header',
			[ftyp, moov, largeBox('mdat', Buffer.alloc(8), 15)],
		],
		[
			'a 64-bit size cut off',
			'within its header',
			[ftyp, moov, largeBox('mdat', Buffer.alloc(8)).subarray(0, 12)],
		],
		[
			'a 64-bit size of 2^63',
			'claims 9223372036854775808',
			[ftyp, moov, largeBox('mdat', Buffer.alloc(8), 2 ** 63)],
		],
		['a trak that leaves moov', 'the trak box', [ftyp, box('moov', box('trak', Buffer.alloc(8), 17)), mdat]],
		[
			'a box of size 0 inside moov',
			'smaller than',
			[ftyp, box('moov', box('mvhd', Buffer.alloc(8), 0)), mdat],
		],
		[
			'a last moov of size 0 around one of size 0',
			'no trak',
			[ftyp, mdat, box('moov', box('free', Buffer.alloc(8), 0), 0)],
		],
		[
			'a box whose size includes itself again',
			'no trak',
			[ftyp, box('moov', box('moov', box('moov', box('trak')))), mdat],
		],
	];
	test.each(broken)('fails with %s', async (_, said, boxes) => {
		expect(await refusal(Buffer.concat(boxes), 'video')).toContain(said);
	});

	test.each(['the file', 'moov'])('millions of boxes in %s are given up after 200,000', async (where) => {
		const many = Buffer.alloc(16_000_000, box('free'));
		const bytes = where === 'moov' ? [ftyp, box('moov', many), mdat] : [ftyp, many, moov, mdat];
		expect(await refusal(Buffer.concat(bytes), 'video')).toContain('more than 200000 boxes');
	});

	test('a file of many gigabytes is checked by its headers', async () => {
		const size = 40_000_000_000;
		const head = Buffer.concat([
			ftyp,
			moov,
			uint(1, 4),
			Buffer.from('mdat'),
			uint(size - ftyp.length - moov.length, 8),
		]);
		await writeFile(file, head);
		// Sparse: it takes no room on the disk.
		await truncate(file, size);
		await expect(verifyMedia(file, 'video')).resolves.toEqual([]);
		await truncate(file, size - 1);
		await expect(verifyMedia(file, 'video')).rejects.toMatchObject({code: 'download_error'});
		await rm(file);
	});
});

describe('WAV', () => {
	const odd = chunk('data', Buffer.alloc(63, 7));
	const whole: [string, Uint8Array][] = [
		['fmt and data', wav([fmt, pcm])],
		[
			'other chunks around them',
			wav([
				chunk('JUNK', Buffer.alloc(28)),
				fmt,
				chunk('fact', Buffer.alloc(4)),
				pcm,
				chunk('LIST', Buffer.from('INFOx')),
			]),
		],
		['an odd size and its pad byte', wav([fmt, odd])],
		['a pad byte that the RIFF size leaves out', wav([fmt, odd], 4 + fmt.length + odd.length - 1)],
		['an odd size and no pad byte', wav([fmt, odd.subarray(0, -1)])],
		[
			'RF64',
			wav(
				[ds64(4 + 36 + fmt.length + pcm.length, 64), fmt, chunk('data', Buffer.alloc(64), 0xff_ff_ff_ff)],
				0xff_ff_ff_ff,
				'RF64',
			),
		],
	];
	test.each(whole)('passes with %s', async (_, bytes) => {
		expect(await refusal(bytes, 'wav')).toBeUndefined();
	});

	const streamed = 'does not say how long';
	const broken: [string, string, Uint8Array][] = [
		['no fmt', 'no fmt chunk', wav([pcm])],
		['no data', 'no data chunk', wav([fmt])],
		['another RIFF form', 'AVI instead of a WAV', Buffer.from('RIFF\x04\0\0\0AVI ')],
		[
			'a RIFF size beyond the file',
			'should be 109 bytes long, and 108',
			wav([fmt, pcm], 4 + fmt.length + pcm.length + 1),
		],
		['a RIFF size that ends early', 'claims 64 bytes', wav([fmt, pcm], 4 + fmt.length + pcm.length - 2)],
		['a data size that lies', 'claims 66 bytes, and 64', wav([fmt, chunk('data', Buffer.alloc(64), 66)])],
		['a data size that is too small', 'no chunk begins', wav([fmt, chunk('data', Buffer.alloc(64), 32)])],
		['data of size 0', streamed, wav([fmt, chunk('data', Buffer.alloc(64), 0)])],
		['data of size 0xFFFFFFFF', streamed, wav([fmt, chunk('data', Buffer.alloc(64), 0xff_ff_ff_ff)])],
		['a RIFF size of 0', streamed, wav([fmt, pcm], 0)],
		['a RIFF size of 0xFFFFFFFF', streamed, wav([fmt, pcm], 0xff_ff_ff_ff)],
		[
			'a stray byte after an even end',
			'1 stray bytes follow',
			Buffer.concat([wav([fmt, pcm]), Buffer.alloc(1)]),
		],
		['stray bytes inside', 'are not a chunk', wav([fmt, pcm, Buffer.from('LIST')])],
		[
			'fmt of size 0xFFFFFFFF',
			'4294967295 bytes',
			wav([chunk('fmt ', Buffer.alloc(16), 0xff_ff_ff_ff), pcm]),
		],
		['RF64 without ds64', 'no ds64 chunk', wav([fmt, pcm], 0xff_ff_ff_ff, 'RF64')],
		['RF64 of another length', 'should be', wav([ds64(5000, 64), fmt, pcm], 0xff_ff_ff_ff, 'RF64')],
		['RF64 of endless length', 'should be', wav([ds64(2 ** 63, 2 ** 63), fmt, pcm], 0xff_ff_ff_ff, 'RF64')],
		['RF64 with unfinished sizes', streamed, wav([ds64(0, 0), fmt, pcm], 0xff_ff_ff_ff, 'RF64')],
	];
	test.each(broken)('fails with %s', async (_, said, bytes) => {
		expect(await refusal(bytes, 'wav')).toContain(said);
	});

	test('a streamed header says that trying again does not help, and what does', async () => {
		await writeFile(file, wav([fmt, chunk('data', Buffer.alloc(64), 0xff_ff_ff_ff)]));
		await expect(verifyMedia(file, 'wav')).rejects.toMatchObject({
			details: {retryable: false, hint: expect.stringContaining('-o -')},
		});
	});

	test('millions of chunks are given up quickly', async () => {
		const many = Buffer.alloc(16_000_000, chunk('JUNK', Buffer.alloc(0)));
		expect(await refusal(wav([fmt, many, pcm]), 'wav')).toContain('more than 200000 chunks');
	});
});

describe('MP3', () => {
	// Lengths by the formula of the standard: samples / 8 * bitrate / sample rate, and a slot of padding.
	const kinds: [string, number, number][] = [
		['MPEG 1 layer III, 128 kbit/s, 44.1 kHz', 0xff_fb_90_00, 417],
		['the same with padding', 0xff_fb_92_00, 418],
		['MPEG 1 layer III, 320 kbit/s, 48 kHz', 0xff_fb_e4_00, 960],
		['MPEG 2 layer III, 64 kbit/s, 22.05 kHz', 0xff_f3_80_00, 208],
		['MPEG 2.5 layer III, 8 kbit/s, 8 kHz', 0xff_e3_18_00, 72],
		['MPEG 1 layer II, 192 kbit/s, 48 kHz', 0xff_fd_a4_00, 576],
		['MPEG 1 layer I, 32 kbit/s, 32 kHz', 0xff_ff_18_00, 48],
	];
	test.each(kinds)('passes as %s', async (_, header, length) => {
		expect(
			await refusal(Buffer.concat([frame(header, length), frame(header, length)]), 'mp3'),
		).toBeUndefined();
		const late = Buffer.concat([frame(header, length + 1), frame(header, length)]);
		expect(await refusal(late, 'mp3')).toContain(`no MP3 frame begins at byte ${length}`);
	});

	const header = 0xff_fb_90_00;
	const two = Buffer.concat([frame(header, 417), frame(header, 417)]);
	const id3 = (size: number[], flags = 0) => Buffer.from([...Buffer.from('ID3\x04\0'), flags, ...size]);

	test('passes with a tag, whose size has seven bits a byte, and with its footer', async () => {
		expect(await refusal(Buffer.concat([id3([0, 0, 1, 2]), Buffer.alloc(130), two]), 'mp3')).toBeUndefined();
		expect(
			await refusal(Buffer.concat([id3([0, 0, 0, 5], 0x10), Buffer.alloc(15), two]), 'mp3'),
		).toBeUndefined();
	});

	const broken: [string, string, Uint8Array][] = [
		['one frame only', 'in the middle of a header', frame(header, 417)],
		['a second frame cut off', 'within its second', two.subarray(0, -1)],
		[
			'a second frame of another sample rate',
			'do not belong together',
			Buffer.concat([frame(header, 417), frame(0xff_fb_94_00, 384)]),
		],
		['a tag larger than the file', 'ID3 tag ends at', Buffer.concat([id3([127, 127, 127, 127]), two])],
		['a tag of an invalid size', 'ID3 tag is not valid', Buffer.concat([id3([255, 255, 255, 255]), two])],
		['a reserved version', 'no MP3 frame', Buffer.concat([frame(0xff_eb_90_00, 417), two])],
		['a reserved layer (AAC)', 'no MP3 frame', Buffer.concat([frame(0xff_f1_50_80, 417), two])],
		['a free bitrate', 'no MP3 frame', Buffer.concat([frame(0xff_fb_00_00, 417), two])],
		['a reserved sample rate', 'no MP3 frame', Buffer.concat([frame(0xff_fb_9c_00, 417), two])],
		['three bytes', 'in the middle of a header', Buffer.from([0xff, 0xfb, 0x90])],
	];
	test.each(broken)('fails with %s', async (_, said, bytes) => {
		expect(await refusal(bytes, 'mp3')).toContain(said);
	});
});

describe('any bytes at all', () => {
	const head = fc.constantFrom<Uint8Array>(
		Buffer.alloc(0),
		ftyp,
		Buffer.concat([ftyp, uint(1, 4), Buffer.from('moov')]),
		Buffer.from('RIFF\xff\0\0\0WAVEdata', 'latin1'),
		Buffer.concat([Buffer.from('RF64\xff\xff\xff\xffWAVEds64', 'latin1'), Buffer.alloc(24)]),
		Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'),
	);

	test('never pass, and always end in a refusal', async () => {
		const property = fc.asyncProperty(head, fc.uint8Array({maxLength: 400}), async (start, rest) => {
			for (const format of formats) expect(await refusal(Buffer.concat([start, rest]), format)).toBeDefined();
		});
		await fc.assert(property, {numRuns: 500});
	});

	test('in the header of a real file pass or are refused', async () => {
		const files = await Promise.all(['clip-5s-sound.mp4', 'sound-5s.wav', 'sound-5s.mp3'].map(sample));
		const change = fc.record({
			index: fc.nat({max: 2}),
			position: fc.nat({max: 120}),
			bytes: fc.uint8Array({minLength: 1, maxLength: 8}),
		});
		const property = fc.asyncProperty(change, async ({index, position, bytes}) => {
			const changed = Buffer.from(files[index] ?? '');
			changed.set(bytes, position);
			// refusal() itself fails on any other error.
			await refusal(changed, formats[index === 0 ? 0 : index === 1 ? 2 : 1] ?? 'video');
		});
		await fc.assert(property, {numRuns: 300});
	});
});

/** What a file that arrived with its promised length is refused or kept for. */
async function verdict(bytes: string | Uint8Array, format: ResultFormat): Promise<string> {
	await writeFile(file, bytes);
	return verifyMedia(file, format, {isWhole: true}).then(
		(warnings) => (warnings.length === 0 ? 'fine' : `kept: ${warnings.join()}`),
		(error: KlingError) => `refused: ${error.message}`,
	);
}

describe('a file with the promised length', async () => {
	const [clip, mp3, sound] = await Promise.all(['clip-5s.mp4', 'sound-5s.mp3', 'sound-5s.wav'].map(sample));
	const bytes = (name: 'clip' | 'mp3' | 'sound') => ({clip, mp3, sound})[name] ?? Buffer.alloc(0);
	const tag = (content: number, told = content) =>
		Buffer.concat([
			Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, told >> 7, told & 0x7f]),
			Buffer.alloc(content),
		]);
	const frames = () => bytes('mp3').subarray(bytes('mp3').indexOf(Buffer.from([0xff, 0xfb])));
	const patched = (source: Buffer, size: number, at: number) => {
		const copy = Buffer.from(source);
		copy.writeUInt32LE(size, at);
		return copy;
	};
	const dataAt = bytes('sound').indexOf('data') + 4;
	const dataSize = bytes('sound').readUInt32LE(dataAt);

	test.each<[string, Uint8Array, ResultFormat]>([
		['an MP3 with two ID3v2 tags', Buffer.concat([tag(30), tag(50), frames()]), 'mp3'],
		['an MP3 with padding behind its tag', Buffer.concat([tag(30), Buffer.alloc(2000), frames()]), 'mp3'],
		['an MP3 whose tag is off by two', Buffer.concat([tag(30, 32), frames()]), 'mp3'],
		['an MP3 whose tag is off by two the other way', Buffer.concat([tag(30, 28), frames()]), 'mp3'],
		['a WAV to a pipe', patched(patched(bytes('sound'), 0xff_ff_ff_ff, 4), 0xff_ff_ff_ff, dataAt), 'wav'],
		['a WAV of slightly too much data', patched(bytes('sound'), dataSize + 8, dataAt), 'wav'],
		['a WAV of slightly too much', patched(bytes('sound'), bytes('sound').length, 4), 'wav'],
		[
			'a WAV with a chunk behind its end',
			Buffer.concat([bytes('sound'), chunk('id3 ', Buffer.alloc(20))]),
			'wav',
		],
		[
			'an MP4 with bytes behind its last box',
			Buffer.concat([bytes('clip'), Buffer.from('\r\n--end--\r\n')]),
			'video',
		],
		[
			'a fragmented MP4 of 30,000 boxes',
			Buffer.concat([
				ftyp,
				moov,
				...Array.from({length: 15_000}, () => [box('moof', Buffer.alloc(8)), mdat]).flat(),
			]),
			'video',
		],
		['a PNG with a newline behind it', Buffer.concat([png(300, 300), Buffer.from('\n')]), 'image'],
		['a GIF where a PNG was named', Buffer.from('GIF89a\x90\x01\x90\x01\0\0\0', 'latin1'), 'image'],
	])('is kept: %s', async (_, odd, format) => {
		expect(await verdict(odd, format)).toMatch(/^(fine|kept)/);
	});

	test.each<[string, string | Uint8Array, ResultFormat, RegExp]>([
		['a web page', '<!doctype html><p>no', 'video', /HTML/],
		['JSON', '{"error": 1}', 'mp3', /JSON/],
		['text', 'not found', 'wav', /text/],
		['nothing', '', 'image', /empty/],
		['a picture for a video', png(300, 300), 'video', /PNG/],
		['a video for a sound', bytes('clip'), 'mp3', /MP4/],
		['a sound for another', bytes('mp3'), 'wav', /MP3/],
		['a PDF', '%PDF-1.7\n\xff\0', 'image', /PDF/],
		['half a clip', bytes('clip').subarray(0, 50_000), 'video', /mdat part .* 50000 are there/],
		['half a WAV', bytes('sound').subarray(0, 80_000), 'wav', /data part/],
		['half a PNG', png(800, 600).subarray(0, 80), 'image', /IDAT part/],
		['a JPEG cut in its thumbnail', cameraJpeg(800, 600).subarray(0, 90), 'image', /segment e1/],
		['an MP3 cut in its tag', tag(100, 100).subarray(0, 50), 'mp3', /ID3/],
	])('is refused: %s', async (_, wrong, format, message) => {
		expect(await verdict(wrong, format)).toMatch(/^refused/);
		expect(await verdict(wrong, format)).toMatch(message);
	});

	test('half an MP3 without a length is recognized by its expected duration', async () => {
		const half = bytes('mp3').subarray(0, bytes('mp3').length >> 1);
		await writeFile(file, half);
		await expect(verifyMedia(file, 'mp3', {seconds: 5.1})).rejects.toThrow(/plays for 2\.\d s of 5\.1 s/);
		await writeFile(file, bytes('mp3'));
		expect(await verifyMedia(file, 'mp3', {seconds: 5.1})).toEqual([]);
	});
});
