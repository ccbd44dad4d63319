import {EventEmitter, once} from 'node:events';
import {copyFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {png} from '../support/pictures.js';
import {type ErrorBody, kling, root, startKling, succeeds} from './kling.js';
import {useProxiedSandbox, withFastPolling} from './proxied-sandbox.js';

/**
 * Paid calls before a task, which cannot be looked up: when a run is stopped between them, nothing has been
 * paid in vain.
 */
const fixture = useProxiedSandbox();
const {run, runAlone, interrupt} = fixture;
let {cwd, env, proxy} = fixture;
beforeEach(() => {
	({cwd, env, proxy} = fixture);
	named = ['--external-id', `evening-${++evening}`];
	writeFileSync(path.join(cwd, 'face.png'), png(640, 360));
	copyFileSync(path.join(root, 'src', 'sandbox', 'media', 'sound-5s.wav'), path.join(cwd, 'sound.wav'));
});

const said = ['--say', 'Good evening, and welcome to the show.', '--voice', 'oversea_male1'];
const lipSync = ['lip-sync', '900000000123456101', ...said];
const avatar = ['avatar', '--image', 'face.png', ...said];
let named: string[];
let evening = 0;
const steps = {
	face: 'identify-face',
	speech: 'audio/tts',
	lipSync: 'advanced-lip-sync',
	avatar: 'avatar/image2video',
};

const posts = (part: string) =>
	proxy.seen.filter((line) => line.startsWith('POST') && line.endsWith(part)).length;
const counts = () => Object.fromEntries(Object.entries(steps).map(([name, part]) => [name, posts(part)]));

/** Kills a command while a step is in flight that never reaches the server. */
async function killAt(step: string, line: string[]): Promise<void> {
	proxy.mishap = (method, url) => (method === 'POST' && url.endsWith(step) ? {never: true} : undefined);
	await interrupt(line, 'SIGKILL', () => posts(step) > 0);
	proxy.mishap = () => undefined;
	proxy.seen = [];
}

describe('a line that is killed, typed again', () => {
	test.each([
		['without an external id', false],
		['with one', true],
	])('does not pay for a face detection again %s', async (_, isNamed) => {
		const line = [...lipSync, ...(isNamed ? named : [])];
		await killAt(steps.speech, line);
		const {code, stderr} = await kling(withFastPolling(line), {env, cwd});
		expect({code, stderr}).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('face detection was already paid for'),
		});
		// The speech had been requested when the process died, so it is unknown whether it was made.
		expect(stderr).toMatch(/Warning: The speech was requested before.*may have been paid for/);
		expect(counts()).toMatchObject({face: 0, speech: 1, lipSync: 1});
	});

	test('pays for neither step again when the task was not submitted', async () => {
		await killAt(steps.lipSync, lipSync);
		// Enough is left for the task alone.
		await succeeds(['cost', 'budget', 'set', '1.1', '--per', 'day'], {env, cwd});
		await run(...lipSync);
		expect(counts()).toMatchObject({face: 0, speech: 0, lipSync: 1});
	});

	test('does not pay for the speech of an avatar again', async () => {
		await killAt(steps.avatar, avatar);
		await run(...avatar);
		expect(counts()).toMatchObject({speech: 0, avatar: 1});
	});
});

test('what a task has used is made anew, and so is what says something else', async () => {
	await run(...avatar);
	await run(...avatar);
	expect(counts()).toMatchObject({speech: 2, avatar: 2});
	await killAt(steps.avatar, avatar);
	await run(
		'avatar',
		'--image',
		'face.png',
		'--say',
		'Good night, and thank you for your time.',
		'--voice',
		'oversea_male1',
	);
	expect(counts()).toMatchObject({speech: 1, avatar: 1});
});

test('several faces of a detection that was paid for are listed without paying again, and chosen from', async () => {
	const line = ['lip-sync', 'https://example.com/two.mp4', '--audio', 'sound.wav'];
	for (const _ of ['once', 'again']) expect((await chooses(line)).error.code).toBe('invalid_face');
	await run(...line, '--face', '1');
	expect(counts()).toMatchObject({face: 1, lipSync: 1});
	// A request for only the faces gets new ones, with pictures.
	expect(await run('lip-sync', 'https://example.com/two.mp4', '--faces')).toMatchObject({count: 2});
	expect(posts(steps.face)).toBe(2);
});

async function chooses(line: string[]) {
	const {code, stdout} = await kling(withFastPolling(line), {env, cwd});
	expect(code).toBe(2);
	return JSON.parse(stdout) as {error: {code: string}; faces: object[]};
}

test.each([
	['lip-sync', lipSync, {face: 1, speech: 1, lipSync: 1}],
	['avatar', avatar, {speech: 1, avatar: 1}],
])('four times at once under one external id, %s pays for each step once', async (_, line, paid) => {
	const made = await Promise.all(Array.from({length: 4}, () => runAlone(...line, ...named)));
	expect(new Set(made.map(({task_id: id}) => id)).size).toBe(1);
	expect(counts()).toMatchObject(paid);
});

test('lines that together exceed a budget pay for no step of a task that they cannot submit', async () => {
	await succeeds(['cost', 'budget', 'set', '1.2', '--per', 'day'], {env, cwd});
	const lines = ['one', 'two', 'three', 'four'].map((word) => [
		...['lip-sync', '900000000123456101', '--voice', 'oversea_male1'],
		...['--say', `Good evening, and welcome to show number ${word}.`],
	]);
	const ends = await Promise.all(lines.map((line) => kling(withFastPolling(line), {env, cwd, alone: true})));
	expect(ends.map(({code}) => code).sort()).toEqual([0, 0, 7, 7]);
	const refused = ends.filter(({code}) => code === 7).map(({stdout}) => JSON.parse(stdout).error);
	for (const error of refused) expect(error.external_task_id).toMatch(/^kling-/);
	expect(counts()).toMatchObject({speech: 2, lipSync: 2});
	// They may share the faces of the clip.
	expect(posts(steps.face)).toBeLessThanOrEqual(2);
});

const edit = [
	...['edit', '900000000123456101', 'remove the cat from <<<video_1>>>'],
	...['--mode', 'remove', '--mark', '0:0.5,0.5'],
];

test.each([
	['lip-sync', lipSync],
	['avatar', avatar],
	['edit', edit],
])('a standard of the API that has no %s is refused before the steps for it are sent', async (type, line) => {
	const {sandbox, refused} = fixture;
	expect(await refused(2, ...line, '--api', 'tasks')).toMatchObject({
		message: expect.stringContaining('refuses a key pair'),
	});
	env.KLING_API_KEY = sandbox.apiKey;
	env.KLING_ACCESS_KEY = env.KLING_SECRET_KEY = '';
	const error = await refused(2, ...line, '--api', 'tasks');
	expect(error).toMatchObject({
		code: 'conflicting_input',
		message: `The newer standard of the API has no ${type}`,
		hint: 'Leave out --api tasks, or use --api v1.',
	});
	expect(fixture.posts()).toBe(0);
});

test.each([
	['lip-sync', lipSync],
	['avatar', avatar],
	['edit', edit],
])('an external id of another task is refused before the steps for %s are sent', async (_, line) => {
	const {task_id: id} = await run('create', 'a fox', ...named);
	proxy.seen = [];
	const error = await fixture.refused(2, ...line, ...named);
	expect(error).toMatchObject({code: 'conflicting_input', task_id: id});
	expect(fixture.posts()).toBe(0);
});

test('speech that is asked for again after a kill is made again, with a warning', async () => {
	const say = ['Good evening to you all.', '-o', 'evening.mp3'];
	proxy.mishap = (method) => (method === 'POST' ? {never: true} : undefined);
	const child = startKling(['voice', 'say', ...say], {env, cwd});
	const closed = once(child, 'close');
	await expect.poll(() => posts(steps.speech)).toBe(1);
	child.kill('SIGKILL');
	await closed;
	proxy.mishap = () => undefined;
	const {code, stderr} = await kling(['voice', 'say', ...say], {env, cwd});
	expect({code, stderr}).toMatchObject({
		code: 0,
		stderr: expect.stringContaining('may have been paid for as well'),
	});
});

describe('Ctrl-C while a paid step is on its way', () => {
	const waits = "Waiting for Kling's response, because the ";

	/** Presses Ctrl-C once the step is requested; its response comes after the program has noticed. */
	async function stopAt(step: string, line: string[]) {
		const respond = new EventEmitter();
		const until = once(respond, 'now');
		proxy.mishap = (method, url) => (method === 'POST' && url.endsWith(step) ? {until} : undefined);
		const child = startKling(line, {env, cwd});
		let [stdout, stderr] = ['', ''];
		child.stdout?.on('data', (chunk: Buffer) => {
			stdout += chunk;
		});
		child.stderr?.on('data', (chunk: Buffer) => {
			stderr += chunk;
			if (stderr.includes(waits)) respond.emit('now');
		});
		const closed = once(child, 'close');
		await expect.poll(() => posts(step)).toBe(1);
		child.kill('SIGINT');
		const [code] = (await closed) as [number | null];
		proxy.mishap = () => undefined;
		return {code, stderr, ...(JSON.parse(stdout) as {error: ErrorBody})};
	}

	test.each([
		['the face detection', steps.face, lipSync, {face: 1, speech: 0, lipSync: 0}],
		['the speech of a lip-sync', steps.speech, lipSync, {face: 1, speech: 1, lipSync: 0}],
		['the speech of an avatar', steps.speech, avatar, {speech: 1, avatar: 0}],
	])('waits for %s, and nothing else is paid for; the next run uses it', async (_, step, line, paid) => {
		const {code, stderr, error} = await stopAt(step, withFastPolling([...line, ...named]));
		expect({code, stderr, error}).toMatchObject({
			code: 130,
			stderr: expect.stringContaining(waits),
			error: {code: 'interrupted', hint: expect.stringContaining('without paying for the first step again')},
		});
		expect(counts()).toMatchObject(paid);
		await run(...line, ...named);
		expect(counts()).toMatchObject(Object.fromEntries(Object.keys(paid).map((name) => [name, 1])));
	});

	test('shows the links of speech that cannot be requested again, and does not advise to repeat it', async () => {
		const line = ['voice', 'say', 'Good evening to all.', '-o', 'evening.mp3'];
		const {code, stderr, error, ...links} = await stopAt(steps.speech, line);
		expect({code, stderr, error}).toMatchObject({
			code: 130,
			stderr: expect.stringContaining(waits),
			error: {code: 'interrupted', retryable: false, hint: expect.stringContaining('It was paid for')},
		});
		expect(JSON.stringify(links)).toContain('http://127.0.0.1');
	});
});
