import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {planFaults, type Step} from '../../src/sandbox/fault-plan.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {envOf, root, runJs} from '../e2e/kling.js';
import {
	farmMachines,
	filesIn,
	type QueueServer,
	quick,
	startRedis,
	submitted,
	until,
	writeShots,
} from '../support/farm.js';

const {folder, start, farm, keep, killAll, closeAll} = farmMachines();
let redis: QueueServer;

beforeAll(async () => {
	redis = keep(await startRedis(true));
}, 120_000);
afterEach(killAll);
afterAll(closeAll);

/** A sandbox of one test, whose account has a queue of its own, and the environment of all machines. */
async function account(options: {speed?: number; slots?: number; steps?: Step[]} = {}, server = redis) {
	const {speed = 1000, slots = 100, steps = []} = options;
	const sandbox = keep(await startSandbox({speed, slots, faults: planFaults({steps})}));
	return {sandbox, env: {...envOf(sandbox), KLING_FARM_QUEUE: server.url}};
}

const redisCli = (...args: string[]) =>
	execFileSync('redis-cli', ['-p', String(redis.port), ...args], {encoding: 'utf8'}).trim();

const output = (name: string) => path.join(folder, name);
const finish = (env: Record<string, string>, name: string, ...more: string[]) =>
	farm({...env, MACHINE: 'b'}, 'worker', '-o', output(name), '--exit-when-done', ...quick, ...more);

const names = (sandbox: Sandbox) => submitted(sandbox).map(({externalId}) => externalId);

test('the plugin passes its own tests', () => {
	const cwd = path.join(root, 'plugins', 'farm');
	execFileSync('npm', ['test'], {cwd, env: {...process.env, KLING: runJs}, stdio: 'ignore'});
}, 120_000);

test('SIGTERM drains a worker: what Kling works on is given back, and another worker resumes it', async () => {
	const {sandbox, env} = await account({speed: 25});
	await farm(env, 'submit', writeShots(folder, 4, 'drain'), '--yes', '--slots', '4');
	const first = start({...env, MACHINE: 'a'}, 'worker', '-o', output('drain'), '--grace', '1s', ...quick);
	await until(() => submitted(sandbox).length === 4);
	first.child.kill('SIGTERM');
	const {code, stdout} = await first.ended();
	expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, ended_by: 'terminated', done: 0, failed: 0});
	expect((await farm(env, 'status')).document).toMatchObject({waiting: 4, running: 0, workers: []});
	expect((await finish(env, 'drain')).document).toMatchObject({success: true, done: 4});
	expect(submitted(sandbox)).toHaveLength(4);
	expect(filesIn(output('drain'))).toHaveLength(4);
}, 120_000);

test('a row that takes its worker down three times is set aside and named, and the others are made', async () => {
	// The first attempt to submit it never ends, and neither do two to look it up.
	const {sandbox, env} = await account({
		steps: [
			{fault: 'stall', times: 1, match: {method: 'POST'}},
			{fault: 'stall', times: 2, match: {method: 'GET', path: '*/batch-poison-s1-*'}},
		],
	});
	let posts = 0;
	await farm(env, 'submit', writeShots(folder, 3, 'poison'), '--yes', '--slots', '1');
	for (; posts < 3; posts++) {
		const worker = start({...env, MACHINE: 'a'}, 'worker', '-o', output('poison'), '-j', '1', ...quick);
		await until(() => redisCli('HVALS', keyOf('tries')) === String(posts + 1));
		worker.child.kill('SIGKILL');
		await worker.ended();
	}
	const {document} = await finish(env, 'poison');
	expect(document).toMatchObject({done: 2, failed: 1});
	const {failures} = (await farm(env, 'status')).document as {failures: {job: string; message: string}[]};
	expect(failures).toEqual([
		expect.objectContaining({job: 'poison s1', message: expect.stringContaining('s1 was set aside')}),
	]);
	expect((await farm(env, 'retry')).document).toMatchObject({retried: 1, anew: 0});
	expect((await finish(env, 'poison')).document).toMatchObject({done: 1});
	expect(new Set(names(sandbox)).size).toBe(submitted(sandbox).length);
}, 180_000);

/** The newest key of a kind in Redis. */
let known = new Set<string>();
function keyOf(name: string): string {
	const keys = redisCli('KEYS', `*:farm:${name}`).split('\n');
	return keys.find((key) => !known.has(key)) ?? '';
}
afterEach(() => {
	known = new Set(redisCli('KEYS', '*:farm:*').split('\n'));
});

test('a file that a worker saved right before it was killed is known to the one that takes over', async () => {
	const {sandbox, env} = await account({steps: [{fault: 'slow-first-byte', times: 1}]});
	// Both have read the folder before anything was saved there.
	const workers = ['a', 'b'].map((MACHINE) =>
		start({...env, MACHINE}, 'worker', '-o', output('saved'), ...quick),
	);
	await until(async () => ((await farm(env, 'status')).document.workers as unknown[]).length === 2);
	await farm(env, 'submit', writeShots(folder, 1, 'saved'), '--yes', '--slots', '1');
	const printed = (event: string) =>
		workers.find((worker) => worker.printed.stderr.includes(`"event":"${event}"`));
	await until(() => printed('saving') !== undefined);
	redisCli('CLIENT', 'PAUSE', '5000', 'ALL');
	await until(() => printed('saved') !== undefined);
	printed('saved')?.child.kill('SIGKILL');
	const {document} = await farm(env, 'status', '--watch');
	expect(document.failures ?? []).toEqual([]);
	expect(document).toMatchObject({done: 1, failed: 0});
	expect(submitted(sandbox)).toHaveLength(1);
	const [file = ''] = filesIn(output('saved'));
	expect(file).not.toBe('');
	const report = (await farm(env, 'report', '-o', output('saved'))).document;
	expect(report.rows).toMatchObject([{file: expect.stringContaining(path.basename(file))}]);
}, 60_000);

test('a chain waits for what it needs; a failed shot fails those that need it until it is retried', async () => {
	const {sandbox, env} = await account();
	const list = path.join(folder, 'chain.yaml');
	const shots = [
		'  - {id: a, type: text2video, model: kling-v1-6, prompt: "[fail] a hill"}',
		'  - {id: b, type: extend, video-id: "{a.video_id}"}',
		'  - {id: c, type: text2video, model: kling-v1-6, prompt: a river}',
		'  - {id: d, type: extend, video-id: "{c.video_id}"}',
		'  - {id: e, type: extend, video-id: "{c.video_id}", needs: d}',
	];
	writeFileSync(list, `shots:\n${shots.join('\n')}\n`);
	const added = await farm(env, 'submit', list, '--yes', '--allow-unknown-price');
	expect(added.document).toMatchObject({success: true, added: 5});
	expect((await finish(env, 'chain')).document).toMatchObject({done: 3, failed: 2});
	expect(submitted(sandbox)).toHaveLength(4);
	const {failures} = (await farm(env, 'status')).document as {failures: {job: string; code: string}[]};
	expect(failures.map(({job, code}) => `${job} ${code}`).sort()).toEqual([
		'chain a content_policy',
		'chain b conflicting_input',
	]);
	expect((await farm(env, 'retry')).document).toMatchObject({retried: 2, anew: 1});
	await finish(env, 'chain');
	// Failed again, as its prompt says: under another name.
	expect(submitted(sandbox)).toHaveLength(5);
	expect(new Set(names(sandbox)).size).toBe(5);
}, 120_000);

test('slots that others use slow all workers down, and every task is made once', async () => {
	const {sandbox, env} = await account({slots: 2, speed: 200});
	await farm(env, 'submit', writeShots(folder, 8, 'full'), '--yes', '--slots', '6');
	const {stderr, document} = await finish(env, 'full');
	expect(stderr).toContain('"event":"full"');
	expect(document).toMatchObject({done: 8, failed: 0});
	expect(submitted(sandbox)).toHaveLength(8);
}, 120_000);

test('keys are never in the queue, and a job that somebody else wrote is refused', async () => {
	const {sandbox, env} = await account();
	await farm(env, 'submit', writeShots(folder, 2, 'forged'), '--yes');
	const stored = JSON.stringify(redisCli('CONFIG', 'GET', 'dir').split('\n').slice(1).flatMap(filesBelow));
	expect(stored).toContain('forged');
	for (const secret of [sandbox.secretKey, sandbox.accessKey, sandbox.apiKey])
		expect(stored).not.toContain(secret);
	const key = redisCli('KEYS', '*:batch-forged-s1-*').split('\n')[0] ?? '';
	redisCli('HSET', key, 'data', redisCli('HGET', key, 'data').replace('shot 1', 'shot 9'));
	expect((await finish(env, 'forged')).document).toMatchObject({done: 1, failed: 1});
	expect((await farm(env, 'status')).document).toMatchObject({failures: [{code: 'permission_denied'}]});
	expect(submitted(sandbox)).toHaveLength(1);
}, 120_000);

const filesBelow = (top: string): string[] =>
	readdirSync(top, {recursive: true, withFileTypes: true, encoding: 'utf8'})
		.filter((entry) => entry.isFile())
		.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));

test('another account has another queue, and another protocol is refused with an explanation', async () => {
	const {env} = await account();
	const other = await account();
	await farm(env, 'submit', writeShots(folder, 1, 'mine'), '--yes');
	expect((await farm(other.env, 'status')).document).toMatchObject({tasks: 0});
	for (const key of redisCli('KEYS', '*:farm:meta').split('\n')) {
		if (!known.has(key)) redisCli('HSET', key, 'protocol', '7');
	}
	const {code, document} = await farm(env, 'worker', '-o', output('mine'));
	expect({code, document}).toMatchObject({
		code: 2,
		document: {error: {code: 'conflicting_input', message: expect.stringContaining('protocol 7')}},
	});
}, 120_000);

test('a Redis that forgot everything is noticed loudly, and submitting again pays for nothing twice', async () => {
	const server = keep(await startRedis(false));
	const {sandbox, env} = await account({speed: 60}, server);
	const list = writeShots(folder, 6, 'forgotten');
	const added = await farm(env, 'submit', list, '--yes', '--slots', '3');
	expect(added.stderr).toContain('keeps nothing on disk');
	const worker = start({...env, MACHINE: 'a'}, 'worker', '-o', output('forgotten'), ...quick);
	await until(() => submitted(sandbox).length >= 4);
	await server.restart();
	await until(() => worker.printed.stderr.includes('has lost its data'));
	expect((await farm(env, 'status')).document).toMatchObject({tasks: 0});
	expect((await farm(env, 'submit', list, '--yes', '--slots', '3')).document).toMatchObject({added: 6});
	const {document} = await farm(env, 'status', '--watch');
	expect(document).toMatchObject({done: 6, failed: 0});
	expect(submitted(sandbox)).toHaveLength(6);
	expect(filesIn(output('forgotten'))).toHaveLength(6);
}, 120_000);
