import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {readManifest} from '../../src/lib/batch/read-manifest.js';
import {planFaults} from '../../src/sandbox/fault-plan.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {cleanEnv, type Env, envOf, kling, startKling} from '../e2e/kling.js';
import {newcomer} from '../support/newcomer.js';
import {settleIn} from '../support/page-runs.js';
import {blocksOf} from '../support/pages.js';
import {shotList} from '../support/shot-list.js';

const opened: Sandbox[] = [];
afterAll(() => Promise.all(opened.map((sandbox) => sandbox.close())));

const place = () => mkdtempSync(path.join(tmpdir(), 'kling-batch-system-'));

describe('a list saved by LibreOffice', () => {
	/** Most of the time of a first start is spent filling it. */
	const profile = path.join(place(), 'profile');

	/**
	 * Has LibreOffice open a CSV file and save it as CSV again, with another delimiter and encoding.
	 * @returns the only file that it made
	 */
	function saved(text: string, filter: string): string {
		const cwd = place();
		writeFileSync(path.join(cwd, 'in.csv'), text);
		const output = path.join(cwd, 'out');
		// Token 7 of the filter: 76 is UTF-8; quoted fields are text.
		const convert = [
			'--headless',
			`-env:UserInstallation=file://${profile}`,
			'--infilter=Text - txt - csv (StarCalc):44,34,76,1',
			'--convert-to',
			filter,
			'--outdir',
			output,
			'in.csv',
		];
		const {status, stderr} = spawnSync('soffice', convert, {
			cwd,
			encoding: 'utf8',
			env: {...cleanEnv, HOME: cwd},
		});
		expect({status, stderr: status === 0 ? '' : stderr}).toEqual({status: 0, stderr: ''});
		const names = readdirSync(output);
		expect(names).toHaveLength(1);
		return path.join(output, names[0] ?? '');
	}

	test.each([
		['with commas', 'csv:Text - txt - csv (StarCalc):44,34,76,1'],
		['with semicolons and all texts in quotes', 'csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true'],
		[
			'with tabs and a byte order mark',
			'tsv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false,false,false,-1,true',
		],
	])(
		'%s is read as it was',
		async (_, filter) => {
			const cwd = place();
			writeFileSync(path.join(cwd, 'shots.csv'), shotList());
			const before = await readManifest(path.join(cwd, 'shots.csv'));
			const after = await readManifest(saved(shotList(), filter));
			expect(after.problems).toEqual([]);
			expect(after.rows).toEqual(before.rows);
		},
		120_000,
	);
});

describe('with ffmpeg', () => {
	test('the film of the guide is made: a shot begins with the last frame of another, and the clips are joined', async () => {
		const user = await newcomer();
		const [script = ''] = blocksOf('docs/batch-guide.md')
			.filter(({heading, language}) => heading === 'Shots that use other shots' && language === 'sh')
			.map(({text}) => text);
		const {code, output} = await user.sh(`set -e\n${await settleIn(user, script)}`);
		expect({code, output: code === 0 ? '' : output}).toEqual({code: 0, output: ''});
		expect(readdirSync(path.join(user.cwd, 'fox-film')).sort()).toEqual([
			'close-sound.mp4',
			'close.mp4',
			'wide.last.png',
			'wide.mp4',
		]);
		const {stdout} = spawnSync(
			'ffprobe',
			['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path.join(user.cwd, 'film.mp4')],
			{encoding: 'utf8'},
		);
		expect(Number(stdout)).toBeGreaterThan(9);
	});

	test('without it, an error says so before anything is paid for', async () => {
		const sandbox = await startSandbox();
		opened.push(sandbox);
		const cwd = place();
		writeFileSync(
			path.join(cwd, 'film.yaml'),
			'shots:\n  - {id: a, prompt: a fox}\n  - {id: b, prompt: b, first-frame: "{a.last_frame}"}\n',
		);
		const {code, stdout} = await kling(['batch', 'run', 'film.yaml', '--yes', '-q'], {
			cwd,
			env: {...envOf(sandbox), PATH: cwd},
			alone: true,
		});
		const {error} = JSON.parse(stdout);
		expect({code, problems: error.problems}).toMatchObject({
			code: 2,
			problems: [{row: 3, shot: 'b', message: expect.stringContaining('ffmpeg, which is not installed')}],
		});
		expect(sandbox.tasks()).toEqual([]);
	});
});

describe('a thousand rows', () => {
	const count = 1000;
	const list = `id,prompt,takes\n${Array.from({length: count - 10}, (_, index) => `s${index},shot ${index},${index < 10 ? 2 : ''}`).join('\n')}\n`;

	test('with lost responses, kill -9 at random moments and a full disk give each task and each file once', async () => {
		const steps = [
			{fault: 'lost-answer' as const, after: 40, times: 10},
			{fault: 'server-timeout' as const, after: 300, times: 5},
			{fault: 'cut-download' as const, after: 30, times: 5},
		];
		const sandbox = await startSandbox({speed: 300, slots: 40, faults: planFaults({steps}, () => {})});
		opened.push(sandbox);
		const folder = place();
		const cwd = path.join(folder, 'work');
		mkdirSync(cwd);
		writeFileSync(path.join(cwd, 'shots.csv'), list);
		const env: Env = {...envOf(sandbox), XDG_DATA_HOME: path.join(folder, 'data')};
		const args = [
			'batch',
			'run',
			'shots.csv',
			'--yes',
			'--interval',
			'100ms',
			'--quiet',
			'--max-units',
			'3000',
		];
		for (let round = 0; round < 6; round++) {
			const child = startKling(args, {cwd, env});
			child.stdout?.resume();
			const ended = once(child, 'close');
			setTimeout(() => child.kill('SIGKILL'), 1500 + Math.random() * 2500);
			await ended;
		}
		const full = spawn(
			'bash',
			[
				'-c',
				`ulimit -f 100; exec "$@"`,
				'bash',
				process.execPath,
				path.join(import.meta.dirname, '..', '..', 'bin', 'run.js'),
				...args,
			],
			{
				cwd,
				env: {...cleanEnv, ...env},
				stdio: ['ignore', 'pipe', 'ignore'],
			},
		);
		full.stdout.resume();
		await once(full, 'close');
		const {code, stdout} = await kling(args, {cwd, env, alone: true});
		expect({code, document: JSON.parse(stdout)}).toMatchObject({
			code: 0,
			document: {tasks: count, done: count, files: count},
		});
		const names = sandbox.tasks().map(({externalId}) => externalId);
		expect({tasks: names.length, names: new Set(names).size}).toEqual({tasks: count, names: count});
		expect(readdirSync(path.join(cwd, 'shots')).filter((name) => !name.endsWith('.mp4'))).toEqual([]);
		expect(readdirSync(path.join(cwd, 'shots')).length).toBe(count);
		const {stdout: report} = await kling(['batch', 'report', 'shots.csv'], {cwd, env, alone: true});
		expect(JSON.parse(report)).toMatchObject({tasks: count, succeeded: count, units: '3000'});
		expect(readFileSync(path.join(cwd, 'shots.csv.state.ndjson'), 'utf8').split('\n').length).toBeGreaterThan(
			3 * count,
		);
	}, 300_000);
});
