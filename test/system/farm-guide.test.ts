import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {parse} from 'yaml';
import {runJs} from '../e2e/kling.js';
import {filesIn, quick, submitted, writeShots} from '../support/farm.js';
import {farmAccounts, resultOf} from '../support/farm-accounts.js';
import {blocksOf} from '../support/pages.js';
import {type QueueServer, startRedis, until} from '../support/queue-servers.js';

/* What docs/farm-guide.md promises, apart from the faults of farm-faults.test.ts. */

const {folder, start, startAny, farm, brief, keep, account} = await farmAccounts();
let redis: QueueServer;

beforeAll(async () => {
	redis = keep(await startRedis(true));
});

const finish = ['--exit-when-done'];

test('a clock that differs by seconds is reported, and one that differs by a minute is refused with the command that sets it', async () => {
	const {worker} = await account('clocks', redis);
	const ahead = (seconds: number) => ({
		NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`const now = Date.now; Date.now = () => now() + ${seconds * 1000};`)}`,
	});
	const [near, far] = await Promise.all([
		resultOf(worker('near', finish, ahead(5))),
		resultOf(worker('far', finish, ahead(60))),
	]);
	expect(near.code).toBe(0);
	expect(near.stderr).toMatch(/Warning: the clock of this machine is [456] s ahead of the queue's/);
	expect(far.code).toBe(2);
	expect(far.error).toMatchObject({hint: expect.stringContaining('timedatectl set-ntp true')});
});

test('a worker whose secret key is wrong exits before it takes a job, and so does a submission', async () => {
	const {submit, worker, env, run} = await account('keys', redis);
	await submit(2);
	const wrong = {KLING_SECRET_KEY: 'not-the-secret-key-of-this-account'};
	const list = writeShots(folder, 3, 'keys');
	const [bad, refused] = await Promise.all([
		resultOf(worker('bad', finish, wrong)),
		resultOf(start({...env, ...wrong}, 'submit', list, '--yes')),
	]);
	expect(bad).toMatchObject({code: 4, error: {code: 'invalid_api_key'}});
	expect(refused).toMatchObject({code: 4, error: {code: 'invalid_api_key'}});
	expect(await run('status')).toMatchObject({tasks: 2, waiting: 2, failed: 0});
	expect(await resultOf(worker('good', finish))).toMatchObject({done: 2, failed: 0});
});

test('a worker whose disk is full exits, and another one finishes its jobs without paying again', async () => {
	const {sandbox, env, output, submit, worker, run} = await account('full-disk', redis);
	await submit(3);
	const words = ['farm', 'worker', '-o', output, ...quick, ...finish];
	// To a process, a limit on file sizes is a full disk. Clips have 110 kB.
	const full = startAny({...env, MACHINE: 'full'}, [
		...['bash', '-c', 'ulimit -f 60; exec "$0" "$@"', process.execPath, runJs],
		...words,
	]);
	expect(await resultOf(full)).toMatchObject({code: 10, error: {code: 'disk_full'}});
	expect(await run('status')).toMatchObject({failed: 0, running: 0});
	expect(await resultOf(worker('roomy', finish))).toMatchObject({code: 0, failed: 0});
	expect(await run('status')).toMatchObject({done: 3});
	expect(submitted(sandbox)).toHaveLength(3);
	expect(filesIn(output)).toHaveLength(3);
});

test('an empty account pauses the queue and says so, and resume continues', async () => {
	const {sandbox, submit, worker, run} = await account('empty', redis, {
		steps: [{fault: 'no-balance', times: 1}],
	});
	await submit(2, '--slots', '1');
	const one = worker('one', finish);
	await until(() => one.printed.stderr.includes('"event":"paused"'));
	await until(async () => (await run('status')).paused === true);
	expect(await run('status')).toMatchObject({
		waiting: 2,
		failed: 0,
		paused_for: {code: 'quota_exceeded', hint: expect.stringContaining('kling farm resume')},
	});
	await run('resume');
	expect(await resultOf(one)).toMatchObject({code: 0, done: 2});
	expect(submitted(sandbox)).toHaveLength(2);
});

test('drain lets every worker finish and exit, and the next ones start after resume', async () => {
	const {sandbox, env, submit, worker, run} = await account('drained', redis, {speed: 60});
	await submit(5, '--slots', '2');
	const workers = ['one', 'two'].map((machine) => worker(machine, ['-j', '1']));
	await until(() => submitted(sandbox).length >= 2);
	expect((await farm(env, 'drain')).document).toMatchObject({success: true, draining: true});
	const ended = await Promise.all(workers.map(resultOf));
	for (const one of ended) expect(one).toMatchObject({code: 0, ended_by: 'drain', failed: 0});
	const done = ended.reduce((sum, one) => sum + Number(one.done), 0);
	expect(done).toBe(submitted(sandbox).length);
	expect(await resultOf(worker('early', finish))).toMatchObject({code: 0, ended_by: 'drain', done: 0});
	await run('resume');
	expect(await resultOf(worker('late', finish))).toMatchObject({code: 0, ended_by: 'done', done: 5 - done});
	expect(submitted(sandbox)).toHaveLength(5);
});

test('pictures have a budget of their own', async () => {
	const {sandbox, env, worker, run} = await account('pictures', redis);
	const list = path.join(folder, 'pictures.csv');
	writeFileSync(list, 'id,type,prompt,duration\na,image,a hill,\nb,image,a lake,\nc,,a river,5\n');
	// A picture takes 8 units.
	expect(await run('budget', '8', '--pictures')).toMatchObject({units: '8'});
	await brief(env, 'submit', list, '--yes', '--slots', '1');
	const one = worker('one', finish);
	await until(() => one.printed.stderr.includes('"event":"paused"'));
	await until(async () => (await run('status')).paused === true);
	expect(await run('status')).toMatchObject({
		done: 1,
		image_budget: {units: '8', spent: '8', remaining: '0'},
		paused_for: {code: 'budget_exceeded', hint: expect.stringContaining('--pictures')},
	});
	await run('budget', '16', '--pictures');
	await run('resume');
	expect(await resultOf(one)).toMatchObject({code: 0, done: 3});
	expect(submitted(sandbox)).toHaveLength(3);
});

test('the budget counts speech before a task, and covers both or neither', async () => {
	const {env, worker, run} = await account('speech', redis);
	const list = path.join(folder, 'speech.csv');
	const row = 'a,avatar,https://example.com/a.png,"Good evening, and welcome back",oversea_male1';
	writeFileSync(list, `id,type,image,say,voice\n${row}\n`);
	const {document} = await brief(env, 'submit', list, '--yes');
	// The units of the list are those of the task and of its speech, 0.05.
	const units = Number(document.units);
	await run('budget', String(units - 0.05));
	const one = worker('one', finish);
	await until(() => one.printed.stderr.includes('"event":"paused"'));
	await until(async () => (await run('status')).paused === true);
	expect(await run('status')).toMatchObject({budget: {spent: '0', reserved: '0'}});
	await run('budget', String(units));
	await run('resume');
	expect(await resultOf(one)).toMatchObject({code: 0, done: 1});
	const {budget} = (await run('status')) as {budget: {spent: string}};
	expect(await run('report')).toMatchObject({units: budget.spent, rows: [{units_before: '0.05'}]});
	expect(budget).toMatchObject({reserved: '0'});
});

test('the last frame of a shot that one machine saved begins a shot of another machine', async () => {
	const {sandbox, env, output, worker, run} = await account('frames', redis);
	const list = path.join(folder, 'frames.yaml');
	const shots = [
		'{id: a, prompt: a hill, duration: 5}',
		'{id: b, prompt: a river, duration: 5, first-frame: "{a.last_frame}"}',
	];
	writeFileSync(list, `shots:\n${shots.map((shot) => `  - ${shot}\n`).join('')}`);
	await run('budget', '3');
	await brief(env, 'submit', list, '--yes');
	const first = worker('first');
	await until(() => first.printed.stderr.includes('"event":"paused"'));
	first.child.kill('SIGTERM');
	expect(await resultOf(first)).toMatchObject({code: 0, done: 1});
	await run('budget', '--clear');
	await run('resume');
	expect(await resultOf(worker('second', finish))).toMatchObject({code: 0, done: 1, failed: 0});
	expect(submitted(sandbox).map(({type}) => type)).toEqual(['create', 'create']);
	expect(filesIn(output)).toHaveLength(2);
});

test('a Redis that refuses the password, or would remove jobs when it is full, is reported before anything is queued', async () => {
	const server = keep(await startRedis(true));
	const redisCli = (...args: string[]) =>
		execFileSync('redis-cli', ['-p', String(server.port), ...args], {stdio: 'ignore'});
	const {env} = await account('refused', redis);
	const status = async (queue: string) => {
		const {document} = await brief({...env, KLING_FARM_QUEUE: queue}, 'status');
		return document.error as Record<string, string>;
	};
	redisCli('config', 'set', 'maxmemory', '100mb');
	redisCli('config', 'set', 'maxmemory-policy', 'allkeys-lru');
	const removes = await status(server.url);
	expect(removes).toMatchObject({
		code: 'conflicting_input',
		hint: expect.stringContaining('maxmemory-policy noeviction'),
	});
	redisCli('config', 'set', 'requirepass', 'the-right-one');
	const refused = await status(server.url.replace('//', '//:the-wrong-one@'));
	expect(refused).toMatchObject({code: 'permission_denied', message: expect.stringContaining('WRONGPASS')});
	expect(JSON.stringify(refused)).not.toContain('the-wrong-one');
});

/** The command lines of the guide's containers and systemd unit, with this test's folder, and with `extra` added. */
function linesOfExamples(output: string, extra: string): Record<string, string> {
	const blockWith = (language: string, text: string) =>
		blocksOf('docs/farm-guide.md').find((block) => block.language === language && block.text.includes(text))
			?.text ?? '';
	const compose = parse(blockWith('yaml', 'services:')) as {services: {worker: {command: string}}};
	const job = parse(blockWith('yaml', 'kind: Job')) as {
		spec: {template: {spec: {containers: {args: string[]}[]}}};
	};
	const unit = /^ExecStart=(.*)$/m.exec(blockWith('ini', '[Service]'))?.[1] ?? '';
	const args = job.spec.template.spec.containers[0]?.args.join(' ') ?? '';
	const lines = {
		compose: `exec ${compose.services.worker.command}`,
		unit: `exec ${unit}`,
		job: `exec ${args}`,
	};
	return Object.fromEntries(
		Object.entries(lines).map(([name, line]) => [
			name,
			line
				.replace('/usr/local/bin/', '')
				.replace(/-o \/(srv\/)?clips/, `-o ${output}`)
				.replace(/"?$/, ` ${extra}$&`),
		]),
	);
}

test('the command lines of the examples for containers and systemd work, and SIGTERM reaches the worker', async () => {
	const {env, output, submit, sandbox} = await account('examples', redis);
	const bin = path.join(folder, 'bin');
	mkdirSync(bin);
	const programs = {
		// The installation of the packages is tested elsewhere.
		npm: 'exit 0',
		kling: `[ "$1" = plugins ] || exec ${process.execPath} ${runJs} "$@"`,
	};
	for (const [name, line] of Object.entries(programs)) {
		writeFileSync(path.join(bin, name), `#!/bin/sh\n${line}\n`);
		chmodSync(path.join(bin, name), 0o755);
	}
	await submit(3);
	const machines = Object.entries(linesOfExamples(output, quick.join(' '))).map(([MACHINE, line]) =>
		startAny({...env, MACHINE, PATH: `${bin}:${process.env.PATH}`}, ['sh', '-c', line]),
	);
	for (const machine of machines) await until(() => machine.printed.stderr.includes('Worker '));
	await until(() => filesIn(output).length === 3);
	for (const {child} of machines) child.kill('SIGTERM');
	const ended = await Promise.all(machines.map(resultOf));
	for (const one of ended) expect(one).toMatchObject({code: 0, failed: 0});
	expect(submitted(sandbox)).toHaveLength(3);
});
