import {execFileSync} from 'node:child_process';
import path from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {filesIn, submitted} from '../support/farm.js';
import {farmAccounts} from '../support/farm-accounts.js';
import {type QueueServer, startRedis, until} from '../support/queue-servers.js';

/* Workers that end in the middle of their work. */

const {farm, keep, account} = await farmAccounts();
let redis: QueueServer;

beforeAll(async () => {
	redis = keep(await startRedis(true));
});

const redisCli = (...args: string[]) =>
	execFileSync('redis-cli', ['-p', String(redis.port), ...args], {encoding: 'utf8'}).trim();

test('SIGTERM drains a worker: its running jobs return to the queue, and another worker resumes them', async () => {
	const {sandbox, submit, worker, run, finish, output} = await account('drain', redis, {speed: 25});
	await submit(4, '--slots', '4');
	const first = worker('first', ['--grace', '1s']);
	await until(() => submitted(sandbox).length === 4);
	first.child.kill('SIGTERM');
	const {code, stdout} = await first.ended();
	const document = JSON.parse(stdout);
	expect({code, ...document}).toMatchObject({code: 0, ended_by: 'terminated', done: 0, failed: 0});
	expect(await run('status')).toMatchObject({waiting: 4, running: 0, workers: []});
	expect(await finish()).toMatchObject({success: true, done: 4});
	expect(submitted(sandbox)).toHaveLength(4);
	expect(filesIn(output)).toHaveLength(4);
});

test('a row that crashes its worker three times is set aside and named, and the others are made', async () => {
	// The first attempt to submit it never ends, and neither do two to look it up.
	const {sandbox, env, submit, worker, run, finish} = await account('poison', redis, {
		steps: [
			{fault: 'stall', times: 1, match: {method: 'POST'}},
			{fault: 'stall', times: 2, match: {method: 'GET', path: '*/batch-poison-s1-*'}},
		],
	});
	await submit(3, '--slots', '1');
	const [, queue = ''] = /^(.+?):batch-poison-/m.exec(redisCli('KEYS', '*')) ?? [];
	const tries = `${queue}:farm:tries`;
	for (const time of ['1', '2', '3']) {
		const {child, ended} = worker(`dead-${time}`, ['-j', '1']);
		await until(() => redisCli('HVALS', tries) === time);
		child.kill('SIGKILL');
		await ended();
	}
	expect(await finish()).toMatchObject({done: 2, failed: 1});
	const {failures} = (await run('status')) as {failures: {job: string; message: string}[]};
	expect(failures).toEqual([
		expect.objectContaining({job: 'poison s1', message: expect.stringContaining('s1 was set aside')}),
	]);
	expect((await farm(env, 'retry')).document).toMatchObject({retried: 1, anew: 0});
	expect(await finish()).toMatchObject({done: 1});
	const names = submitted(sandbox).map(({externalId}) => externalId);
	expect(new Set(names).size).toBe(names.length);
});

test('a file that a worker saved right before it was killed is known to the one that takes over', async () => {
	const slow = {fault: 'slow-first-byte', times: 1} as const;
	const {sandbox, submit, worker, run, watched, output} = await account('saved', redis, {steps: [slow]});
	// Both have read the folder before anything was saved there.
	const workers = ['a', 'b'].map((machine) => worker(machine));
	await until(async () => ((await run('status')).workers as unknown[]).length === 2);
	await submit(1, '--slots', '1');
	const printed = (event: string) => workers.find((one) => one.printed.stderr.includes(`"event":"${event}"`));
	await until(() => printed('saving') !== undefined);
	redisCli('CLIENT', 'PAUSE', '5000', 'ALL');
	await until(() => printed('saved') !== undefined);
	printed('saved')?.child.kill('SIGKILL');
	const document = await watched();
	expect(document.failures ?? []).toEqual([]);
	expect(document).toMatchObject({done: 1, failed: 0});
	expect(submitted(sandbox)).toHaveLength(1);
	const [file = ''] = filesIn(output);
	expect(file).not.toBe('');
	const report = await run('report', '-o', output);
	expect(report.rows).toMatchObject([{file: expect.stringContaining(path.basename(file))}]);
});
