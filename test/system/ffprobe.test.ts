import {execFile} from 'node:child_process';
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, test} from 'vitest';

const run = promisify(execFile);
const media = path.join(import.meta.dirname, '../../src/sandbox/media');

interface Probe {
	streams: {
		codec_name: string;
		codec_type: string;
		profile?: string;
		pix_fmt?: string;
		width?: number;
		height?: number;
		r_frame_rate: string;
		nb_read_frames?: string;
		sample_rate?: string;
		channels?: number;
	}[];
	format: {duration: string};
}

async function probe(name: string): Promise<Probe> {
	const args = ['-v', 'error', '-count_frames', '-show_streams', '-show_format', '-of', 'json'];
	const {stdout, stderr} = await run('ffprobe', [...args, path.join(media, name)]);
	// Counting decodes every frame, so any message means damage.
	expect(stderr).toBe('');
	return JSON.parse(stdout) as Probe;
}

/** The top-level boxes of an MP4, in the order in which ffprobe met them. */
async function boxes(name: string): Promise<string[]> {
	const {stderr} = await run('ffprobe', ['-v', 'trace', path.join(media, name)], {
		maxBuffer: 64 * 1024 * 1024,
	});
	return [...stderr.matchAll(/type:'(\w{4})' parent:'root'/g)].map(([, type]) => type ?? '');
}

const lengths = [
	{name: '5s', frames: 121, seconds: 5.042},
	{name: '10s', frames: 241, seconds: 10.042},
];
const clips = lengths.flatMap((length) =>
	['', '-sound', '-watermark', '-sound-watermark'].map((suffix) => ({
		...length,
		file: `clip-${length.name}${suffix}.mp4`,
		sound: suffix.startsWith('-sound'),
	})),
);
const sounds = lengths.flatMap((length) =>
	['mp3', 'wav'].map((ending) => ({...length, file: `sound-${length.name}.${ending}`, ending})),
);

const pictures = ['', '-watermark'].flatMap((suffix) => [
	{file: `picture${suffix}.png`, codec: 'png'},
	{file: `picture${suffix}.jpg`, codec: 'mjpeg'},
]);

test('these tests cover every file of the sandbox', async () => {
	const known = [...clips, ...sounds, ...pictures].map(({file}) => file);
	expect((await readdir(media)).sort()).toEqual(known.sort());
});

test.each(pictures)('$file is a picture of the size of a clip', async ({file, codec}) => {
	const {streams} = await probe(file);
	expect(streams).toMatchObject([{codec_name: codec, width: 1280, height: 720}]);
});

describe.each(clips)('$file', ({file, frames, seconds, sound}) => {
	test('is H.264 of the right size and length, with or without sound', async () => {
		const {streams, format} = await probe(file);
		expect(streams).toMatchObject([
			{
				codec_name: 'h264',
				profile: 'High',
				pix_fmt: 'yuv420p',
				width: 1280,
				height: 720,
				r_frame_rate: '24/1',
				nb_read_frames: String(frames),
			},
			...(sound ? [{codec_name: 'aac', profile: 'LC', sample_rate: '44100', channels: 2}] : []),
		]);
		expect(Number(format.duration)).toBeCloseTo(seconds, 2);
	});

	test('starts to play while it loads', async () => {
		const order = await boxes(file);
		expect(order).toContain('moov');
		expect(order.indexOf('mdat')).toBeGreaterThan(order.indexOf('moov'));
	});
});

describe.each(sounds)('$file', ({file, seconds, ending}) => {
	test('has the right format and length', async () => {
		const {streams, format} = await probe(file);
		const kinds: Record<string, object> = {
			mp3: {codec_name: 'mp3', sample_rate: '44100', channels: 2},
			wav: {codec_name: 'pcm_s16le', sample_rate: '16000', channels: 1},
		};
		expect(streams).toMatchObject([kinds[ending]]);
		// An MP3 consists of whole frames, and its encoder adds a delay of up to two of them.
		expect(Math.abs(Number(format.duration) - seconds)).toBeLessThan(ending === 'mp3' ? 0.06 : 0.002);
	});
});
