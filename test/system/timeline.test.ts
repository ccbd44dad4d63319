import {execFile, execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {root, runJs} from '../e2e/kling.js';

/** A home in which the plugin is linked, and a folder with three picked takes. */
const home = mkdtempSync(path.join(tmpdir(), 'kling-timeline-'));
const clips = path.join(home, 'film');
const env = {PATH: process.env.PATH, HOME: home, KLING: runJs};
const plugin = path.join(root, 'plugins', 'timeline');

const kling = (...args: string[]) =>
	JSON.parse(execFileSync(process.execPath, [runJs, ...args], {env, cwd: home, encoding: 'utf8'}));

/** Frames of each clip, at 24 per second. */
const lengths = {'s1-1': 48, 's2-1': 72, 's3-1': 60};

beforeAll(() => {
	execFileSync(process.execPath, [runJs, 'plugins', 'link', plugin], {env, stdio: 'ignore'});
	execFileSync('mkdir', ['-p', clips]);
	for (const [name, frames] of Object.entries(lengths)) {
		const sound = name === 's2-1' ? ['-f', 'lavfi', '-i', 'sine=duration=3'] : [];
		const source = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=24:duration=${frames / 24}`];
		execFileSync('ffmpeg', [
			'-v',
			'error',
			...source,
			...sound,
			'-pix_fmt',
			'yuv420p',
			path.join(clips, `${name}.mp4`),
		]);
		const [shot] = name.split('-');
		writeFileSync(
			path.join(clips, `${name}.mp4.json`),
			JSON.stringify({shot, take: 1, prompt: `shot ${shot}, "quoted" & <more>`}),
		);
	}
	kling('pick', 's1=1', 's2=1', 's3=1', '--in', clips);
});

function exported(format: string, ...flags: string[]): string {
	const file = path.join(clips, `film.${format}`);
	kling('timeline', 'export', clips, '--to', format, '-o', file, '--force', ...flags);
	return file;
}

test('the plugin passes its own tests', async () => {
	const {code, output} = await new Promise<{code: number; output: string}>((resolve) => {
		execFile(process.execPath, ['--test', 'test/timeline.test.js'], {cwd: plugin, env}, (error, stdout) =>
			resolve({code: Number(error?.code ?? 0), output: stdout}),
		);
	});
	expect({code, output: code === 0 ? '' : output}).toEqual({code: 0, output: ''});
});

describe('OpenShot imports', () => {
	test.each([
		['edl', 'edl', 3600],
		['xmeml', 'xml', 0],
	])('%s with the picks in order, each as long as it is', (format, importer, begin) => {
		const script = path.join(import.meta.dirname, 'openshot-import.py');
		const printed = execFileSync('/usr/bin/python3', [script, importer, exported(format), clips, '24'], {
			encoding: 'utf8',
			env: {...env, HOME: mkdtempSync(path.join(tmpdir(), 'openshot-'))},
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		const imported = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as {
			path: string;
			position: number;
			start: number;
			end: number;
		}[];
		expect(
			imported.map(({path: file, position, start, end}) => [
				path.basename(file),
				Math.round((position - begin) * 24),
				Math.round((end - start) * 24),
			]),
		).toEqual([
			['s1-1.mp4', 0, 48],
			['s2-1.mp4', 48, 72],
			['s3-1.mp4', 120, 60],
		]);
	});
});

/** The fields of each OpenTimelineIO object, from its published "Serialized Data Schema". */
const schemas: Readonly<Record<string, readonly string[]>> = {
	'Timeline.1': ['global_start_time', 'metadata', 'name', 'tracks'],
	'Stack.1': ['children', 'effects', 'enabled', 'markers', 'metadata', 'name', 'source_range'],
	'Track.1': ['children', 'effects', 'enabled', 'kind', 'markers', 'metadata', 'name', 'source_range'],
	'Clip.2': [
		...[
			'active_media_reference_key',
			'effects',
			'enabled',
			'markers',
			'media_references',
			'metadata',
			'name',
			'source_range',
		],
	],
	'Gap.1': ['effects', 'enabled', 'markers', 'metadata', 'name', 'source_range'],
	'ExternalReference.1': ['available_image_bounds', 'available_range', 'metadata', 'name', 'target_url'],
	'Marker.2': ['color', 'comment', 'marked_range', 'metadata', 'name'],
	'TimeRange.1': ['duration', 'start_time'],
	'RationalTime.1': ['rate', 'value'],
};

/** Differences from the schema in a value and below it. */
function flaws(value: unknown): string[] {
	if (typeof value !== 'object' || value === null) return [];
	const {OTIO_SCHEMA: name, ...fields} = value as Record<string, unknown>;
	const known = typeof name === 'string' ? schemas[name] : undefined;
	const own =
		name === undefined || (known && Object.keys(fields).sort().join() === [...known].sort().join())
			? []
			: [`${name}: ${Object.keys(fields)}`];
	return [...own, ...Object.values(fields).flatMap(flaws)];
}

test('OpenTimelineIO follows the published schema', () => {
	const timeline: unknown = JSON.parse(readFileSync(exported('otio'), 'utf8'));
	expect(flaws(timeline)).toEqual([]);
});

test('FCPXML and xmeml are well-formed, whatever a prompt contains', () => {
	for (const format of ['fcpxml', 'xmeml']) {
		const code = 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])';
		execFileSync('python3', ['-c', code, exported(format)]);
	}
});

/**
 * Plays clips into a file. On a busy machine melt sometimes ends before its encoder has begun, with status 0 and
 * an empty file, or never ends; then it is started again.
 * @returns how each run ended
 */
function melt(files: readonly string[], into: string): string[] {
	const consumer = ['-consumer', `avformat:${into}`, 'r=24', 'vcodec=mpeg4', 'an=1'];
	const runs: string[] = [];
	for (let size = 0; size === 0 && runs.length < 5; ) {
		const {status, signal, stderr} = spawnSync('melt', [...files, ...consumer], {
			cwd: clips,
			encoding: 'utf8',
			env: {...env, QT_QPA_PLATFORM: 'offscreen'},
			stdio: ['ignore', 'ignore', 'pipe'],
			timeout: 30_000,
			killSignal: 'SIGKILL',
		});
		size = signal === null ? (statSync(into, {throwIfNoEntry: false})?.size ?? 0) : 0;
		runs.push(`melt: status ${status}, signal ${signal}, ${size} bytes\n${stderr}`);
	}
	return runs;
}

test('a player plays the list, which is as long as the picks together', () => {
	const list = exported('m3u', '--relative');
	const files = readFileSync(list, 'utf8')
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'));
	const film = path.join(home, 'film.mp4');
	const runs = melt(files, film);
	const probe = ['-v', 'error', '-count_packets', '-select_streams', 'v'];
	const shown = ['-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', film];
	const {stdout, stderr} = spawnSync('ffprobe', [...probe, ...shown], {encoding: 'utf8'});
	expect(Number(stdout), [...runs, `ffprobe: ${stderr}`].join('\n')).toBe(180);
});
