import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {startSandbox} from '../../src/sandbox/server.js';
import {startProxy} from '../support/proxy.js';
import {type ErrorBody, envOf, fails, kling, succeeds} from './kling.js';
import {commandInHint, useProxiedSandbox, withFastPolling} from './proxied-sandbox.js';

/** Make, follow, record: whatever interrupts it, there is one task, and finally the same file. */
const fixture = useProxiedSandbox();
const {run, runAlone, refused, posts, interrupt, tasksNamed} = fixture;
let {env, cwd, proxy, sandbox} = fixture;
beforeEach(() => {
	({env, cwd, proxy, sandbox} = fixture);
});

describe('one command makes a video', () => {
	test('and saves the file', async () => {
		const document = await run('create', 'a red fox in snow', '--download', 'fox.mp4');
		expect(Object.keys(document)).toEqual(['success', 'task_id', 'status', 'video_id', 'duration', 'file']);
		expect(document).toMatchObject({status: 'succeed', file: path.join(cwd, 'fox.mp4')});
		expect(readFileSync(path.join(cwd, 'fox.mp4')).subarray(4, 8).toString()).toBe('ftyp');
		expect(readdirSync(cwd).sort()).toEqual(['data', 'fox.mp4']);
	});

	test('or follows the task with --wait, with a line on stderr for each change', async () => {
		const {code, stdout, stderr} = await kling(withFastPolling(['text2video', 'a lake', '--wait']), {
			env,
			cwd,
		});
		expect(code).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({success: true, status: 'succeed'});
		expect(stderr).toMatch(/^\d{18} submitted\n(\d{18} processing\n)?\d{18} succeed\n$/);
	});

	test('--quiet keeps stderr empty', async () => {
		const {stderr} = await kling(withFastPolling(['create', 'a fox', '--wait', '--quiet']), {env, cwd});
		expect(stderr).toBe('');
	});

	test('an existing file is refused before anything is paid for', async () => {
		await run('create', 'a fox', '--download', 'fox.mp4');
		proxy.seen = [];
		expect((await refused(10, 'create', 'a fox', '--download', 'fox.mp4')).code).toBe('file_exists');
		expect(proxy.seen).toEqual([]);
	});

	test('a task that fails is an error that names it', async () => {
		const error = await refused(3, 'create', 'a fox [fail]', '--download', 'fox.mp4');
		expect(error).toMatchObject({
			code: 'content_policy',
			status: 'failed',
			task_id: expect.stringMatching(/^\d{18}$/),
		});
		expect(existsSync(path.join(cwd, 'fox.mp4'))).toBe(false);
	});

	test('-v adds the external id and the estimated cost', async () => {
		const document = await run('create', 'a fox', '-v', '--external-id', 'told');
		expect(document).toMatchObject({status: 'submitted', external_task_id: 'told', estimated_units: '3'});
	});

	test('--dry-run sends nothing and needs no credentials', async () => {
		const document = await succeeds(['video', 'create', 'a fox', '--dry-run', '--external-id', 'x'], {cwd});
		expect(Object.keys(document)).toEqual([
			'success',
			'dry_run',
			'api',
			'method',
			'url',
			'body',
			'estimated_units',
		]);
		expect(document).toMatchObject({
			method: 'POST',
			url: 'https://api-singapore.klingai.com/v1/videos/omni-video',
			body: {prompt: 'a fox', external_task_id: 'x'},
		});
	});
});

test('an element id beyond 2^53 is sent, recorded and shown exactly', async () => {
	const ask = ['create', '<<<element_1>>> waves', '--element', '900000000423456604'];
	expect(await run(...ask, '--dry-run')).toMatchObject({
		body: {element_list: [{element_id: '900000000423456604'}]},
	});
	const first = await run(...ask, '--external-id', 'element');
	expect((await run(...ask, '--external-id', 'element')).task_id).toBe(first.task_id);
	expect(posts()).toBe(1);
});

describe('@last and the journal', () => {
	test('refer to the newest task, of any type, wherever an id is accepted', async () => {
		const made = await run('text2video', 'a lake', '--model', 'kling-v1-6', '--wait');
		for (const id of ['@last', 'last', String(made.task_id)]) {
			expect(await run('status', id)).toMatchObject({task_id: made.task_id, status: 'succeed'});
		}
		await run('download', '@last', '-o', 'lake.mp4');
		const longer = await run('extend', '@last', '--wait');
		expect(Number(longer.duration)).toBeGreaterThan(9);
		const sound = await run('add-sound', '@last', '--wait');
		expect(await run('status', '@last', '-v')).toMatchObject({type: 'add-sound', task_id: sound.task_id});
	});

	test('a task id instead of a video id is resolved, with a note', async () => {
		const made = await run('create', 'a fox', '--wait');
		const {code, stderr} = await kling(['video', 'add-sound', String(made.task_id)], {env, cwd});
		expect(code).toBe(0);
		expect(stderr).toContain(`${made.task_id} is a task; using its video ${made.video_id}`);
	});

	test('without a task there is no @last', async () => {
		expect(await refused(9, 'status', '@last')).toMatchObject({code: 'task_not_found'});
	});

	test('history lists what was made, newest first', async () => {
		await run('create', 'first');
		await run('text2video', 'second', '--external-id', 'second-id');
		const {tasks, count} = (await run('history')) as {tasks: object[]; count: number};
		expect(count).toBe(2);
		expect(tasks).toMatchObject([
			{status: 'submitted', type: 'text2video', prompt: 'second', external_task_id: 'second-id'},
			{status: 'submitted', type: 'create', prompt: 'first'},
		]);
		expect(Object.keys(tasks[0] ?? {})).toEqual([
			'task_id',
			'status',
			'created_at',
			'type',
			'prompt',
			'external_task_id',
		]);
		expect((await run('history', '--limit', '1')).count).toBe(1);
		expect((await run('history', '--unsettled')).count).toBe(0);
	});

	test('another account does not see it', async () => {
		await run('create', 'a fox');
		const other = {...env, KLING_ACCESS_KEY: '', KLING_SECRET_KEY: '', KLING_API_KEY: sandbox.apiKey};
		expect(await succeeds(['video', 'history'], {env: other})).toMatchObject({count: 0});
	});
});

describe('an external id that was used before', () => {
	test('returns its task: the same command line twice makes one task', async () => {
		const first = await run('create', 'a fox', '--external-id', 'twice');
		const second = await run('create', 'a fox', '--external-id', 'twice');
		expect(second.task_id).toBe(first.task_id);
		expect(posts()).toBe(1);
	});

	test('also returns its task on another machine', async () => {
		const first = await run('create', 'a fox', '--external-id', 'elsewhere');
		const second = await succeeds(['video', 'create', 'a fox', '--external-id', 'elsewhere'], {
			env: {...env, XDG_DATA_HOME: path.join(cwd, 'other')},
		});
		expect(second.task_id).toBe(first.task_id);
		expect(await tasksNamed('elsewhere')).toBe(1);
	});

	test('is refused for another request', async () => {
		await run('create', 'a fox', '--external-id', 'mine');
		expect(await refused(2, 'create', 'a wolf', '--external-id', 'mine')).toMatchObject({
			code: 'conflicting_input',
		});
		expect(posts()).toBe(1);
	});
});

describe('one machine and one external id send one POST', () => {
	const line = ['create', 'a fox', '--external-id'];

	test('when the same command line is run again while the first is in progress', async () => {
		proxy.mishap = (method) => (method === 'POST' ? {delayMs: 1500} : undefined);
		const first = run(...line, 'in-flight');
		await expect.poll(posts).toBe(1);
		const [again, once] = await Promise.all([run(...line, 'in-flight'), first]);
		expect(again.task_id).toBe(once.task_id);
		expect(posts()).toBe(1);
		expect(await run('history')).toMatchObject({count: 1, tasks: [{task_id: once.task_id}]});
	});

	test('when it is run eight times at once', async () => {
		proxy.mishap = (method) => (method === 'POST' ? {delayMs: 500} : undefined);
		const made = await Promise.all(Array.from({length: 8}, () => runAlone(...line, 'at-once')));
		expect(new Set(made.map(({task_id: id}) => id)).size).toBe(1);
		expect(posts()).toBe(1);
	});

	test('when it is run right after kill -9, and the task appears late', async () => {
		let lookUps = 0;
		proxy.mishap = (method) => {
			if (method === 'POST') return {delayMs: 60_000};
			return ++lookUps <= 3 ? {before: true} : undefined;
		};
		await interrupt([...line, 'killed'], 'SIGKILL', () => posts() > 0);
		await expect.poll(() => sandbox.tasks().some(({externalId}) => externalId === 'killed')).toBe(true);
		const {code, stdout, stderr} = await kling(withFastPolling([...line, 'killed']), {env, cwd});
		expect({code, stderr}).toMatchObject({code: 0, stderr: expect.stringContaining('nothing was submitted')});
		expect(await run('status', 'killed')).toMatchObject({task_id: JSON.parse(stdout).task_id});
		expect(posts()).toBe(1);
	});

	test('but one that is still waiting says so and sends nothing when its time is up', async () => {
		let release = () => {};
		const until = new Promise<void>((resolve) => {
			release = resolve;
		});
		proxy.mishap = (method) => (method === 'POST' ? {until} : undefined);
		const first = run(...line, 'slow');
		await expect.poll(posts).toBe(1);
		expect(await refused(8, ...line, 'slow', '--timeout', '300ms')).toMatchObject({
			code: 'submit_in_progress',
			external_task_id: 'slow',
			retryable: true,
		});
		release();
		await first;
		expect(posts()).toBe(1);
	});

	test('and costs a warning when no lock can be made', async () => {
		await run(...line, 'first');
		const [account = ''] = readdirSync(path.join(cwd, 'data', 'kling-cli', 'journal'));
		const locks = path.join(cwd, 'data', 'kling-cli', 'journal', account, 'locks');
		rmSync(locks, {recursive: true, force: true});
		writeFileSync(locks, 'a file instead of a folder');
		const {code, stderr} = await kling(withFastPolling([...line, 'second']), {env, cwd});
		expect({code, stderr}).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('Warning: other processes'),
		});
	});
});

describe('interrupted', () => {
	test.each([
		['SIGINT', 130, 'interrupted'],
		['SIGTERM', 143, 'terminated'],
	] as const)(
		'%s while waiting: the command in the hint saves to the same file',
		async (signal, exit, code) => {
			const waiting = () => proxy.seen.some((line) => line.startsWith('GET'));
			const stopped = await interrupt(['create', 'a fox', '--download', 'my fox.mp4'], signal, waiting);
			expect(stopped.code).toBe(exit);
			const {error} = JSON.parse(stopped.stdout) as {error: ErrorBody};
			expect(error).toMatchObject({
				code,
				task_id: expect.stringMatching(/^\d{18}$/),
				hint: expect.stringContaining('kling video download'),
			});
			const done = await succeeds(commandInHint(error.hint), {env, cwd});
			expect(done).toMatchObject({task_id: error.task_id, file: path.join(cwd, 'my fox.mp4')});
			expect(posts()).toBe(1);
		},
	);

	test('SIGINT during kling video wait: exit 130, the last status and the command', async () => {
		const made = await run('create', 'a fox');
		// Otherwise the task would end first on a busy machine.
		proxy.mishap = () => ({delayMs: 2000});
		const stopped = await interrupt(
			['wait', '@last'],
			'SIGINT',
			() => proxy.seen.filter((line) => line.startsWith('GET')).length > 0,
		);
		proxy.mishap = () => undefined;
		expect(stopped.code).toBe(130);
		const {error} = JSON.parse(stopped.stdout) as {error: ErrorBody};
		expect(error).toMatchObject({
			task_id: made.task_id,
			hint: `The task is still running. Wait for it again: kling video wait ${made.task_id} --type create`,
		});
		expect(await succeeds(commandInHint(error.hint), {env, cwd})).toMatchObject({status: 'succeed'});
	});

	test('SIGINT while Kling has not responded: the response is awaited, and names the task', async () => {
		proxy.mishap = (method) => (method === 'POST' ? {delayMs: 700} : undefined);
		const stopped = await interrupt(['create', 'a fox', '--wait'], 'SIGINT', () => posts() > 0);
		expect(stopped.code).toBe(130);
		expect(stopped.stderr).toContain("Waiting for Kling's response");
		const {error} = JSON.parse(stopped.stdout) as {error: ErrorBody};
		expect(await succeeds(withFastPolling(commandInHint(error.hint).slice(1)), {env, cwd})).toMatchObject({
			task_id: error.task_id,
			status: 'succeed',
		});
	});

	test('the deadline does not affect the task: exit 8', async () => {
		// Time stands still at this Kling from the first request until the deadline has passed.
		let stoppedAt: number | undefined;
		const slow = await startSandbox({speed: 100, now: () => stoppedAt ?? Date.now()});
		const between = await startProxy(slow.baseUrl);
		onTestFinished(async () => void (await Promise.all([between.close(), slow.close()])));
		between.mishap = () => {
			stoppedAt ??= Date.now();
			return undefined;
		};
		const there = {...env, ...envOf(slow), KLING_BASE_URL: between.baseUrl};
		const words = ['video', 'create', 'a fox', '--wait', '--timeout', '3s', '--interval', '100ms'];
		const error = await fails(words, 8, {env: there, cwd});
		expect(error).toMatchObject({
			code: 'wait_timeout',
			retryable: true,
			status: expect.stringMatching(/submitted|processing/),
		});
		between.mishap = () => undefined;
		stoppedAt = undefined;
		expect(await succeeds(commandInHint(error.hint), {env: there, cwd})).toMatchObject({
			task_id: error.task_id,
			status: 'succeed',
		});
	});

	test('SIGKILL before the response: reconcile shows the task', async () => {
		proxy.mishap = (method) => (method === 'POST' ? {delayMs: 60_000} : undefined);
		const before = sandbox.tasks().length;
		const killed = await interrupt(['create', 'a fox'], 'SIGKILL', () => posts() > 0);
		expect(killed.killedBy).toBe('SIGKILL');
		proxy.mishap = () => undefined;
		await expect.poll(() => sandbox.tasks().length).toBe(before + 1);
		const open = (await run('history', '--unsettled')) as {tasks: {external_task_id: string}[]};
		expect(open.tasks).toMatchObject([{status: 'unknown', prompt: 'a fox'}]);
		const {submissions, count} = (await run('reconcile')) as {
			submissions: Record<string, string>[];
			count: number;
		};
		expect(count).toBe(1);
		expect(submissions).toMatchObject([
			{exists: true, type: 'create', external_task_id: open.tasks[0]?.external_task_id},
		]);
		const next = await succeeds(commandInHint(submissions[0]?.next), {env, cwd});
		const file = path.join(cwd, `${submissions[0]?.task_id}.mp4`);
		expect(next).toEqual({success: true, task_id: submissions[0]?.task_id, file});
		expect(readFileSync(file).subarray(4, 8).toString()).toBe('ftyp');
		expect(await tasksNamed(String(open.tasks[0]?.external_task_id))).toBe(1);
		expect(await run('reconcile')).toMatchObject({submissions: [], count: 0});
	});

	test('SIGKILL before the request: reconcile shows that there is none', async () => {
		proxy.mishap = (method) => (method === 'POST' ? {before: true, delayMs: 0} : {delayMs: 60_000});
		await interrupt(['create', 'a fox', '--external-id', 'never'], 'SIGKILL', () => posts() > 0);
		proxy.mishap = () => undefined;
		const {submissions} = (await run('reconcile', 'never')) as {submissions: object[]};
		expect(submissions).toMatchObject([{external_task_id: 'never', exists: false}]);
		expect(await run('create', 'a fox', '--external-id', 'never')).toMatchObject({status: 'submitted'});
		expect(await tasksNamed('never')).toBe(1);
	});
});

describe('a lost response', () => {
	test('ends with one task, found by lookup', async () => {
		let first = true;
		proxy.mishap = (method) => {
			const lost = method === 'POST' && first;
			if (lost) first = false;
			return lost ? {after: true} : undefined;
		};
		const {code, stdout, stderr} = await kling(['video', 'create', 'a fox', '--external-id', 'lost'], {
			env,
			cwd,
		});
		expect([code, JSON.parse(stdout)]).toMatchObject([0, {success: true, status: expect.any(String)}]);
		expect(stderr).toContain('The response was lost');
		expect(posts()).toBe(1);
		expect(await tasksNamed('lost')).toBe(1);
	});

	test('that cannot be looked up is exit 11, and the task is found later', async () => {
		proxy.mishap = (method) => (method === 'POST' ? {after: true} : {before: true});
		const error = await refused(11, 'create', 'a fox', '--external-id', 'dark');
		expect(error).toMatchObject({code: 'submit_unknown', external_task_id: 'dark'});
		proxy.mishap = () => undefined;
		const settled = await succeeds(commandInHint(error.hint), {env, cwd});
		expect(settled).toMatchObject({submissions: [{exists: true, external_task_id: 'dark'}]});
		expect(posts()).toBe(1);
	});
});

describe('several tasks at once', () => {
	test('wait: a line for each as it ends, and the highest exit status', async () => {
		const ids = await Promise.all(
			['a', 'b', 'c [fail]'].map(async (prompt) => String((await run('create', prompt)).task_id)),
		);
		const {code, stdout} = await kling(withFastPolling(['wait', ...ids, ids[0] ?? '']), {env, cwd});
		const lines = stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(code).toBe(3);
		expect(lines).toHaveLength(3);
		expect(
			lines
				.filter((line) => line.success)
				.map((line) => line.task_id)
				.sort(),
		).toEqual(ids.slice(0, 2).sort());
		expect(lines.find((line) => !line.success)?.error).toMatchObject({
			code: 'content_policy',
			task_id: ids[2],
		});
	});

	test('status and download take ids from stdin', async () => {
		const made = await run('create', 'a', '--wait');
		const input = `${made.task_id}\n\n900000000000000101\nnope\n`;
		const status = await kling(['video', 'status', '-'], {env, cwd, input});
		expect(status.code).toBe(9);
		expect(status.stdout.trim().split('\n')).toHaveLength(3);
		const download = await kling(['video', 'download', '-', '-o', 'clips/'], {env, cwd, input});
		expect(download.code).toBe(9);
		expect(readdirSync(path.join(cwd, 'clips')).sort()).toEqual(
			['900000000000000101.mp4', `${made.task_id}.mp4`].sort(),
		);
	});

	test('download --wait waits, then downloads', async () => {
		const made = await run('create', 'a');
		expect(await run('download', '@last', '--wait', '-o', 'a.mp4')).toEqual({
			success: true,
			task_id: made.task_id,
			file: path.join(cwd, 'a.mp4'),
		});
	});

	test('several tasks require a folder', async () => {
		expect(await refused(2, 'download', 'a', 'b', '-o', 'x.mp4')).toMatchObject({code: 'conflicting_input'});
		const toStdout = await kling(['video', 'download', 'a', 'b', '-o', '-'], {env, cwd});
		expect([toStdout.code, toStdout.stdout, JSON.parse(toStdout.stderr).error.code]).toEqual([
			2,
			'',
			'conflicting_input',
		]);
	});
});

test('a journal that cannot be written costs a warning, not the task', async () => {
	const {code, stdout, stderr} = await kling(['video', 'create', 'a fox'], {
		env: {...env, XDG_DATA_HOME: '/dev/null/no'},
		cwd,
	});
	expect(code).toBe(0);
	expect(JSON.parse(stdout)).toMatchObject({status: 'submitted'});
	expect(stderr).toMatch(/^Warning: the journal of tasks cannot be used: /m);
});
