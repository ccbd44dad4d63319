import {execFile, execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {promisify} from 'node:util';
import {beforeAll, expect, test} from 'vitest';
import type {Sandbox} from '../../src/sandbox/server.js';
import {root, runJs} from '../e2e/kling.js';
import {filesIn, submitted, writeShots} from '../support/farm.js';
import {farmAccounts, resultOf} from '../support/farm-accounts.js';
import {type QueueServer, startRedis, until} from '../support/queue-servers.js';

const {folder, brief, keep, account} = await farmAccounts();
let redis: QueueServer;

beforeAll(async () => {
	redis = keep(await startRedis(true));
});

const redisCli = (server: QueueServer, ...args: string[]) =>
	execFileSync('redis-cli', ['-p', String(server.port), ...args], {encoding: 'utf8'}).trim();

/** The key prefix of the queue to which a list was submitted. */
function queueOf(list: string): string {
	const [, queue = ''] = /^(.+?):batch-/m.exec(redisCli(redis, 'KEYS', `*:batch-${list}-s1-*`)) ?? [];
	expect(queue).not.toBe('');
	return queue;
}

const names = (sandbox: Sandbox) => submitted(sandbox).map(({externalId}) => externalId);

const filesBelow = (top: string): string[] =>
	readdirSync(top, {recursive: true, withFileTypes: true, encoding: 'utf8'})
		.filter((entry) => entry.isFile())
		.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));

test('the plugin passes its own tests', async () => {
	const cwd = path.join(root, 'plugins', 'farm');
	await promisify(execFile)('npm', ['test'], {cwd, env: {...process.env, KLING: runJs}});
});

test('a chain waits for what it needs; a failed shot fails those that need it until it is retried', async () => {
	const {sandbox, run, finish} = await account('chain', redis);
	const list = path.join(folder, 'chain.yaml');
	const shots = [
		'  - {id: a, type: text2video, model: kling-v1-6, prompt: "[fail] a hill"}',
		'  - {id: b, type: extend, video-id: "{a.video_id}"}',
		'  - {id: c, type: text2video, model: kling-v1-6, prompt: a river}',
		'  - {id: d, type: extend, video-id: "{c.video_id}"}',
		'  - {id: e, type: extend, video-id: "{c.video_id}", needs: d}',
	];
	writeFileSync(list, `shots:\n${shots.join('\n')}\n`);
	const added = await run('submit', list, '--yes', '--allow-unknown-price');
	expect(added).toMatchObject({success: true, added: 5});
	expect(await finish()).toMatchObject({done: 3, failed: 2});
	expect(submitted(sandbox)).toHaveLength(4);
	const {failures} = (await run('status')) as {failures: {job: string; code: string}[]};
	expect(failures.map(({job, code}) => `${job} ${code}`).sort()).toEqual([
		'chain a content_policy',
		'chain b conflicting_input',
	]);
	expect(await run('retry')).toMatchObject({retried: 2, anew: 1});
	await finish();
	// It fails again, as its prompt demands, under another external id.
	expect(submitted(sandbox)).toHaveLength(5);
	expect(new Set(names(sandbox)).size).toBe(5);
});

test('slots that others use slow all workers down, and every task is made once', async () => {
	const {sandbox, submit, finish} = await account('full', redis, {slots: 2, speed: 60});
	await submit(8, '--slots', '6');
	const {stderr, ...document} = await finish();
	expect(stderr).toContain('"event":"full"');
	expect(document).toMatchObject({done: 8, failed: 0});
	expect(submitted(sandbox)).toHaveLength(8);
});

test('a Redis whose memory is full makes workers wait, and no job fails', async () => {
	const server = keep(await startRedis(true));
	const {sandbox, submit, worker, run, output} = await account('crowded', server, {speed: 60});
	await submit(6, '--slots', '3');
	const one = worker('one', ['--exit-when-done']);
	await until(() => submitted(sandbox).length >= 2);
	redisCli(server, 'CONFIG', 'SET', 'maxmemory', '100kb');
	await until(() => one.printed.stderr.includes('takes nothing for now'));
	expect(await run('status')).toMatchObject({
		error: {code: 'connection_error', hint: expect.stringContaining('more memory')},
	});
	const two = worker('two', ['--exit-when-done']);
	await until(() => two.printed.stderr.includes('The worker waits for it'));
	const three = worker('three');
	await until(() => three.printed.stderr.includes('The worker waits for it'));
	three.child.kill('SIGTERM');
	expect(await resultOf(three)).toMatchObject({code: 143, success: false});
	redisCli(server, 'CONFIG', 'SET', 'maxmemory', '0');
	const [first, second] = await Promise.all([resultOf(one), resultOf(two)]);
	expect([first.code, second.code]).toEqual([0, 0]);
	expect(Number(first.done) + Number(second.done)).toBe(6);
	expect(submitted(sandbox)).toHaveLength(6);
	expect(filesIn(output)).toHaveLength(6);
});

test('keys are never in the queue, and a job that someone else wrote is refused', async () => {
	const {sandbox, submit, run, finish} = await account('forged', redis);
	await submit(2);
	const folders = redisCli(redis, 'CONFIG', 'GET', 'dir').split('\n').slice(1);
	const stored = JSON.stringify(folders.flatMap(filesBelow));
	expect(stored).toContain('forged');
	for (const secret of [sandbox.secretKey, sandbox.accessKey, sandbox.apiKey])
		expect(stored).not.toContain(secret);
	const key = redisCli(redis, 'KEYS', '*:batch-forged-s1-*').split('\n')[0] ?? '';
	const data = redisCli(redis, 'HGET', key, 'data').replace('shot 1', 'shot 9');
	redisCli(redis, 'HSET', key, 'data', data);
	expect(await finish()).toMatchObject({done: 1, failed: 1});
	expect(await run('status')).toMatchObject({failures: [{code: 'permission_denied'}]});
	expect(submitted(sandbox)).toHaveLength(1);
});

test('another account has another queue, and another protocol is refused with an explanation', async () => {
	const mine = await account('mine', redis);
	const other = await account('other', redis);
	await mine.submit(1);
	expect(await other.run('status')).toMatchObject({tasks: 0});
	redisCli(redis, 'HSET', `${queueOf('mine')}:farm:meta`, 'protocol', '7');
	expect(await resultOf(mine.worker('one'))).toMatchObject({
		code: 2,
		error: {code: 'conflicting_input', message: expect.stringContaining('protocol 7')},
	});
});

test('a Redis that lost everything causes a warning, and submitting again pays for nothing twice', async () => {
	const server = keep(await startRedis(false));
	const {sandbox, env, worker, run, watched, output} = await account('forgotten', server, {speed: 60});
	const list = writeShots(folder, 6, 'forgotten');
	const added = await brief(env, 'submit', list, '--yes', '--slots', '3');
	expect(added.stderr).toContain('keeps nothing on disk');
	const {printed} = worker('one');
	await until(() => submitted(sandbox).length >= 4);
	await server.restart();
	await until(() => printed.stderr.includes('has lost its data'));
	expect(await run('status')).toMatchObject({tasks: 0});
	expect(await run('submit', list, '--yes', '--slots', '3')).toMatchObject({added: 6});
	expect(await watched()).toMatchObject({done: 6, failed: 0});
	expect(submitted(sandbox)).toHaveLength(6);
	expect(filesIn(output)).toHaveLength(6);
});
