import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, describe, expect, test} from 'vitest';
import {planFaults, type Step} from '../../src/sandbox/fault-plan.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {acceptedTasks, badRows, goodFiles, shotList} from '../support/shot-list.js';
import {type Env, envOf, fails, kling, startKling, succeeds} from './kling.js';

const opened: Sandbox[] = [];
afterAll(() => Promise.all(opened.map((sandbox) => sandbox.close())));

interface Setting {
	sandbox: Sandbox;
	cwd: string;
	env: Env;
	run(...args: string[]): ReturnType<typeof kling>;
	document(...args: string[]): Promise<Record<string, unknown>>;
	error(exit: number, ...args: string[]): ReturnType<typeof fails>;
	write(name: string, text: string): void;
	clips(folder?: string): string[];
	state(name?: string): Record<string, unknown>[];
}

async function setting({
	steps = [],
	speed = 1000,
	slots = 1000,
}: {
	steps?: Step[];
	speed?: number;
	slots?: number;
} = {}): Promise<Setting> {
	const sandbox = await startSandbox({speed, slots, faults: planFaults({steps}, () => {})});
	opened.push(sandbox);
	const place = mkdtempSync(path.join(tmpdir(), 'kling-batch-'));
	const cwd = path.join(place, 'work');
	const env: Env = {...envOf(sandbox), XDG_DATA_HOME: path.join(place, 'data')};
	await import('node:fs/promises').then(({mkdir}) => mkdir(cwd));
	const options = {cwd, env};
	return {
		sandbox,
		cwd,
		env,
		run: (...args) => kling(['batch', ...args], options),
		document: (...args) => succeeds(['batch', ...args, '--quiet'], options),
		error: (exit, ...args) => fails(['batch', ...args, '--quiet'], exit, options),
		write: (name, text) => writeFileSync(path.join(cwd, name), text),
		clips: (folder = 'shots') =>
			existsSync(path.join(cwd, folder)) ? readdirSync(path.join(cwd, folder)).sort() : [],
		state: (name = 'shots.csv') =>
			readFileSync(path.join(cwd, `${name}.state.ndjson`), 'utf8')
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line)),
	};
}

const fast = ['--yes', '--interval', '50ms'];

/** The document of a run that failed. */
async function failedRun({run}: Setting, exit: number, ...args: string[]) {
	const {code, stdout, stderr} = await run(...args, '--quiet');
	const document = JSON.parse(stdout) as Record<string, unknown> & {error: {code: string; hint?: string}};
	expect({code, stderr}).toEqual({code: exit, stderr: ''});
	return document;
}

describe('a manifest of forty shots', () => {
	test('is refused as a whole, with row and column, before anything is paid for', async () => {
		const {error, write, sandbox} = await setting();
		write('shots.csv', shotList() + badRows);
		const {problems, message} = await error(2, 'run', 'shots.csv', ...fast);
		expect(message).toBe('shots.csv has 5 problems; nothing was submitted');
		expect((problems as Record<string, unknown>[]).map(({row, shot, column}) => [row, shot, column])).toEqual(
			[
				[42, 'x1', 'duration'],
				[43, 'x2', 'tags'],
				[43, 'x2', 'ratio'],
				[43, 'x2', 'prompt'],
				[44, 'x3', 'takes'],
			],
		);
		expect(sandbox.tasks()).toEqual([]);
	});

	test.skipIf(process.platform === 'win32')(
		'cannot make you wait for a pipe, in its place or named in it',
		async () => {
			const {error, write, cwd, sandbox} = await setting();
			execFileSync('mkfifo', ['pipe.png', 'pipe.csv'], {cwd});
			write('shots.csv', 'id,prompt,first_frame\n1,fox,pipe.png\n2,fox,/dev/zero\n');
			const {problems} = await error(2, 'plan', 'shots.csv');
			const rows = problems as Record<string, unknown>[];
			expect(rows.map(({row, column, code}) => [row, column, code])).toEqual([
				[2, 'first-frame', 'read_error'],
				[3, 'first-frame', 'read_error'],
			]);
			expect(await error(10, 'plan', 'pipe.csv')).toMatchObject({code: 'read_error'});
			expect(sandbox.tasks()).toEqual([]);
		},
	);

	test('that saves outside its folder is pointed out', async () => {
		const {document, write, cwd} = await setting();
		write('shots.csv', 'id,prompt,file\na,a fox,a.mp4\nb,a lake,../b.mp4\nc,a hill,/clips/c.mp4\n');
		const file = path.join(path.dirname(cwd), 'b.mp4');
		expect(await document('plan', 'shots.csv')).toMatchObject({
			warnings: [`The file of b is outside the folder of the list: ${file} (and 1 more)`],
		});
	});

	test.skipIf(process.platform === 'win32')(
		'gives ffmpeg, which reads clips from a server, no keys',
		async () => {
			const {write, cwd, env} = await setting();
			write('ffmpeg', '#!/bin/sh\nenv > "$(dirname "$0")/seen.txt"\n');
			chmodSync(path.join(cwd, 'ffmpeg'), 0o755);
			write(
				'shots.yaml',
				'shots:\n  - {id: a, prompt: a fox}\n  - {id: b, prompt: b, first-frame: "{a.last_frame}"}\n',
			);
			await succeeds(['batch', 'plan', 'shots.yaml', '-q'], {
				cwd,
				env: {...env, PATH: `${cwd}:${process.env.PATH}`},
			});
			const seen = readFileSync(path.join(cwd, 'seen.txt'), 'utf8');
			expect(seen).toContain('KLING_BASE_URL=');
			expect(seen).not.toMatch(/KLING_(ACCESS|SECRET|API)_KEY/);
		},
	);

	test('is priced, made, reported and retried; the same line again costs nothing', async () => {
		const one = await setting();
		const {document, write, sandbox, clips} = one;
		write('shots.csv', shotList());
		expect(await document('plan', 'shots.csv')).toMatchObject({
			shots: 40,
			tasks: 41,
			to_submit: 41,
			states: {new: 41},
			units: '123',
			usd: '17.22',
			models: [{model: 'kling-v3-omni', shots: 40, tasks: 41, units: '123'}],
			tags: [
				{tag: 'client', value: 'acme', shots: 20, tasks: 20, units: '60'},
				{tag: 'client', value: 'beta', shots: 20, tasks: 21, units: '63'},
			],
		});
		const first = await failedRun(one, 3, 'run', 'shots.csv', ...fast);
		expect(first).toMatchObject({
			tasks: 41,
			done: goodFiles,
			failed: 4,
			left: 0,
			files: goodFiles,
			error: {code: 'batch_failed'},
		});
		expect((first.failures as Record<string, unknown>[]).map(({shot, code}) => [shot, code])).toEqual([
			['s7', 'content_policy'],
			['s8', 'task_failed'],
			['s9', 'content_policy'],
			['s10', 'content_policy'],
		]);
		expect(sandbox.tasks().length).toBe(acceptedTasks);
		expect(clips().length).toBe(goodFiles);
		expect(clips()).toEqual(expect.arrayContaining(['s21.mp4', 's21-2.mp4']));

		await failedRun(one, 3, 'run', 'shots.csv', ...fast);
		expect(sandbox.tasks().length).toBe(acceptedTasks);

		expect(await document('status', 'shots.csv')).toMatchObject({
			states: {done: goodFiles, failed: 3, refused: 1},
		});
		expect(await document('report', 'shots.csv', '--unit-price', '0.1')).toMatchObject({
			tasks: acceptedTasks,
			succeeded: goodFiles,
			failed: 3,
			units: String(goodFiles * 3),
			usd: (goodFiles * 0.3).toFixed(2),
			by_tag: [{tag: 'client=acme', tasks: 19, units: String(16 * 3)}, {tag: 'client=beta'}],
		});

		const again = await failedRun(one, 3, 'retry', 'shots.csv', ...fast);
		expect(again).toMatchObject({tasks: 3, failed: 3});
		expect(sandbox.tasks().length).toBe(acceptedTasks + 3);
		expect(new Set(sandbox.tasks().map(({externalId}) => externalId)).size).toBe(acceptedTasks + 3);
	});
});

describe('a run asks before paying', () => {
	test('and when nobody can be asked, requires --yes', async () => {
		const {error, write, sandbox} = await setting();
		write('shots.csv', 'prompt\na fox\n');
		const {code, message, hint} = await error(2, 'run', 'shots.csv');
		expect({code, message, hint}).toEqual({
			code: 'conflicting_input',
			message: 'This submits 1 task for 3 units, about 0.42 USD, and there is no terminal to ask on',
			hint: 'Nothing was submitted. Add --yes to submit them.',
		});
		expect(sandbox.tasks()).toEqual([]);
	});

	test('submits nothing that costs more than --max-units, or whose price is unknown', async () => {
		const {error, document, write, sandbox} = await setting();
		write('shots.csv', 'id,prompt,base-video\na,a fox,\nb,in winter,https://example.com/fox.mp4\n');
		expect(await error(7, 'run', 'shots.csv', ...fast)).toMatchObject({
			code: 'budget_exceeded',
			message: 'The price of 1 task is unknown: b',
		});
		expect(await error(7, 'run', 'shots.csv', ...fast, '--only', 'a', '--max-units', '2.9')).toMatchObject({
			code: 'budget_exceeded',
			message: 'This would cost 3 units; --max-units is 2.9',
		});
		expect(sandbox.tasks()).toEqual([]);
		await document('run', 'shots.csv', ...fast, '--allow-unknown-price', '--max-units', '3');
		expect(sandbox.tasks().length).toBe(2);
	});

	test('and refuses a query that fails on every result of a run', async () => {
		const {error, document, write, sandbox} = await setting();
		write('shots.csv', 'prompt\na fox\n');
		const {code} = await error(2, 'run', 'shots.csv', ...fast, '--query', 'sum(batch)');
		expect({code, tasks: sandbox.tasks()}).toEqual({code: 'invalid_query', tasks: []});
		expect(await document('run', 'shots.csv', ...fast, '--query', '{made: sum([done, failed])}')).toEqual({
			made: 1,
		});
	});

	test('and counts what earlier runs cost, whatever happened to their shots', async () => {
		const {error, document, write, sandbox} = await setting();
		write('shots.csv', 'id,prompt\na,a fox\n');
		await document('run', 'shots.csv', ...fast, '--max-units', '5');
		write('shots.csv', 'id,prompt\na,a red fox\n');
		expect(await error(7, 'run', 'shots.csv', ...fast, '--max-units', '5')).toMatchObject({
			code: 'budget_exceeded',
			message: 'This would cost 3 units, and earlier runs cost 3 units; --max-units is 5',
		});
		expect(sandbox.tasks().length).toBe(1);
		await document('run', 'shots.csv', ...fast, '--max-units', '6');
		expect(sandbox.tasks().length).toBe(2);
		// Finished jobs are no reason to refuse a run.
		await document('run', 'shots.csv', ...fast, '--max-units', '1');
	});

	test('and finds existing files in the way', async () => {
		const {error, write, sandbox, cwd} = await setting();
		write('shots.csv', 'id,prompt,file\na,a fox,fox.mp4\nb,a lake,fox.mp4\n');
		write('fox.mp4', 'mine');
		const {problems} = await error(2, 'run', 'shots.csv', ...fast);
		expect((problems as Record<string, unknown>[]).map(({row, code}) => [row, code])).toEqual([
			[2, 'file_exists'],
			[3, 'invalid_manifest'],
			[3, 'file_exists'],
		]);
		expect(sandbox.tasks()).toEqual([]);
		expect(readFileSync(path.join(cwd, 'fox.mp4'), 'utf8')).toBe('mine');
	});

	test('and finds existing files in the way of the second and later pictures', async () => {
		const {error, write, sandbox} = await setting();
		write('shots.csv', 'id,type,prompt,count,file\na,image,a fox,4,fox.png\nb,image,a lake,1,fox-2.png\n');
		write('fox-3.png', 'mine');
		const {problems} = await error(2, 'run', 'shots.csv', ...fast);
		expect((problems as Record<string, unknown>[]).map(({row, code}) => [row, code])).toEqual([
			[2, 'file_exists'],
			[3, 'invalid_manifest'],
		]);
		write('shots.csv', 'id,type,prompt,count,file\na,image,a fox,4,fox-{index}.png\n');
		expect(await error(2, 'run', 'shots.csv', ...fast)).toMatchObject({problems: [{code: 'file_exists'}]});
		expect(sandbox.tasks()).toEqual([]);
	});

	test('and a file that appears in the way of a later picture while others are made', async () => {
		const {write, sandbox, run, cwd, clips} = await setting({speed: 30});
		write('shots.csv', 'id,type,prompt,count,file,needs\na,create,a fox,,a.mp4,\nb,image,a lake,3,b.png,a\n');
		const running = run('run', 'shots.csv', ...fast);
		while (sandbox.tasks().length === 0) await sleep(20);
		write('b-3.png', 'mine');
		const {code, stdout} = await running;
		expect(code).toBe(3);
		expect(stdout).toContain('"code": "file_exists"');
		expect(sandbox.tasks().length).toBe(1);
		expect(readFileSync(path.join(cwd, 'b-3.png'), 'utf8')).toBe('mine');
		rmSync(path.join(cwd, 'b-3.png'));
		expect((await run('run', 'shots.csv', ...fast)).code).toBe(0);
		expect(clips('.').filter((name) => name.endsWith('.png'))).toEqual(['b-2.png', 'b-3.png', 'b.png']);
	});
});

test('pictures are counted in image units, in the plan, the run and the report', async () => {
	const {document, error, write} = await setting();
	write(
		'mix.csv',
		'id,type,prompt,tags\nclip,create,a fox,for=x\nposter,image,a fox,for=x\ncover,image,a lake,\n',
	);
	expect(await document('plan', 'mix.csv')).toMatchObject({
		...{units: '3', image_units: '16', usd: '0.48'},
		models: [
			{model: 'kling-v3-omni', units: '3', usd: '0.42'},
			{model: 'kling-v3', pack: 'image', units: '16', usd: '0.06'},
		],
		tags: [{tag: 'for', value: 'x', units: '3', image_units: '8', usd: '0.45'}],
	});
	expect(
		await error(7, 'run', 'mix.csv', ...fast, '--max-units', '3', '--max-image-units', '8'),
	).toMatchObject({
		message: 'This would cost 3 units and 16 image units; --max-image-units is 8',
	});
	expect(await document('run', 'mix.csv', ...fast, '--max-units', '3')).toMatchObject({
		...{done: 3, units: '3', image_units: '16'},
	});
	expect(await document('report', 'mix.csv', '--image-unit-price', '0.01')).toMatchObject({
		...{estimated_units: '3', estimated_image_units: '16', units: '3', image_units: '16', usd: '0.58'},
		rows: expect.arrayContaining([
			expect.objectContaining({shot: 'clip', units: '3', usd: '0.42'}),
			expect.objectContaining({shot: 'poster', units: '8', pack: 'image', usd: '0.08'}),
		]),
	});
	expect(await document('status', 'mix.csv')).toMatchObject({units: '3', image_units: '16'});
});

test('the clips of a batch are recognized when state file and journal are lost', async () => {
	const {document, error, write, sandbox, cwd, clips} = await setting();
	write('shots.csv', 'id,prompt\na,a fox\nb,a lake\n');
	await document('run', 'shots.csv', ...fast);
	const before = readFileSync(path.join(cwd, 'shots', 'a.mp4'));
	rmSync(path.join(cwd, 'shots.csv.state.ndjson'));
	rmSync(path.join(cwd, '..', 'data'), {recursive: true});
	write('shots.csv', 'id,prompt\na,a fox\nb,a lake\nc,a hill\n');
	expect(await document('plan', 'shots.csv')).toMatchObject({to_submit: 1});
	expect(await document('run', 'shots.csv', ...fast)).toMatchObject({tasks: 3, done: 3});
	expect(sandbox.tasks()).toHaveLength(3);
	expect(clips()).toEqual(['a.mp4', 'b.mp4', 'c.mp4']);
	expect(readFileSync(path.join(cwd, 'shots', 'a.mp4')).equals(before)).toBe(true);
	expect(await document('report', 'shots.csv')).toMatchObject({tasks: 3, units: '9'});
	// An existing file is still in the way of a clip that was not made.
	write('shots/d.mp4', 'mine');
	write('shots.csv', 'id,prompt\nd,a tree\n');
	expect(await error(2, 'run', 'shots.csv', ...fast)).toMatchObject({problems: [{code: 'file_exists'}]});
});

test('speech, faces and marks are columns; earlier steps of a task are not paid for twice', async () => {
	const {document, error, write, sandbox, cwd, run, env} = await setting();
	const said = 'Good evening, and welcome to the show of tonight.';
	write(
		'talk.yaml',
		`shots:
  - {id: host, type: avatar, image: "https://example.com/face.png", say: "${said}", voice: oversea_male1}
  - {id: clip, type: text2video, model: kling-v2-5-turbo, prompt: a man}
  - {id: dub, type: lip-sync, video: "{clip.video_id}", say: "${said}", voice: oversea_male1}
  - {id: cut, type: edit, video: "{clip.video_id}", mode: remove, prompt: "remove the ball from <<<video_1>>>", mark: ["12:0.5,0.5"]}
`,
	);
	// Two speeches and a detection come before the tasks. The text gives the longest possible speech: 8 s.
	const plan = await document('plan', 'talk.yaml');
	expect(plan).toMatchObject({
		to_submit: 4,
		unknown_price: 0,
		// The clip to edit may be 10 s long.
		units: '11.85',
		warnings: expect.arrayContaining([expect.stringContaining('an upper estimate')]),
	});
	expect(await error(7, 'run', 'talk.yaml', ...fast, '--max-units', '8')).toMatchObject({
		code: 'budget_exceeded',
	});
	expect(sandbox.tasks()).toEqual([]);
	const made = await document('run', 'talk.yaml', ...fast);
	// The speech lasted 3.7 s.
	expect(made).toMatchObject({done: 4, failed: 0, files: 4, units: '6.75'});
	expect(await document('report', 'talk.yaml')).toMatchObject({
		tasks: 4,
		units: '6.75',
		estimated_units: '6.75',
		rows: expect.arrayContaining([
			expect.objectContaining({shot: 'host', units: '1.6', units_before: '0.05'}),
			expect.objectContaining({shot: 'dub', units: '0.5', units_before: '0.1'}),
		]),
	});
	expect(await succeeds(['cost', 'report', '--by', 'batch', '-q'], {cwd, env})).toMatchObject({
		groups: [{group: 'talk', tasks: 7, estimated_units: 6.75, billed_units: 6.75}],
	});
	const calls = () => sandbox.tasks().map(({type}) => type);
	expect(calls().filter((type) => type === 'speech')).toHaveLength(2);
	expect(calls().filter((type) => type === 'faces')).toHaveLength(1);
	// A run that died after the speech resumes with it.
	const state = path.join(cwd, 'talk.yaml.state.ndjson');
	const lines = readFileSync(state, 'utf8')
		.split('\n')
		.filter((line) => line.includes('"prepared"'));
	expect(lines).toHaveLength(4);
	writeFileSync(state, `${lines.filter((line) => line.includes('"host"')).join('\n')}\n`);
	rmSync(path.join(cwd, '..', 'data'), {recursive: true});
	rmSync(path.join(cwd, 'talk'), {recursive: true});
	const before = sandbox.tasks().length;
	// Existing results count with their actual cost.
	expect(await document('plan', 'talk.yaml', '--only', 'host')).toMatchObject({units: '1.6'});
	await run('run', 'talk.yaml', ...fast, '--only', 'host');
	expect(sandbox.tasks()).toHaveLength(before);
});

test('a plan warns of a budget that is too small for it, and counts only what is left to make', async () => {
	const {write, document, cwd, env, run} = await setting();
	await succeeds(['cost', 'budget', 'set', '6', '--per', 'month', '--tag', 'client=acme', '-q'], {cwd, env});
	await succeeds(['cost', 'budget', 'set', '100', '--per', 'month', '-q'], {cwd, env});
	const warnings = async () => (await document('plan', 'shots.csv')).warnings;
	write('shots.csv', 'id,prompt,tags\na,a fox,client=acme\nb,a hare,\nc,an owl,client=acme\n');
	expect(await warnings()).toBeUndefined();
	write('shots.csv', 'id,prompt,tags\na,a fox,client=acme\nb,a hare,client=acme\nc,an owl,client=acme\n');
	expect(await warnings()).toEqual([
		expect.stringMatching(/^This would cost 9 units, and 6 are left of .+ 6 units per month for client=acme/),
	]);
	const {code, stderr} = await run('run', 'shots.csv', ...fast);
	expect({code, stderr}).toMatchObject({
		code: 7,
		stderr: expect.stringContaining('Warning: This would cost 9'),
	});
	// Two were made, so the rest costs 3 units and none is left.
	expect(await warnings()).toEqual([expect.stringMatching(/^This would cost 3 units, and 0 are left/)]);
});

test('a retry that has nothing to do says so', async () => {
	const {write, run} = await setting();
	write('shots.csv', 'id,prompt\na,a fox [reject]\nb,a hare\n');
	expect((await run('run', 'shots.csv', ...fast)).code).toBe(3);
	const {code, stderr} = await run('retry', 'shots.csv', ...fast);
	expect({code, stderr}).toMatchObject({
		code: 0,
		stderr: expect.stringContaining('Nothing to retry. To see'),
	});
});

test('a pick that is not in the list is kept, with a warning', async () => {
	const {write, cwd, env} = await setting();
	write('shots.csv', 'id,prompt,takes\nfox,a fox,2\n');
	const pick = (...words: string[]) => kling(['pick', ...words, '--in', 'shots.csv'], {cwd, env});
	expect((await pick('fox=2')).stderr).toBe('');
	const {code, stdout, stderr} = await pick('fox=3', 'fix=1', 'fex=none');
	expect({code, stderr}).toEqual({
		code: 0,
		stderr:
			'Warning: in shots.csv, fox has no take 3\nWarning: shots.csv has no shot fix\nWarning: shots.csv has no shot fex\n',
	});
	expect(JSON.parse(stdout)).toMatchObject({count: 3});
	write('broken.yaml', '{');
	expect((await kling(['pick', 'fox=1', '--in', 'broken.yaml'], {cwd, env})).code).toBe(0);
});

test('a run warns only about what it would submit', async () => {
	const {write, document, run} = await setting();
	const image = 'https://example.com/a.png | https://example.com/b.png';
	write('shots.csv', `id,type,prompt,image\na,multi-image,a fox,${image}\nb,create,a hare,\n`);
	expect(await document('plan', 'shots.csv')).toMatchObject({
		warnings: [expect.stringContaining('multi-image')],
	});
	expect((await run('run', 'shots.csv', ...fast)).stderr).toContain('Warning: Kling announced');
	expect(await document('plan', 'shots.csv')).not.toHaveProperty('warnings');
	expect((await run('run', 'shots.csv', ...fast)).stderr).not.toContain('Warning');
});

test('shots that together exceed a budget pay for no speech of a task that they cannot submit', async () => {
	const {write, sandbox, cwd, run, env} = await setting();
	await succeeds(['cost', 'budget', 'set', '1.25', '--per', 'day', '-q'], {cwd, env});
	const rows = ['one', 'two', 'three', 'four'].map(
		(word) =>
			`${word},lip-sync,900000000123456101,"Good evening, and welcome to show ${word}.",oversea_male1`,
	);
	write('shots.csv', ['id,type,video,say,voice', ...rows].join('\n'));
	expect((await run('run', 'shots.csv', ...fast, '--tag', 'a=b')).code).toBe(7);
	const count = (name: string) => sandbox.tasks().filter(({type}) => type === name).length;
	expect([count('speech'), count('lip-sync')]).toEqual([1, 1]);
	// The next run uses what is left of the budget, whatever the first one has reserved.
	await succeeds(['cost', 'budget', 'set', '5', '--per', 'day', '-q'], {cwd, env});
	expect((await run('run', 'shots.csv', ...fast)).code).toBe(0);
	expect([count('speech'), count('lip-sync')]).toEqual([4, 4]);
});

test('a list may have numbers as spreadsheets write them', async () => {
	const {run, write, error} = await setting();
	write(
		'shots.csv',
		'id;type;prompt;model;duration;cfg-scale;takes\na;text2video;a fox;kling-v3;5,0;0,7;2.0\n',
	);
	const {stdout, code} = await run('plan', 'shots.csv');
	expect(code).toBe(0);
	expect(JSON.parse(stdout)).toMatchObject({tasks: 2, units: '6'});
	// A damaged cell is one problem.
	write('damaged.csv', 'id;type;video-id;image\na;extend;9,0000000001E+17;\nb;image2video;;#N/A\n');
	const {problems} = await error(2, 'plan', 'damaged.csv');
	expect(problems).toEqual([
		expect.objectContaining({row: 2, column: 'video-id'}),
		expect.objectContaining({row: 3, column: 'image'}),
	]);
});

test.each<[string, string, RegExp]>([
	['id,type,image,say\na,avatar,https://example.com/a.png,hello', 'conflicting_input', /--say needs a voice/],
	[
		'id,type,image,say,voice\na,avatar,https://example.com/a.png,Hi.,oversea_male1',
		'invalid_audio',
		/takes at most 1.4 s to say/,
	],
	['id,type,video,audio-id\na,lip-sync,talk.mp4,5', 'invalid_url', /is a file/],
	['id,type,audio-id\na,lip-sync,5', 'missing_video_id', /--video is missing/],
	['id,type,video,mode,prompt,mark\na,edit,1,remove,x,12', 'invalid_mark', /12/],
	['id,type,prompt,say\na,create,a fox,hello', 'invalid_manifest', /has no say/],
	['id,prompt\na,#NAME?', 'invalid_manifest', /'#NAME\?' is the error of a formula/],
	['id,type,video-id\na,extend,9.0000000001E+17', 'invalid_manifest', /has shortened/],
])('a manifest with %j is refused before anything is paid for', async (list, code, message) => {
	const {error, write, sandbox} = await setting();
	write('shots.csv', `${list}\n`);
	const {problems} = await error(2, 'run', 'shots.csv', ...fast);
	expect(problems).toContainEqual(expect.objectContaining({code, message: expect.stringMatching(message)}));
	expect(sandbox.tasks()).toEqual([]);
});

test('a plain word after -o is a folder, also for a single shot', async () => {
	const {write, document, clips} = await setting();
	write('shots.csv', 'id,prompt\na,a fox\nb,a hare\n');
	await document('run', 'shots.csv', '--only', 'a', '-o', 'klips', ...fast);
	expect(clips('klips')).toEqual(['a.mp4']);
	await document('run', 'shots.csv', '-o', 'klips', ...fast);
	expect(clips('klips')).toEqual(['a.mp4', 'b.mp4']);
});

test('what failed in one part of a list is retried in that part, into the same files', async () => {
	const one = await setting();
	one.write('shots.csv', 'id,prompt\na1,a fox [fail]\na2,a hare\nb1,an owl [fail]\n');
	const typed = ['--only', 'a*', '-o', 'klips/{id}.{ext}', ...fast];
	const {error} = await failedRun(one, 3, 'run', 'shots.csv', ...typed);
	const retry = "kling batch retry shots.csv --output 'klips/{id}.{ext}' --interval 50ms --shots a1";
	expect(error.hint).toBe(`Submit them again under new names: ${retry}`);
	// What a retry begins, a run ends: with its shots only.
	one.write('shots.csv', 'id,prompt\na1,a fox [reject]\na2,a hare\nb1,an owl [fail]\n');
	const again = ['--shots', 'a1', '-o', 'klips/{id}.{ext}', '--yes'];
	const refused = await failedRun(one, 3, 'retry', 'shots.csv', ...again);
	expect(refused.error.hint).toBe(
		"Change what was refused, then run the same line again: kling batch run shots.csv --output 'klips/{id}.{ext}' --yes --only a1",
	);
});

test('a failure that only status has seen is in the report after the next run', async () => {
	const one = await setting({speed: 40});
	one.write('shots.csv', 'id,prompt\na,a fox [fail]\n');
	await failedRun(one, 8, 'run', 'shots.csv', '--yes', '--timeout', '1ms');
	await expect
		.poll(async () => (await one.document('status', 'shots.csv')).states, {timeout: 20_000})
		.toEqual({failed: 1});
	expect(await failedRun(one, 3, 'run', 'shots.csv', ...fast)).toMatchObject({
		failures: [{code: 'content_policy', message: expect.stringContaining('risk control')}],
	});
	expect(await one.document('report', 'shots.csv')).toMatchObject({
		failed: 1,
		units: '0',
		rows: [{status: 'failed'}],
	});
	expect(await one.document('report', 'shots.csv')).not.toHaveProperty('not_billed_yet');
});

test('speech that cannot be used is a refusal with its reason, and is not paid for again', async () => {
	const one = await setting();
	one.write(
		'shots.csv',
		'id,type,image,say,voice\na,avatar,https://example.com/a.png,Guten Abend.,oversea_male1\n',
	);
	const reason = {code: 'invalid_audio', message: expect.stringContaining('The speech was made, and lasts')};
	for (const units of ['0.05', '0'])
		expect(await failedRun(one, 3, 'run', 'shots.csv', ...fast)).toMatchObject({units, failures: [reason]});
	expect(await one.document('status', 'shots.csv')).toMatchObject({
		states: {refused: 1},
		shots: [{state: 'refused', ...reason}],
	});
	expect(one.sandbox.tasks().filter(({type}) => type === 'speech')).toHaveLength(1);
	expect(await one.document('report', 'shots.csv')).toMatchObject({units: '0.05'});
});

test('a video with several faces fails only its own shot, and says how to choose', async () => {
	const {write, run, sandbox} = await setting();
	write(
		'two.csv',
		'id,type,video,audio-id,end,face\na,lip-sync,https://example.com/two-faces.mp4,920000000000000001,4s,9\n',
	);
	const {stdout} = await run('run', 'two.csv', ...fast, '--quiet');
	const {failures} = JSON.parse(stdout);
	expect(failures).toMatchObject([
		{shot: 'a', code: 'invalid_face', message: expect.stringContaining('face 9')},
	]);
	expect(sandbox.tasks().filter(({type}) => type !== 'faces')).toEqual([]);
});

test('what the account’s standard lacks is a problem of the plan, not of the run', async () => {
	const {write, cwd, sandbox, env} = await setting();
	write('shots.csv', 'id,type,prompt,negative\na,text2video,a fox,rain\n');
	const withKey = {...env, KLING_ACCESS_KEY: '', KLING_SECRET_KEY: '', KLING_API_KEY: sandbox.apiKey};
	const {problems} = await fails(['batch', 'plan', 'shots.csv', '-q'], 2, {cwd, env: withKey});
	expect(problems).toMatchObject([
		{row: 2, column: 'negative', message: 'The newer standard of the API has no --negative'},
	]);
	await succeeds(['batch', 'plan', 'shots.csv', '--api', 'v1', '-q'], {cwd, env: withKey});
});

test('elements and voices can be named in a manifest, and an unknown name is a problem of its row', async () => {
	const {document, error, write, env, cwd, sandbox} = await setting();
	const fox = 'https://example.com/fox.png';
	await succeeds(
		[
			...['element', 'create', '--name', 'mia', '--description', 'a woman', '--image', fox],
			...['--ref-image', fox, '--wait', '-q'],
		],
		{env: {...env, XDG_DATA_HOME: path.join(cwd, 'elsewhere')}, cwd},
	);
	write('cast.csv', 'id,prompt,element\na,<<<element_1>>> walks,mia\nb,<<<element_1>>> sits,mia\n');
	expect(await document('run', 'cast.csv', ...fast)).toMatchObject({done: 2});
	expect(sandbox.tasks().filter(({type}) => type === 'create')).toHaveLength(2);
	write('more.csv', 'id,prompt,element\na,<<<element_1>>> walks,nobody\n');
	expect(await error(2, 'plan', 'more.csv')).toMatchObject({
		problems: [
			{
				row: 2,
				column: 'element',
				code: 'invalid_element',
				message: 'There is no element nobody in this account',
			},
		],
	});
});

test('an edited shot is a new task, and its earlier clip is kept', async () => {
	const {document, write, sandbox, clips} = await setting();
	write('shots.csv', 'id,prompt\na,a fox\nb,a lake\n');
	await document('run', 'shots.csv', ...fast);
	// Inserting a row first renames nothing, and the order does not matter.
	write('shots.csv', 'id,prompt\nc,a hill\nb,a lake\na,a red fox\n');
	expect(await document('plan', 'shots.csv')).toMatchObject({
		states: {new: 1, done: 1, changed: 1},
		to_submit: 2,
	});
	await document('run', 'shots.csv', ...fast);
	expect(sandbox.tasks().length).toBe(4);
	expect(clips()).toEqual(['a.earlier-1.mp4', 'a.mp4', 'b.mp4', 'c.mp4']);
	expect(await document('report', 'shots.csv')).toMatchObject({tasks: 4, units: '12'});
});

test('a task whose row is gone is named until its clip is saved', async () => {
	const {document, write, run, clips, state, cwd, env, sandbox} = await setting();
	write('shots.csv', 'id,prompt\na,a fox\nb,a lake\n');
	await document('run', 'shots.csv', ...fast);
	// As if the run had been killed while it was saving b.
	const lines = state().filter(({shot, event}) => shot !== 'b' || event !== 'saved');
	const id = lines.find(({shot, event}) => shot === 'b' && event === 'submitted')?.task_id;
	write('shots.csv.state.ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
	rmSync(path.join(cwd, 'shots', 'b.mp4'));
	rmSync(env.XDG_DATA_HOME as string, {recursive: true});

	write('shots.csv', 'id,prompt\na,a fox\n');
	const line = `video download ${id} -o shots/b.mp4 --wait`;
	const warning = `A task was submitted for an earlier row, and its result is not saved (b). To save: kling ${line}`;
	expect(await document('plan', 'shots.csv')).toMatchObject({warnings: [warning]});
	const {stderr, code} = await run('run', 'shots.csv', ...fast);
	expect({code, stderr}).toMatchObject({code: 0, stderr: expect.stringContaining(`Warning: ${warning}`)});
	await succeeds(line.split(' '), {cwd, env});
	expect(clips()).toEqual(['a.mp4', 'b.mp4']);
	expect(await document('plan', 'shots.csv')).not.toHaveProperty('warnings');
	expect(sandbox.tasks()).toHaveLength(2);
});

test('a renamed list is not paid for again', async () => {
	const {document, error, write, sandbox, cwd} = await setting();
	write('shots.csv', 'id,prompt\na,a fox\nb,a lake\n');
	await document('run', 'shots.csv', ...fast);
	renameSync(path.join(cwd, 'shots.csv'), path.join(cwd, 'film.csv'));
	for (const command of ['plan', 'run']) {
		const {problems} = await error(2, command, 'film.csv', ...(command === 'run' ? fast : []));
		expect(problems).toEqual([
			{
				code: 'invalid_manifest',
				message:
					'2 tasks of this list were made under its earlier name, shots.csv, and would be paid for again',
				hint: 'If you renamed the list, also rename shots.csv.state.ndjson to film.csv.state.ndjson. To make everything again, move shots.csv.state.ndjson to another folder.',
			},
		]);
	}
	renameSync(path.join(cwd, 'shots.csv.state.ndjson'), path.join(cwd, 'film.csv.state.ndjson'));
	expect(await document('run', 'film.csv', ...fast)).toMatchObject({batch: 'shots', done: 2, units: '0'});
	expect(sandbox.tasks()).toHaveLength(2);
	// Another list is not held up by a state file whose list was deleted.
	rmSync(path.join(cwd, 'film.csv'));
	write('other.csv', 'id,prompt\na,a hill\n');
	expect(await document('plan', 'other.csv')).toMatchObject({states: {new: 1}});
});

test('shots use the results of others, and wait for them', async () => {
	const {document, write, sandbox, clips} = await setting();
	write(
		'film.yaml',
		`vars: {hero: a red fox}
shots:
  - {id: sound, type: add-sound, video-id: "{night.video_id}", sound: wind}
  - {id: night, type: text2video, model: kling-v2-5-turbo, prompt: "{hero} at night"}
  - {id: next, type: create, prompt: it goes on, ref-video: "{night.video_url}"}
  - {id: end, prompt: "it looks up", needs: "sound, next"}
`,
	);
	await document('run', 'film.yaml', ...fast, '--allow-unknown-price');
	const types = sandbox.tasks().map(({type}) => type);
	expect(types.slice(0, 1)).toEqual(['text2video']);
	expect([...types].sort()).toEqual(['add-sound', 'create', 'create', 'text2video']);
	expect(clips('film')).toEqual(['end.mp4', 'next.mp4', 'night.mp4', 'sound.mp4']);
	// The link of the clip differs each time, which does not make it another task.
	expect(await document('plan', 'film.yaml')).toMatchObject({states: {done: 4}, to_submit: 0});
});

describe('whatever happens, the same command line continues, and nothing is paid for twice', () => {
	const count = 24;
	const list = `id,prompt\n${Array.from({length: count}, (_, index) => `s${index},shot ${index}`).join('\n')}\n`;
	const names = (sandbox: Sandbox) => sandbox.tasks().map(({externalId}) => externalId);
	const expectOnce = (sandbox: Sandbox) => {
		expect(names(sandbox).length).toBe(count);
		expect(new Set(names(sandbox)).size).toBe(count);
	};

	test('after lost responses, full slots, servers in trouble and broken downloads', async () => {
		const {document, write, sandbox, clips} = await setting({
			slots: 5,
			steps: [
				{fault: 'lost-answer', times: 3},
				{fault: 'server-timeout', after: 4, times: 1},
				{fault: 'rate-limit', after: 3, times: 2},
				{fault: 'bad-gateway', after: 9, times: 2},
				{fault: 'cut-download', times: 3},
				{fault: 'expired-link', after: 4, times: 1},
			],
		});
		write('shots.csv', list);
		expect(await document('run', 'shots.csv', ...fast)).toMatchObject({done: count, files: count});
		expectOnce(sandbox);
		expect(clips().length).toBe(count);
	});

	test('after kill -9 at random moments', async () => {
		const one = await setting({slots: 5, speed: 400});
		const {write, sandbox, clips, document, cwd, env} = one;
		write('shots.csv', list);
		for (let round = 0; round < 5; round++) {
			const child = startKling(['batch', 'run', 'shots.csv', ...fast], {cwd, env});
			child.stdout?.resume();
			child.stderr?.resume();
			const ended = once(child, 'close');
			setTimeout(() => child.kill('SIGKILL'), 350 + Math.random() * 900);
			await ended;
		}
		expect(await document('run', 'shots.csv', ...fast)).toMatchObject({done: count, files: count});
		expectOnce(sandbox);
		expect(clips()).toEqual(Array.from({length: count}, (_, index) => `s${index}.mp4`).sort());
	});

	test('after the state file, the journal, or both are gone', async () => {
		const one = await setting();
		const {write, sandbox, document, cwd, env} = one;
		write('shots.csv', list);
		await document('run', 'shots.csv', ...fast);
		rmSync(path.join(cwd, 'shots.csv.state.ndjson'));
		expect(await document('plan', 'shots.csv')).toMatchObject({states: {done: count}});
		rmSync(env.XDG_DATA_HOME as string, {recursive: true});
		rmSync(path.join(cwd, 'shots'), {recursive: true});
		expect(await document('run', 'shots.csv', ...fast)).toMatchObject({done: count, files: count});
		expectOnce(sandbox);
	});

	test('when two runs of it begin at once, here and on another machine', async () => {
		const here = await setting({speed: 400, slots: 30});
		const {write, sandbox, cwd, env} = here;
		write('shots.csv', list);
		const other = mkdtempSync(path.join(tmpdir(), 'kling-batch-other-'));
		writeFileSync(path.join(other, 'shots.csv'), list);
		const elsewhere: Env = {...env, XDG_DATA_HOME: path.join(other, 'data')};
		const [first, second, third] = await Promise.all([
			kling(['batch', 'run', 'shots.csv', ...fast, '-q'], {cwd, env, alone: true}),
			kling(['batch', 'run', 'shots.csv', ...fast, '-q'], {cwd, env, alone: true}),
			kling(['batch', 'run', 'shots.csv', ...fast, '-q'], {cwd: other, env: elsewhere, alone: true}),
		]);
		expect([first.code, second.code].sort((a, b) => Number(a) - Number(b))).toEqual([0, 10]);
		const refused = JSON.parse((first.code === 10 ? first : second).stdout);
		expect(refused.error).toMatchObject({
			code: 'file_busy',
			hint: expect.stringContaining('kling batch status shots.csv'),
		});
		expect(third.code).toBe(0);
		expect(readdirSync(path.join(other, 'shots')).length).toBe(count);
		expectOnce(sandbox);
	});

	test('when two batches with differently named shots want the same file', async () => {
		const {write, sandbox, cwd, env} = await setting({speed: 100});
		const run = (file: string) => kling(['batch', 'run', file, ...fast, '-q'], {cwd, env, alone: true});
		write('a.csv', 'id,prompt,file\nfox,a fox,clip.mp4\n');
		write('b.csv', 'id,prompt,file\nhare,a hare,clip.mp4\n');
		const ends = await Promise.all([run('a.csv'), run('b.csv')]);
		expect(ends.map(({code}) => code).sort()).not.toEqual([0, 0]);
		expect(readdirSync(cwd)).toContain('clip.mp4');
		expect(names(sandbox)).toHaveLength(1);
	});

	test('after Ctrl-C', async () => {
		const one = await setting({slots: 3, speed: 100});
		const {write, sandbox, cwd, env, document} = one;
		write('shots.csv', list);
		const child = startKling(['batch', 'run', 'shots.csv', ...fast], {cwd, env});
		let stdout = '';
		child.stdout?.on('data', (chunk: Buffer) => {
			stdout += chunk.toString();
		});
		child.stderr?.once('data', () => setTimeout(() => child.kill('SIGINT'), 1200));
		child.stderr?.resume();
		const [code] = await once(child, 'close');
		const stopped = JSON.parse(stdout);
		expect(code).toBe(130);
		expect(stopped.error).toMatchObject({
			code: 'interrupted',
			hint: expect.stringContaining('Run the same line again: kling batch run shots.csv --yes'),
		});
		expect(stopped.left).toBeGreaterThan(0);
		expect(await document('run', 'shots.csv', ...fast)).toMatchObject({done: count});
		expectOnce(sandbox);
	});

	test('when the time is up, with the flags that were typed: no other shot is made, and no other file', async () => {
		const one = await setting({speed: 1});
		one.write('shots.csv', 'id,prompt\na1,a fox\na2,a hare\nb1,an owl\n');
		const typed = ['--only', 'a*', '-o', 'klips/{id}.{ext}', '--max-units', '9', '-y', '--timeout', '100ms'];
		const {error} = await failedRun(one, 8, 'run', 'shots.csv', ...typed);
		expect(error.hint).toMatch(
			/same line again: kling batch run shots\.csv --only 'a\*' --output 'klips\/{id}\.{ext}' --max-units 9 --yes --timeout 100ms$/,
		);
		expect(one.sandbox.tasks()).toHaveLength(2);
	});

	test('when the disk is full', async () => {
		const one = await setting();
		const {write, sandbox, cwd, env, document} = one;
		write('shots.csv', list);
		// To a process, a limit on file sizes is a full disk. Clips have 110 kB.
		const child = spawn(
			'bash',
			[
				'-c',
				`ulimit -f 60; exec "$0" "$@"`,
				process.execPath,
				path.join(import.meta.dirname, '..', '..', 'bin', 'run.js'),
				'batch',
				'run',
				'shots.csv',
				...fast,
				'-q',
			],
			{
				cwd,
				env: {PATH: process.env.PATH, HOME: cwd, ...env},
				stdio: ['ignore', 'pipe', 'inherit'],
			},
		);
		let stdout = '';
		child.stdout.on('data', (chunk: Buffer) => {
			stdout += chunk.toString();
		});
		const [code] = await once(child, 'close');
		const {error} = JSON.parse(stdout);
		expect({code, error}).toMatchObject({
			code: 10,
			error: {code: 'disk_full', hint: expect.stringContaining('Make room on the disk')},
		});
		expect(await document('run', 'shots.csv', ...fast)).toMatchObject({done: count, files: count});
		expectOnce(sandbox);
	});
});

test('a failed shot stops those that need it, and with --fail-fast all that are not submitted', async () => {
	const one = await setting();
	one.write('shots.csv', 'id,prompt,needs\na,[fail] a,\nb,b,a\nc,c,b\n');
	const chain = await failedRun(one, 3, 'run', 'shots.csv', ...fast);
	expect(chain).toMatchObject({done: 0, failed: 1, skipped: 2});
	one.write(
		'many.csv',
		`id,prompt\n${Array.from({length: 12}, (_, index) => `m${index},[reject] ${index}`).join('\n')}\n`,
	);
	const many = await failedRun(one, 3, 'run', 'many.csv', ...fast, '--fail-fast', '--jobs', '1');
	expect(many).toMatchObject({
		done: 0,
		failed: 1,
		left: 11,
		error: {hint: expect.stringContaining('Change what was refused')},
	});
	// The same command line again: the failed shot counts as before, and those that need it wait for a retry.
	const again = await failedRun(one, 3, 'run', 'shots.csv', ...fast);
	expect(again).toMatchObject({done: 0, failed: 1, skipped: 2});
	expect(one.sandbox.tasks().length).toBe(1);
});

test('shots for which no slot was free are new, not refused', async () => {
	const {run, document, write} = await setting({slots: 1, speed: 1});
	write('shots.csv', 'id,prompt\na,a fox\nb,a lake\n');
	expect((await run('run', 'shots.csv', ...fast, '--jobs', '2', '--timeout', '3s')).code).toBe(8);
	expect(await document('status', 'shots.csv')).toMatchObject({states: {running: 1, new: 1}});
	expect(await document('plan', 'shots.csv')).toMatchObject({states: {running: 1, new: 1}, to_submit: 1});
});

test('takes that were rejected in the gallery are remade', async () => {
	const {document, run, write, sandbox, clips} = await setting();
	write('shots.csv', 'id,prompt,takes\na,a fox,2\nb,a lake,\n');
	await document('run', 'shots.csv', ...fast);
	const {stdout} = await run('retry', 'shots.csv', '--rejected', ...fast);
	expect(JSON.parse(stdout).error).toMatchObject({
		code: 'read_error',
		message: expect.stringContaining('No take was picked or rejected yet'),
		hint: expect.stringContaining('kling gallery serve shots.csv'),
	});
	write(
		'picks.json',
		'{"version": 1, "picks": {"a": {"take": 1}}, "takes": {"a": {"2": {"rejected": true}}}}',
	);
	expect(await document('retry', 'shots.csv', '--rejected', ...fast)).toMatchObject({tasks: 1, done: 1});
	expect(sandbox.tasks().length).toBe(4);
	expect(clips()).toEqual(['a-2.earlier-1.mp4', 'a-2.mp4', 'a.mp4', 'b.mp4']);
	expect(await document('run', 'shots.csv', ...fast)).toMatchObject({done: 3});
	// The new take has not been reviewed.
	expect(await document('retry', 'shots.csv', '--rejected', ...fast)).toMatchObject({tasks: 0});
	expect(sandbox.tasks().length).toBe(4);
});

test('events report each step, on stderr and in a file, and a command runs at the end', async () => {
	const {run, write, cwd} = await setting();
	write('shots.csv', 'id,prompt\na,a fox\nb,[fail] b\n');
	const {code, stderr} = await run(
		'run',
		'shots.csv',
		...fast,
		'--events',
		'events.ndjson',
		'--on-done',
		'echo "$KLING_BATCH $KLING_DONE $KLING_FAILED $KLING_EXIT" > done.txt',
	);
	expect(code).toBe(3);
	const events = stderr
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	expect(events).toEqual(
		readFileSync(path.join(cwd, 'events.ndjson'), 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line)),
	);
	const about = (shot: string) => events.filter((event) => event.shot === shot).map(({event}) => event);
	expect(about('a')).toEqual(['submitted', 'succeeded', 'saving', 'saved']);
	expect(about('b')).toEqual(['submitted', 'failed', 'shot_failed']);
	expect(readFileSync(path.join(cwd, 'done.txt'), 'utf8')).toBe('shots 1 1 3\n');
});

test('a command at the end that hangs is ended', async () => {
	const {run, write} = await setting();
	write('shots.csv', 'prompt\na fox\n');
	const {code, stderr} = await run(
		'run',
		'shots.csv',
		...fast,
		'--on-done',
		'sleep 100',
		'--on-done-timeout',
		'100ms',
	);
	expect(code).toBe(0);
	expect(stderr).toContain('Warning: --on-done took too long and was stopped');
});

test('a state file that was cut or edited does no harm', async () => {
	const {document, write, sandbox, cwd} = await setting();
	write('shots.csv', 'id,prompt\na,a fox\n');
	await document('run', 'shots.csv', ...fast);
	appendFileSync(
		path.join(cwd, 'shots.csv.state.ndjson'),
		'{"event":"saved","shot":3}\nnull\n[]\n{"event":"subm',
	);
	write('shots.csv', 'id,prompt\na,a fox\nb,a lake\n');
	expect(await document('run', 'shots.csv', ...fast)).toMatchObject({done: 2});
	expect(sandbox.tasks().length).toBe(2);
});

test('status looks up many tasks with one request, and finished ones with none', async () => {
	const {write, run, document, env, cwd} = await setting({speed: 1, slots: 100});
	write(
		'shots.csv',
		`id,prompt\n${Array.from({length: 30}, (_, index) => `s${index},shot ${index}`).join('\n')}\n`,
	);
	await run('run', 'shots.csv', ...fast, '--timeout', '6s', '-q');
	const {stderr, stdout} = await kling(['batch', 'status', 'shots.csv', '--debug', '--query', 'states'], {
		cwd,
		env,
	});
	expect(JSON.parse(stdout)).toEqual({running: 30});
	expect(stderr.match(/debug: GET/g)?.length).toBe(1);
	expect(await document('plan', 'shots.csv')).toMatchObject({states: {running: 30}, to_submit: 0});
});
