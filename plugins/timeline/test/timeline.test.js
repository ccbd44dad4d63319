/*
 * Runs the real command on clips of the sandbox that kling brings. `KLING` names the program, if it is not the `kling` on
 * the PATH; the plugin must be linked or installed: `kling plugins link .`
 */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {
	copyFileSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {before, test} from 'node:test';

const program = process.env.KLING ?? 'kling';
const [file, ...first] = program.endsWith('.js') ? [process.execPath, path.resolve(program)] : [program];
const folder = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), 'kling-timeline-'))), 'film');

/** Runs a command of kling. */
function kling(...args) {
	const {status, stdout, stderr, error} = spawnSync(file, [...first, ...args], {
		encoding: 'utf8',
		cwd: path.dirname(folder),
	});
	assert.equal(
		error,
		undefined,
		`Cannot run ${program}: put kling on the PATH, or its bin/run.js into KLING`,
	);
	return {status, document: JSON.parse(stdout), stderr};
}

/** The text that an export wrote. */
function exported(format, ...flags) {
	const target = path.join(folder, `test.${format}`);
	const {status, document, stderr} = kling(
		'timeline',
		'export',
		'film',
		'--to',
		format,
		'-o',
		target,
		'--force',
		...flags,
	);
	assert.equal(status, 0, JSON.stringify(document));
	return {text: readFileSync(target, 'utf8'), document, stderr};
}

/** Makes a clip of this many seconds. @returns the id of its task */
function makeClip(name, seconds) {
	const create = ['video', 'create', 'a fox', '--duration', seconds];
	const download = ['--download', path.join(folder, `${name}.mp4`), '--quiet'];
	const sandbox = ['sandbox', 'exec', '--speed', '1000', '--'];
	const {status, document} = kling(...sandbox, file, ...first, ...create, ...download);
	assert.equal(status, 0, JSON.stringify(document));
	return document.task_id;
}

before(() => {
	// Three shots: the second has two takes, and the third is undecided.
	const made = {s1: makeClip('s1', '5'), 's2-2': makeClip('s2-2', '10')};
	for (const name of ['s1', 's2-1', 's2-2', 's3-1', 's3-2']) {
		// Clips of the same length may as well be the same.
		if (!made[name]) copyFileSync(path.join(folder, 's1.mp4'), path.join(folder, `${name}.mp4`));
		const [shot, take = '1'] = name.split('-');
		const side = {
			prompt: `a fox <${name}>`,
			model: 'kling-v3-omni',
			shot,
			take: Number(take),
			task_id: made[name] ?? `task-${name}`,
		};
		writeFileSync(path.join(folder, `${name}.mp4.json`), JSON.stringify(side));
	}
	assert.equal(kling('pick', 's1=1', 's2=2', '--in', 'film').status, 0);
	const picksFile = path.join(folder, 'picks.json');
	const picks = JSON.parse(readFileSync(picksFile, 'utf8'));
	picks.takes = {s2: {2: {note: 'best light & <snow>'}}};
	writeFileSync(picksFile, JSON.stringify(picks));
});

/** Frames of a clip, as its own index counts them. */
const frames = {s1: 121, 's2-2': 241};

test('OpenTimelineIO has the picks in order, with real durations, notes and a gap', () => {
	const {text, document} = exported('otio');
	const timeline = JSON.parse(text);
	assert.equal(timeline.OTIO_SCHEMA, 'Timeline.1');
	const [video] = timeline.tracks.children;
	assert.deepEqual(
		video.children.map(({OTIO_SCHEMA, name}) => [OTIO_SCHEMA, name]),
		[
			['Clip.2', 's1'],
			['Clip.2', 's2-2'],
			['Gap.1', 's3'],
		],
	);
	const [one, two] = video.children;
	assert.deepEqual(one.source_range.duration, {OTIO_SCHEMA: 'RationalTime.1', rate: 24, value: frames.s1});
	assert.equal(two.source_range.duration.value, frames['s2-2']);
	assert.equal(two.markers[0].comment, 'best light & <snow>');
	assert.equal(two.metadata.kling.prompt, 'a fox <s2-2>');
	assert.match(two.media_references.DEFAULT_MEDIA.target_url, /^file:\/\/\/.*s2-2\.mp4$/);
	assert.deepEqual(
		{clips: document.clips, gaps: document.gaps, fps: document.fps, frames: document.frames},
		{clips: 2, gaps: 1, fps: '24', frames: frames.s1 + frames['s2-2'] + 120},
	);
});

test('an EDL starts at one hour, and names clips and notes', () => {
	const lines = exported('edl').text.split('\r\n');
	assert.equal(lines[3], '001  AX       V     C        00:00:00:00 00:00:05:01 01:00:00:00 01:00:05:01');
	assert.ok(lines.includes('* FROM CLIP NAME: s2-2.mp4'));
	assert.ok(lines.includes('* NOTE: best light & <snow>'));
	assert.ok(
		lines.some((line) =>
			line.startsWith('003  BL       V     C        00:00:00:00 00:00:05:00 01:00:15:02 01:00:20:02'),
		),
	);
});

test('handles leave frames at both ends', () => {
	const {text} = exported('otio', '--handles', '12');
	const [one] = JSON.parse(text).tracks.children[0].children;
	assert.equal(one.source_range.start_time.value, 12);
	assert.equal(one.source_range.duration.value, frames.s1 - 24);
	assert.equal(one.media_references.DEFAULT_MEDIA.available_range.duration.value, frames.s1);
	const {status, document} = kling(
		'timeline',
		'export',
		'film',
		'--to',
		'edl',
		'-o',
		path.join(folder, 'x.edl'),
		'--handles',
		'100',
	);
	assert.deepEqual([status, document.error.code], [2, 'conflicting_input']);
});

test('both XML formats escape texts, and give durations as fractions or frames', () => {
	const fcpxml = exported('fcpxml').text;
	assert.match(fcpxml, /<fcpxml version="1\.9">/);
	assert.match(
		fcpxml,
		new RegExp(`<asset-clip ref="r1" offset="0s" name="s1" duration="${frames.s1}/24s" start="0s">`),
	);
	assert.match(fcpxml, /<marker [^>]*value="best light &amp; &lt;snow&gt;"\/>/);
	const xmeml = exported('xmeml').text;
	assert.match(xmeml, new RegExp(`<start>${frames.s1}</start><end>${frames.s1 + frames['s2-2']}</end>`));
	assert.doesNotMatch(fcpxml + xmeml, /<snow>|<s2/);
});

test('lists for spreadsheets and players', () => {
	const rows = exported('csv').text.split('\r\n');
	assert.match(rows[1], /^s1,1,.*s1\.mp4,0,121,24,5\.041667,0,a fox <s1>,kling-v3-omni,/);
	assert.match(
		exported('m3u', '--relative').text,
		/^#EXTM3U\n#EXTINF:5,s1 take 1\ns1\.mp4\n#EXTINF:10,s2 take 2\ns2-2\.mp4\n$/,
	);
});

test('the first take replaces a shot without a pick, if requested', () => {
	const {document} = exported('otio', '--all');
	assert.deepEqual([document.clips, document.gaps], [3, 0]);
});

test('a shot that makes a picture leaves no gap, and is reported', () => {
	const picture = path.join(folder, 's0.png');
	writeFileSync(picture, Buffer.from('89504e470d0a1a0a', 'hex'));
	writeFileSync(`${picture}.json`, JSON.stringify({prompt: 'a fox', shot: 's0', take: 1}));
	try {
		const {text, document, stderr} = exported('otio');
		assert.deepEqual([document.clips, document.gaps], [2, 1]);
		assert.equal(JSON.parse(text).tracks.children[0].children[0].name, 's1');
		assert.match(stderr, /Left out, because they make pictures or sounds: s0/);
	} finally {
		for (const name of [picture, `${picture}.json`]) rmSync(name);
	}
});

test('a different frame rate is refused, or conformed at the same speed', () => {
	const target = path.join(folder, 'x.otio');
	const refused = kling('timeline', 'export', 'film', '--to', 'otio', '--fps', '25', '-o', target);
	assert.deepEqual([refused.status, refused.document.error.code], [2, 'conflicting_input']);
	assert.match(refused.document.error.hint, /--conform/);
	const {document} = exported('edl', '--fps', '25', '--conform');
	assert.deepEqual(
		[document.fps, document.frames],
		['25', Math.round((121 * 25) / 24) + Math.round((241 * 25) / 24) + 125],
	);
});

test('an existing file is kept', () => {
	const {status, document} = kling(
		'timeline',
		'export',
		'film',
		'--to',
		'csv',
		'-o',
		path.join(folder, 'test.csv'),
	);
	assert.deepEqual([status, document.error.code], [10, 'file_exists']);
});

test('- is refused: standard output is for the document', () => {
	const {status, document} = kling('timeline', 'export', 'film', '--to', 'csv', '-o', '-');
	assert.deepEqual([status, document.error.code], [2, 'conflicting_input']);
	assert.equal(existsSync(path.join(folder, '..', '-')), false);
});

test('if nothing is picked, the error says so and gives the next step', () => {
	const {status, document} = kling(
		'timeline',
		'export',
		'film',
		'--to',
		'csv',
		'--picks',
		path.join(folder, 'none.json'),
	);
	assert.deepEqual([status, document.error.code], [2, 'invalid_picks']);
	assert.match(document.error.hint, /kling pick/);
});
