import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {journalFile} from '../support/journal-file.js';
import {type ErrorBody, kling, succeeds} from './kling.js';
import {commandInHint, useProxiedSandbox, withFastPolling} from './proxied-sandbox.js';

const fixture = useProxiedSandbox();
const {run, refused, posts, interrupt, tasksNamed} = fixture;
let {env, cwd, proxy} = fixture;
beforeEach(() => {
	({env, cwd, proxy} = fixture);
});

describe('the same command line, run again', () => {
	let line: string[];
	let name: string;
	beforeEach(() => {
		name = path.basename(cwd);
		line = ['create', 'a fox', '--external-id', name, '--download', 'fox.mp4'];
	});

	test('finds its task and its file, and neither pays nor downloads again', async () => {
		const first = await run(...line);
		proxy.seen = [];
		expect(await run(...line)).toEqual(first);
		expect(proxy.seen.filter((request) => !request.startsWith('GET /v1/videos/omni-video/'))).toEqual([]);
		expect(await tasksNamed(name)).toBe(1);
	});

	test('four times at once, makes one task and one file, which all of them report', async () => {
		proxy.mishap = (method) => (method === 'POST' ? {delayMs: 300} : undefined);
		const made = await Promise.all(
			Array.from({length: 4}, () => kling(['video', ...line], {env, cwd, alone: true})),
		);
		const documents = made.map(({code, stdout}) => ({code, ...JSON.parse(stdout)}));
		const {task_id: id} = documents[0];
		for (const document of documents) {
			expect(document).toMatchObject({code: 0, task_id: id, file: path.join(cwd, 'fox.mp4')});
		}
		expect(readdirSync(cwd).filter((file) => file.startsWith('fox'))).toEqual(['fox.mp4']);
		expect(posts()).toBe(1);
	});

	test('after the hint of an interruption was followed, does the same', async () => {
		const stopped = await interrupt(line, 'SIGINT', () =>
			proxy.seen.some((request) => request.startsWith('GET')),
		);
		const {error} = JSON.parse(stopped.stdout) as {error: ErrorBody};
		const done = await succeeds(commandInHint(error.hint), {env, cwd});
		expect(await run(...line)).toMatchObject({task_id: done.task_id, file: done.file});
		expect(posts()).toBe(1);
	});

	test('with @last in it means the same clip as before', async () => {
		await run('create', 'a fox', '--wait');
		const sound = ['add-sound', '@last', '--external-id', name, '--wait'];
		const first = await run(...sound);
		expect(await run(...sound)).toEqual(first);
		expect(posts()).toBe(2);
	});

	test('downloads again what was removed, and leaves another file alone', async () => {
		const {file} = await run(...line);
		const bytes = readFileSync(String(file));
		writeFileSync(String(file), 'mine');
		expect(await refused(10, ...line)).toMatchObject({code: 'file_exists', path: file});
		expect(readFileSync(String(file), 'utf8')).toBe('mine');
		execFileSync('rm', [String(file)]);
		await run(...line);
		expect(readFileSync(String(file)).equals(bytes)).toBe(true);
		expect(posts()).toBe(1);
	});

	test('on another machine returns the task, and says that its request is unknown', async () => {
		const first = await run('create', 'a fox', '--external-id', 'far');
		const elsewhere = {...env, XDG_DATA_HOME: path.join(cwd, 'other')};
		const {code, stdout, stderr} = await kling(['video', 'create', 'a wolf', '--external-id', 'far'], {
			env: elsewhere,
			cwd,
		});
		expect([code, JSON.parse(stdout).task_id]).toEqual([0, first.task_id]);
		expect(stderr).toContain('was made elsewhere with this external id');
		const {tasks} = await succeeds(['video', 'history'], {env: elsewhere, cwd});
		expect(tasks).toMatchObject([{task_id: first.task_id, external_task_id: 'far'}]);
		expect(tasks).not.toMatchObject([{prompt: expect.anything()}]);
	});
});

describe('before anything is paid for', () => {
	const nothingSent = () => expect(proxy.seen).toEqual([]);

	test('a path where no file can be written is refused', async () => {
		symlinkSync(path.join(cwd, 'nowhere'), path.join(cwd, 'dangling.mp4'));
		writeFileSync(path.join(cwd, 'plain'), '');
		const paths = ['dangling.mp4', 'plain/fox.mp4', '/proc/no/fox.mp4', '/sys/fox.mp4'];
		for (const target of paths) {
			const error = await refused(10, 'create', 'a fox', '--download', target);
			expect(error, target).toMatchObject({code: 'write_error', path: path.resolve(cwd, target)});
		}
		nothingSent();
	});

	test('a name so long that its side files cannot be named is refused', async () => {
		const fits = `${'n'.repeat(255 - 4 - 19)}.mp4`;
		for (const name of [`n${fits}`, `${'n'.repeat(246)}.mp4`, `new/${'é'.repeat(120)}.mp4`]) {
			const error = await refused(10, 'create', 'a fox', '--download', name);
			expect(error, name).toMatchObject({code: 'write_error', message: expect.stringContaining('too long')});
		}
		const long = await refused(10, 'create', 'a fox', '--download', `${'deep/'.repeat(900)}fox.mp4`);
		expect(long.code).toBe('write_error');
		nothingSent();
		expect((await run('create', 'a fox', '--download', fits)).file).toBe(path.join(cwd, fits));
	});

	test('with --sidecar, a name for which the sidecar is too long is refused', async () => {
		const error = await refused(10, 'create', 'a fox', '--sidecar', '--download', `${'n'.repeat(220)}.mp4`);
		expect(error).toMatchObject({code: 'write_error', message: expect.stringContaining('too long')});
		nothingSent();
	});

	test.each(['.part.lock', '.part.json'])('a folder where FILE%s should be is refused', async (end) => {
		mkdirSync(path.join(cwd, `fox.mp4${end}`));
		const error = await refused(10, 'create', 'a fox', '--download', 'fox.mp4');
		expect(error).toMatchObject({code: 'write_error', path: path.join(cwd, `fox.mp4${end}`)});
		nothingSent();
	});

	test('--download takes a path, of a video', async () => {
		expect(await refused(2, 'create', 'a fox', '--download', '-')).toMatchObject({
			code: 'conflicting_input',
			hint: expect.stringContaining('-o -'),
		});
		expect(await refused(2, 'create', 'a fox', '--download', '')).toMatchObject({code: 'missing_output'});
		const sound = await refused(2, 'add-sound', '900000000123456101', '--download', 'x.mp3');
		expect(sound).toMatchObject({
			code: 'conflicting_input',
			message: '--download ends in .mp3, but it takes the video',
		});
		expect(sound.hint).toContain('kling video download @last --format mp3');
		nothingSent();
	});

	test('the error for an existing file names flags that the command has', async () => {
		writeFileSync(path.join(cwd, 'fox.mp4'), 'mine');
		const error = await refused(10, 'create', 'a fox', '--download', 'fox.mp4');
		expect(error).toMatchObject({code: 'file_exists', hint: expect.stringContaining('--download')});
		expect(error.hint).not.toMatch(/--output|--force/);
		nothingSent();
	});
});

test('a file that appears while Kling works costs nothing: the hint downloads to another path', async () => {
	proxy.mishap = (method) => {
		if (method === 'GET') writeFileSync(path.join(cwd, 'fox.mp4'), 'mine');
		return undefined;
	};
	const error = await refused(10, 'create', 'a fox', '--download', 'fox.mp4');
	expect(error).toMatchObject({code: 'file_exists', task_id: expect.stringMatching(/^\d{18}$/)});
	const words = commandInHint(error.hint).map((word) => (word === 'OTHER_PATH' ? 'other.mp4' : word));
	await succeeds(words, {env, cwd});
	expect(existsSync(path.join(cwd, 'other.mp4'))).toBe(true);
	expect(readFileSync(path.join(cwd, 'fox.mp4'), 'utf8')).toBe('mine');
});

test('a file name that starts with a dash works in the hint', async () => {
	const stopped = await interrupt(['create', 'a fox', '--download=-x.mp4'], 'SIGINT', () =>
		proxy.seen.some((request) => request.startsWith('GET')),
	);
	const {error} = JSON.parse(stopped.stdout) as {error: ErrorBody};
	await succeeds(commandInHint(error.hint), {env, cwd});
	expect(readdirSync(cwd)).toContain('-x.mp4');
});

test('the deadline ends a lookup at a server that has gone silent', async () => {
	const made = await run('create', 'a fox');
	// A response may take half a minute by itself.
	proxy.mishap = () => ({never: true});
	const error = await refused(8, 'wait', String(made.task_id), '--timeout', '500ms');
	expect(error).toMatchObject({
		code: 'wait_timeout',
		message: `No status of task ${made.task_id} was seen in time`,
	});
});

test('the hint of download --wait ends with the same file', async () => {
	const made = await run('add-sound', '--url', 'https://example.com/video.mp4');
	const asked = ['download', '@last', '--wait', '-o', 'my sound.mp3', '--format', 'mp3', '--force'];
	proxy.mishap = () => ({before: true});
	const error = await refused(8, ...asked, '--timeout', '100ms');
	proxy.mishap = () => undefined;
	const words = ['-o', "'my sound.mp3'", '--format', 'mp3', '--force'].join(' ');
	expect(error.hint).toContain(`kling video download ${made.task_id} --type add-sound --wait ${words}`);
	expect(await succeeds(commandInHint(error.hint), {env, cwd})).toMatchObject({
		file: path.join(cwd, 'my sound.mp3'),
	});
});

describe('reconcile', () => {
	/** Kills a submission in flight; the caller decides whether the request still arrives. */
	const kill = async (args: string[], arrives: boolean) => {
		proxy.seen = [];
		proxy.mishap = () => (arrives ? {delayMs: 60_000} : {before: true, delayMs: 0});
		const before = fixture.sandbox.tasks().length;
		await interrupt(args, 'SIGKILL', () => posts() > 0);
		if (arrives) await expect.poll(() => fixture.sandbox.tasks().length).toBe(before + 1);
		proxy.mishap = () => undefined;
	};

	test('continues to the path that was requested', async () => {
		mkdirSync(path.join(cwd, 'my clips'));
		await kill(['create', 'a fox', '--download', 'my clips/fox.mp4'], true);
		const {submissions} = (await run('reconcile')) as {submissions: {next: string}[]};
		const file = path.join(cwd, 'my clips', 'fox.mp4');
		expect(await succeeds(commandInHint(submissions[0]?.next), {env, cwd: path.dirname(cwd)})).toMatchObject({
			file,
		});
	});

	test('repeats a submission that made no task, under the same external id', async () => {
		await kill(['create', 'a fox at night', '--duration', '3'], false);
		const {submissions} = (await run('reconcile')) as {
			submissions: {next: string; exists: boolean; external_task_id: string}[];
		};
		const name = submissions[0]?.external_task_id ?? '';
		expect(submissions).toMatchObject([
			{exists: false, next: `kling video create --external-id ${name} 'a fox at night' --duration 3`},
		]);
		await succeeds(commandInHint(submissions[0]?.next), {env, cwd});
		expect(await tasksNamed(name)).toBe(1);
	});

	test('says why a task failed, and how to submit it again under a new external id', async () => {
		await run('create', 'a fox [fail]', '--external-id', 'bad');
		const failure = await refused(3, 'wait', 'bad');
		expect(failure.hint).toContain(
			'A retry is a new task and needs a new external id: --external-id bad-retry',
		);
		for (const id of ['bad', '@last']) {
			expect(await run('reconcile', id)).toMatchObject({
				submissions: [
					{
						...{exists: true, status: 'failed', message: failure.message},
						next: "kling video create --external-id bad-retry 'a fox [fail]'",
					},
				],
			});
		}
		const {submissions} = (await run('settle', 'bad')) as {submissions: {next: string}[]};
		const again = await succeeds(commandInHint(submissions[0]?.next), {env, cwd});
		expect(again.task_id).not.toBe(failure.task_id);
		expect(await refused(2, 'create', 'a better fox', '--external-id', 'bad')).toMatchObject({
			code: 'conflicting_input',
			hint: expect.stringContaining('--external-id bad-retry'),
		});
	});

	test('reports each lookup: one that fails does not hide the others', async () => {
		await run('create', 'a', '--external-id', 'one');
		await run('create', 'b', '--external-id', 'two');
		const one = (await run('status', 'one')).task_id;
		proxy.mishap = (_, url) => (url.includes(String(one)) ? {before: true} : undefined);
		const {code, stdout} = await kling(withFastPolling(['reconcile', 'one', 'two']), {env, cwd});
		const document = JSON.parse(stdout);
		expect([code, document.success, document.error.code]).toEqual([5, false, 'connection_error']);
		expect(document.submissions).toMatchObject([
			{external_task_id: 'one', error: {code: 'connection_error'}},
			{external_task_id: 'two', exists: true},
		]);
	});

	test('is what @last requires while the outcome of the newest submission is unknown', async () => {
		await run('create', 'older');
		await kill(['create', 'newer', '--external-id', 'lost'], false);
		expect(await refused(9, 'status', '@last')).toMatchObject({
			code: 'task_not_found',
			external_task_id: 'lost',
			hint: expect.stringContaining('kling video reconcile lost'),
		});
	});
});

test('an invalid id on stdin is one error among the others', async () => {
	const {code, stdout} = await kling(['video', 'status', '-'], {
		env,
		cwd,
		input: '900000000000000101\nno id\n../..\nno-such-task\n',
	});
	const lines = stdout.trim().split('\n');
	expect(lines).toHaveLength(4);
	expect(code).toBe(9);
	const errors = lines.flatMap((text) => JSON.parse(text).error ?? []) as ErrorBody[];
	const codes = errors.map(({task_id, code}) => [task_id, code]);
	expect(codes).toContainEqual(['no id', 'invalid_task_id']);
	expect(codes).toContainEqual(['../..', 'invalid_task_id']);
	expect(codes).toContainEqual(['no-such-task', 'task_not_found']);
});

describe('a damaged journal', () => {
	test('by a line with wrong types is read without it', async () => {
		await run('create', 'a fox', '--external-id', 'good');
		const file = journalFile(path.join(cwd, 'data', 'kling-cli'));
		const line = JSON.parse(readFileSync(file, 'utf8').trim().split('\n')[1] ?? '');
		expect(line).toMatchObject({id: 'good'});
		const bad = {...line, entry: {taskId: 7, status: {}, submittedAt: 'x', outcome: 'won'}};
		writeFileSync(file, `${readFileSync(file, 'utf8')}${JSON.stringify(bad)}\n`);
		expect(await run('history')).toMatchObject({
			tasks: [{task_id: expect.any(String), status: 'submitted', external_task_id: 'good'}],
		});
	});

	test('with a pipe in its place costs a warning', async () => {
		await run('create', 'a fox', '--external-id', 'good');
		const file = journalFile(path.join(cwd, 'data', 'kling-cli'));
		rmSync(file);
		execFileSync('mkfifo', [file]);
		const {code, stderr} = await kling(['video', 'create', 'a fox'], {env, cwd});
		expect(code).toBe(0);
		expect(stderr).toContain('is not a regular file');
	});

	test('whose folder can never be made costs a warning', async () => {
		const {code, stderr} = await kling(['video', 'create', 'a fox'], {
			env: {...env, XDG_DATA_HOME: '/proc/nonexistent/data'},
			cwd,
		});
		expect(code).toBe(0);
		expect(stderr).toContain('Warning: the journal of tasks cannot be used');
	});
});
