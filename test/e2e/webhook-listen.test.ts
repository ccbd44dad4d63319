import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdtempSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Ajv} from 'ajv';
import {Webhook} from 'standardwebhooks';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {planFaults} from '../../src/sandbox/fault-plan.js';
import type {FaultName} from '../../src/sandbox/faults.js';
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/sandbox/server.js';
import {sign} from '../../src/sandbox/webhook-signing.js';
import {type FakeServer, startFakeServer} from '../support/fake-server.js';
import {startListener} from '../support/webhook-listener.js';
import {type Env, envOf, fails, kling, root, startKling, succeeds} from './kling.js';

/** No poll happens while a test runs. */
const noPolls = ['--interval', '10m', '--timeout', '20m'];

let sandbox: Sandbox | undefined;
let receiver: FakeServer;
let home: string;
let env: Env;

async function open(options: SandboxOptions = {}): Promise<Sandbox> {
	sandbox = await startSandbox({speed: 500, slots: 50, ...options});
	env = {...envOf(sandbox), XDG_DATA_HOME: home, KLING_WEBHOOK_SECRET: sandbox.webhookSecret()};
	return sandbox;
}

const withFault = (fault: FaultName, times = 1) => ({faults: planFaults({steps: [{fault, times}]})});

beforeEach(async () => {
	home = mkdtempSync(path.join(tmpdir(), 'kling-listen-'));
	receiver = await startFakeServer();
	receiver.answer = (_, response) => void response.writeHead(204).end();
});
afterEach(async () => {
	await Promise.all([sandbox?.close(), receiver.close()]);
	sandbox = undefined;
});

const create = (url: string, ...words: string[]) =>
	succeeds(['video', 'create', 'a fox', '--callback-url', url, ...words], {env});

/** Posts a body signed with a secret, or unsigned. */
async function post(url: string, body: object, secret?: string, {id = '7001', ageMs = 0} = {}) {
	const text = JSON.stringify(body);
	const seconds = Math.floor((Date.now() - ageMs) / 1000);
	const signature = secret && {
		'webhook-id': id,
		'webhook-timestamp': String(seconds),
		'webhook-signature': sign(secret, id, seconds, text),
	};
	return (await fetch(url, {method: 'POST', body: text, headers: {...signature}})).status;
}

const seed = {task_id: '900000000000000101', task_status: 'succeed', task_result: {}};
const folderOf = (name: string) => {
	const accounts = path.join(home, 'kling-cli', 'journal');
	return path.join(accounts, readdirSync(accounts)[0] ?? '', name);
};
const storedFiles = () => (existsSync(folderOf('webhooks')) ? readdirSync(folderOf('webhooks')) : []);

describe('deliveries of Kling', () => {
	test('are printed, kept, and noted in the journal, whichever standard made the task', async () => {
		const kling = await open();
		env = {...env, KLING_ACCESS_KEY: undefined, KLING_SECRET_KEY: undefined, KLING_API_KEY: kling.apiKey};
		const listener = await startListener(env);
		const older = await create(listener.url, '--api', 'v1');
		const newer = await create(listener.url, '--api', 'tasks');
		const lines = await listener.until('delivery', 4);
		for (const [{task_id}, standard] of [[older, 'v1'] as const, [newer, 'tasks'] as const]) {
			const own = lines.filter((line) => line.task_id === task_id);
			expect(own.map(({status}) => status)).toEqual(['processing', 'succeed']);
			expect(own[1]).toMatchObject({standard, verified: 'signature', video_id: expect.any(String)});
		}
		// No request was sent to Kling.
		const {tasks} = await succeeds(['video', 'history'], {env});
		expect((tasks as {status: string}[]).map(({status}) => status)).toEqual(['succeed', 'succeed']);
		const schema = path.join(root, 'schemas', 'documents', 'webhook-listen.json');
		const validate = new Ajv({strict: false}).compile(JSON.parse(readFileSync(schema, 'utf8')));
		for (const line of listener.lines) expect([validate(line), validate.errors]).toEqual([true, null]);
		expect(storedFiles()).toHaveLength(4);
		for (const name of storedFiles()) {
			expect(statSync(path.join(folderOf('webhooks'), name)).mode & 0o077).toBe(0);
		}
		expect(await listener.ended('SIGINT')).toBe(130);
		expect(JSON.stringify(listener.lines) + listener.stderr()).not.toContain(kling.webhookSecret().slice(6));
	});

	test('of a failed task name the reason', async () => {
		await open();
		const listener = await startListener(env);
		await succeeds(['video', 'create', 'a fox [fail]', '--callback-url', listener.url], {env});
		const [, failed] = await listener.until('delivery', 2);
		expect(failed).toMatchObject({success: true, status: 'failed', error: {code: 'content_policy'}});
	});

	test('that are forged are refused, and nothing is done', async () => {
		const {webhookSecret} = await open(withFault('wrong-signature'));
		const listener = await startListener(env, '--exec', 'cat >&2');
		await create(listener.url);
		const [rejected] = await listener.until('rejected');
		expect(rejected?.error).toMatchObject({
			code: 'invalid_signature',
			hint: expect.stringContaining('A proxy in front must pass on the body'),
		});
		// The next delivery is valid.
		await listener.until('executed');
		const other = `whsec_${randomBytes(24).toString('base64')}`;
		expect(await post(listener.url, seed, other)).toBe(401);
		expect(await post(listener.url, {hello: 'there'}, webhookSecret(), {id: '7009'})).toBe(400);
		const [, , strange] = await listener.until('rejected', 3);
		expect(strange?.error).toMatchObject({
			code: 'invalid_delivery',
			hint: expect.stringContaining('only Kling should know this address'),
		});
		expect(await post(listener.url, seed, webhookSecret(), {ageMs: 6 * 60_000})).toBe(401);
		expect(listener.lines.filter(({event}) => event === 'delivery')).toHaveLength(1);
		expect(storedFiles()).toHaveLength(1);
	});

	test('that come again are acted on once, also after a restart', async () => {
		const {webhookSecret} = await open(withFault('duplicate-callback', 2));
		const first = await startListener(env);
		await create(first.url);
		expect(await post(first.url, seed, webhookSecret(), {id: '7100'})).toBe(204);
		expect(await post(first.url, seed, webhookSecret(), {id: '7100'})).toBe(200);
		await first.until('delivery', 3);
		expect(await first.ended('SIGTERM')).toBe(143);
		expect(first.lines.filter(({event}) => event === 'delivery')).toHaveLength(3);
		expect(first.stderr()).toContain('came again');
		const second = await startListener(env);
		expect(await post(second.url, seed, webhookSecret(), {id: '7100'})).toBe(200);
		expect(await post(second.url, seed, webhookSecret(), {id: '7101'})).toBe(204);
		expect((await second.until('delivery')).map((line) => line.delivery_id)).toEqual(['7101']);
	});

	test('that come out of order do not set a task back', async () => {
		await open(withFault('callback-out-of-order'));
		const listener = await startListener(env);
		await create(listener.url);
		const [succeed, processing] = await listener.until('delivery', 2);
		expect([succeed?.status, succeed?.outdated]).toEqual(['succeed', undefined]);
		expect([processing?.status, processing?.outdated]).toEqual(['processing', true]);
		const {tasks} = await succeeds(['video', 'history'], {env});
		expect(tasks).toMatchObject([{status: 'succeed'}]);
	});

	test('are accepted while the secret is rotated, by the old one and by both', async () => {
		const kling = await open();
		const old = kling.webhookSecret();
		const listener = await startListener(env);
		kling.rotateWebhookSecret();
		await create(listener.url);
		await listener.until('delivery', 2);
		const both = await startListener({...env, KLING_WEBHOOK_SECRET: `${kling.webhookSecret()} ${old}`});
		expect(await post(both.url, seed, kling.webhookSecret(), {id: '7200'})).toBe(204);
		expect(await post(both.url, seed, old, {id: '7201'})).toBe(204);
	});
});

describe('deliveries without a signature', () => {
	test('are accepted when Kling says the same, and otherwise not', async () => {
		await open();
		const listener = await startListener({...env, KLING_WEBHOOK_SECRET: undefined});
		expect(listener.lines[0]).toMatchObject({checks_signatures: false});
		const {task_id} = await create(listener.url);
		const [, delivery] = await listener.until('delivery', 2);
		expect(delivery).toMatchObject({task_id, verified: 'lookup', status: 'succeed'});
		expect(delivery?.delivery_id).toMatch(/^body-[\da-f]{16}$/);
		expect(await post(listener.url, {...seed, task_id: '899999999999999999'})).toBe(204);
		const [rejected] = await listener.until('rejected');
		expect(rejected?.error).toMatchObject({code: 'task_not_found', task_id: '899999999999999999'});
	});

	test('say nothing about a task that Kling says is still running', async () => {
		await open({speed: 1});
		const listener = await startListener(env);
		await post(listener.url, {...seed, task_id: '900000000000000104'});
		const [delivery] = await listener.until('delivery');
		expect(delivery).toMatchObject({task_id: '900000000000000104', status: 'processing', verified: 'lookup'});
	});

	test('cannot stand for another task by a word such as last, or by an external id', async () => {
		await open();
		const listener = await startListener(env);
		await create('http://127.0.0.1:1/', '--external-id', 'fox-1');
		for (const task_id of ['last', 'fox-1']) await post(listener.url, {...seed, task_id});
		const rejected = await listener.until('rejected', 2);
		expect(rejected.map(({error}) => error?.code)).toEqual(['task_not_found', 'task_not_found']);
		expect(listener.lines.some(({event}) => event === 'delivery')).toBe(false);
	});
});

describe('waiting on the same machine ends when the callback comes', () => {
	test('create --wait', async () => {
		await open({speed: 100});
		const listener = await startListener(env);
		expect(await create(listener.url, '--wait', ...noPolls)).toMatchObject({status: 'succeed'});
	});

	test('wait for several tasks', async () => {
		await open({speed: 40});
		const listener = await startListener(env);
		const ids = await Promise.all([1, 2, 3].map(async () => (await create(listener.url)).task_id as string));
		const {code, stdout} = await kling(['video', 'wait', ...ids, ...noPolls], {env});
		expect([code, stdout.trim().split('\n').length]).toEqual([0, 3]);
	});

	test('and polling continues when a callback is lost', async () => {
		await open(withFault('lost-callback', 9));
		const listener = await startListener(env);
		const words = ['--wait', '--interval', '100ms'];
		expect(await create(listener.url, ...words)).toMatchObject({status: 'succeed'});
		expect(listener.lines.map(({event}) => event)).toEqual(['listening']);
	});
});

describe('--wait-for', () => {
	test('ends with the status of the task', async () => {
		await open();
		const made = await create('http://127.0.0.1:1/', '--external-id', 'fox-1');
		const listener = await startListener(env, '--wait-for', 'fox-1');
		expect(await listener.ended()).toBe(0);
		expect(listener.lines.at(-1)).toMatchObject({success: true, task_id: made.task_id, status: 'succeed'});
	});

	test('is exit 3 for a task that failed, and 9 for one that is not there', async () => {
		await open();
		const failed = await startListener(env, '--wait-for', '900000000000000103');
		expect(await failed.ended()).toBe(3);
		expect(failed.lines.at(-1)?.error?.code).toBe('content_policy');
		const missing = await startListener(env, '--wait-for', '899999999999999999');
		expect(await missing.ended()).toBe(9);
	});
});

describe('--forward-to', () => {
	test('keeps path, query, headers and every byte', async () => {
		const {webhookSecret} = await open();
		const listener = await startListener(env, '--forward-to', `${receiver.baseUrl}/app/`);
		await create(`${listener.url}hook/kling?shop=1&x=%2F`);
		const [, forwarded] = await listener.until('forwarded', 2);
		expect(forwarded).toMatchObject({success: true, response: 204});
		const judge = new Webhook(webhookSecret());
		for (const {url, headers, body} of receiver.seen) {
			expect(url).toBe('/app/hook/kling?shop=1&x=%2F');
			expect(judge.verify(body, headers as Record<string, string>)).toMatchObject({
				task_id: expect.any(String),
			});
		}
	});

	test('a receiver that is down is reported, and replay sends the delivery again', async () => {
		const {webhookSecret} = await open();
		const listener = await startListener(env, '--forward-to', 'http://127.0.0.1:1/');
		await post(`${listener.url}hook?a=1`, seed, webhookSecret(), {id: '7300'});
		const [failed] = await listener.until('forwarded');
		expect(failed).toMatchObject({success: false, error: {code: 'delivery_failed'}});
		expect(failed?.error).toMatchObject({hint: expect.stringContaining('kling webhook replay 7300')});
		for (const id of ['7300', '@last']) {
			const to = ['--to', receiver.baseUrl];
			const document = await succeeds(['webhook', 'replay', id, ...to], {env});
			expect(document).toMatchObject({
				delivery_id: '7300',
				signed: true,
				to: `${receiver.baseUrl}/hook?[hidden]`,
			});
			const sent = receiver.seen.at(-1);
			const headers = sent?.headers as Record<string, string>;
			expect(new Webhook(webhookSecret()).verify(sent?.body ?? '', headers)).toEqual(seed);
			expect([sent?.url, headers['webhook-id']]).toEqual(['/hook?a=1', '7300']);
		}
	});
});

describe('replay', () => {
	test('takes the secret of that time, or says that it is not there', async () => {
		const kling = await open();
		const listener = await startListener(env);
		await post(listener.url, seed, kling.webhookSecret(), {id: '7400'});
		await listener.until('delivery');
		const replay = ['webhook', 'replay', '7400', '--to', receiver.baseUrl];
		const fresh = `whsec_${randomBytes(24).toString('base64')}`;
		const missing = await fails(replay, 4, {env: {...env, KLING_WEBHOOK_SECRET: fresh}});
		expect(missing.code).toBe('missing_webhook_secret');
		expect(receiver.seen).toHaveLength(0);
		const both = `${fresh} ${kling.webhookSecret()}`;
		await succeeds(replay, {env: {...env, KLING_WEBHOOK_SECRET: both}});
		expect(await fails(['webhook', 'replay', '7999'], 9, {env})).toMatchObject({code: 'delivery_not_found'});
	});
});

describe('--exec', () => {
	test('gets the document on stdin, and a shell sees nothing of it', async () => {
		const {webhookSecret} = await open();
		const out = path.join(home, 'out.ndjson');
		const listener = await startListener(env, '--exec', `cat >> '${out}'; exit 5`);
		const message = `'; touch "${home}/pwned"; $(touch ${home}/pwned) \`touch ${home}/pwned\``;
		const body = {...seed, task_status: 'failed', task_status_msg: message};
		await post(listener.url, body, webhookSecret());
		expect((await listener.until('executed'))[0]).toMatchObject({success: false, exit: 5});
		const [line = ''] = readFileSync(out, 'utf8').split('\n');
		expect(JSON.parse(line)).toMatchObject({event: 'delivery', error: {message}});
		expect(existsSync(path.join(home, 'pwned'))).toBe(false);
	});

	test.skipIf(process.platform === 'win32')('does not get the secret of the webhook', async () => {
		const {webhookSecret} = await open();
		env = {...env, MINE: webhookSecret()};
		const out = path.join(home, 'seen.txt');
		const listener = await startListener(env, '--secret-env', 'MINE', '--exec', `env > '${out}'`);
		await post(listener.url, seed, webhookSecret());
		await listener.until('executed');
		expect(readFileSync(out, 'utf8')).toContain('KLING_BASE_URL=');
		expect(readFileSync(out, 'utf8')).not.toContain(webhookSecret());
	});

	test('that hangs is ended after --exec-timeout, and the next one gets its turn', async () => {
		const {webhookSecret} = await open();
		const listener = await startListener(env, '--exec', 'sleep 100', '--exec-timeout', '200ms');
		await post(listener.url, seed, webhookSecret());
		await post(listener.url, seed, webhookSecret(), {id: '7002'});
		const executed = await listener.until('executed', 2);
		const ended = {success: false, event: 'executed', timed_out: true};
		expect(executed).toEqual(['7001', '7002'].map((id) => ({...ended, delivery_id: id})));
	});

	test('is ended by a second Ctrl-C, with what it started', async () => {
		const {webhookSecret} = await open();
		const pid = path.join(home, 'pid');
		const listener = await startListener(env, '--exec', `sleep 100 & echo $! > '${pid}'; wait`);
		await post(listener.url, seed, webhookSecret());
		await vi.waitFor(() => expect(existsSync(pid) && readFileSync(pid, 'utf8')).toMatch(/\d/), 20_000);
		listener.child.kill('SIGINT');
		// A second signal counts only once it has begun to end.
		await vi.waitFor(() => expect(fetch(listener.url)).rejects.toThrow(), 20_000);
		expect(await listener.ended('SIGINT')).toBe(130);
		const state = spawnSync('ps', ['-o', 'stat=', '-p', readFileSync(pid, 'utf8').trim()], {
			encoding: 'utf8',
		});
		expect(state.stdout).toMatch(/^(Z.*)?$/);
	});

	test('Ctrl-C waits for what has begun', async () => {
		const {webhookSecret} = await open();
		const listener = await startListener(env, '--exec', 'sleep 0.5');
		await post(listener.url, seed, webhookSecret());
		await listener.until('delivery');
		expect(await listener.ended('SIGINT')).toBe(130);
		expect(listener.lines.at(-1)).toMatchObject({event: 'executed', exit: 0});
	});
});

test('a port that is taken, and a host that is not ours, are exit 2', async () => {
	await open();
	const listen = ['webhook', 'listen', '--port', String(receiver.port)];
	expect(await fails(listen, 2, {env})).toMatchObject({code: 'port_in_use'});
	const foreign = ['webhook', 'listen', '--port', '0', '--host', '192.0.2.1'];
	expect(await fails(foreign, 2, {env})).toMatchObject({code: 'invalid_flag'});
});

test('a reader that goes away ends it', async () => {
	const {webhookSecret} = await open();
	const child = startKling(['webhook', 'listen', '--port', '0'], {env});
	const first = await new Promise<string>((resolve) =>
		child.stdout?.once('data', (data) => resolve(`${data}`)),
	);
	child.stdout?.destroy();
	const {url} = JSON.parse(first);
	const closed = new Promise((resolve) => child.once('exit', resolve));
	await post(url, seed, webhookSecret(), {id: '7500'});
	await post(url, seed, webhookSecret(), {id: '7501'}).catch(() => {});
	expect(await closed).toBe(141);
});
