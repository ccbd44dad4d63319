import {randomBytes} from 'node:crypto';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Webhook} from 'standardwebhooks';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type FakeServer, startFakeServer} from '../support/fake-server.js';
import {fails, kling, succeeds} from './kling.js';

const secret = `whsec_${randomBytes(24).toString('base64')}`;
const env = {KLING_WEBHOOK_SECRET: secret};
const cwd = mkdtempSync(path.join(tmpdir(), 'kling-webhook-'));
const write = (name: string, text: string) => {
	writeFileSync(path.join(cwd, name), text);
	return name;
};

let receiver: FakeServer;
beforeEach(async () => {
	receiver = await startFakeServer();
	receiver.answer = (_, response) => void response.writeHead(204).end();
});
afterEach(() => receiver.close());

const to = () => ['--to', `${receiver.baseUrl}/hook?from=kling`];

describe('kling webhook trigger', () => {
	test('sends what the reference implementation accepts, to the very address', async () => {
		const document = await succeeds(['webhook', 'trigger', 'task.succeed', ...to()], {env});
		const [seen] = receiver.seen;
		expect([seen?.method, seen?.url]).toEqual(['POST', '/hook?from=kling']);
		const body = new Webhook(secret).verify(seen?.body ?? '', seen?.headers as Record<string, string>);
		expect(body).toMatchObject({task_id: document.task_id, task_status: 'succeed'});
		expect(document).toMatchObject({signed: true, response: 204, status: 'succeed', standard: 'v1'});
		expect(document.delivery_id).toBe(seen?.headers['webhook-id']);
	});

	test('is unsigned without a secret, and says so', async () => {
		const {code, stdout, stderr} = await kling(['webhook', 'trigger', 'task.failed', ...to()]);
		expect([code, JSON.parse(stdout).signed]).toEqual([0, false]);
		expect(stderr).toContain('KLING_WEBHOOK_SECRET is not set');
		expect(receiver.seen[0]?.headers).not.toHaveProperty('webhook-signature');
	});

	test.each([
		['wrong-signature', false],
		['old', false],
		['duplicate', true],
	])('--flaw %s', async (flaw, isValid) => {
		await succeeds(['webhook', 'trigger', 'task.succeed', ...to(), '--flaw', flaw], {env});
		const verify = () =>
			new Webhook(secret).verify(
				receiver.seen[0]?.body ?? '',
				receiver.seen[0]?.headers as Record<string, string>,
			);
		if (isValid) {
			expect(verify).not.toThrow();
			const ids = receiver.seen.map(({headers}) => headers['webhook-id']);
			expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
		} else expect(verify).toThrow();
	});

	test('a receiver that refuses, or is not there, is exit 5', async () => {
		receiver.answer = (_, response) => void response.writeHead(500).end();
		const refused = await fails(['webhook', 'trigger', 'task.succeed', ...to()], 5, {env});
		expect(refused).toMatchObject({code: 'delivery_failed', message: expect.stringContaining('HTTP 500')});
		const missing = ['webhook', 'trigger', 'task.succeed', '--to', 'http://127.0.0.1:1/'];
		expect(await fails(missing, 5, {env})).toMatchObject({code: 'delivery_failed'});
		receiver.answer = (_, response) => void response.writeHead(302, {location: '/elsewhere'}).end();
		await fails(['webhook', 'trigger', 'task.succeed', ...to()], 5, {env});
		expect(receiver.seen.some(({url}) => url === '/elsewhere')).toBe(false);
	});
});

describe('kling webhook verify', () => {
	async function recorded(...words: string[]) {
		await succeeds(['webhook', 'trigger', 'task.succeed', ...to(), ...words], {env});
		const {headers, body} = receiver.seen[0] ?? {headers: {}, body: ''};
		const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
		return {headers: write('headers.txt', lines.join('')), body};
	}
	const verify = (headers: string, ...words: string[]) => [
		'webhook',
		'verify',
		'--headers',
		headers,
		...words,
	];

	test('accepts a delivery from a file or from stdin', async () => {
		const {headers, body} = await recorded('--standard', 'tasks', '--external-id', 'fox-1');
		const file = write('body.json', body);
		const fromFile = await succeeds(verify(headers, file), {env, cwd});
		const {id} = JSON.parse(body);
		expect(fromFile).toMatchObject({valid: true, standard: 'tasks', task_id: id, external_task_id: 'fox-1'});
		expect(await succeeds(verify(headers), {env, cwd, input: body})).toEqual(fromFile);
		expect(await succeeds(verify(headers, '-'), {env, cwd, input: body})).toEqual(fromFile);
	});

	test('refuses one that was changed, is old, or has no signature, as exit 4', async () => {
		const {headers, body} = await recorded();
		const changed = await fails(verify(headers), 4, {env, cwd, input: `${body}\n`});
		expect(changed).toMatchObject({
			code: 'invalid_signature',
			message: expect.stringContaining('No signature'),
		});
		const unsigned = write('unsigned.txt', 'content-type: application/json\n');
		expect(await fails(verify(unsigned), 4, {env, cwd, input: body})).toMatchObject({
			message: 'The delivery is not signed',
		});
		receiver.seen.length = 0;
		const old = await recorded('--flaw', 'old');
		expect(await fails(verify(old.headers), 4, {env, cwd, input: old.body})).toMatchObject({
			message: expect.stringMatching(/60\d s old/),
		});
		const anyTime = {env, cwd, input: old.body};
		expect(await succeeds(verify(old.headers, '--any-time'), anyTime)).toMatchObject({valid: true});
		expect(await succeeds(verify(old.headers, '--tolerance', '1h'), anyTime)).toMatchObject({valid: true});
	});

	test('what cannot be a secret, or is missing, is exit 4 and not shown', async () => {
		const {headers, body} = await recorded();
		const at = {cwd, input: body};
		expect(await fails(verify(headers), 4, at)).toMatchObject({code: 'missing_webhook_secret'});
		for (const value of ['hunter2-hunter2', `${secret}!`]) {
			const {code, stdout, stderr} = await kling(verify(headers), {
				...at,
				env: {KLING_WEBHOOK_SECRET: value},
			});
			expect([code, JSON.parse(stdout).error.code]).toEqual([4, 'invalid_webhook_secret']);
			expect(stdout + stderr).not.toContain(value);
		}
		const typed = await kling(verify(headers, '--secret-env', secret), at);
		expect([typed.code, typed.stdout + typed.stderr]).toEqual([
			4,
			expect.not.stringContaining(secret.slice(6)),
		]);
	});
});
