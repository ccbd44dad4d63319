import {readFileSync} from 'node:fs';
import {createServer, type IncomingHttpHeaders, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {planFaults} from '../../src/sandbox/fault-plan.js';
import type {FaultName} from '../../src/sandbox/faults.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {sign} from '../../src/sandbox/webhook-signing.js';

interface Delivery {
	headers: IncomingHttpHeaders;
	body: string;
}

let receiver: Server;
let received: Delivery[];
let sandbox: Sandbox;
beforeEach(async () => {
	received = [];
	receiver = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
		received.push({headers: request.headers, body: Buffer.concat(chunks).toString('utf8')});
		response.end();
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
	await sandbox.close();
	receiver.close();
});

/** Makes a task that is over in a moment, on the newer standard or the older one. */
async function makeTask(fault?: FaultName, isNewer = true) {
	sandbox = await startSandbox({
		speed: 1000,
		...(fault && {faults: planFaults({steps: [{fault}]})}),
	});
	await create(isNewer);
}

async function create(isNewer = true) {
	const {port} = receiver.address() as AddressInfo;
	const callback_url = `http://127.0.0.1:${port}/hook`;
	const [path, body] = isNewer
		? ['/text-to-video/kling-2.5-turbo', {prompt: 'x', options: {callback_url}}]
		: ['/v1/videos/text2video', {model_name: 'kling-v2-5-turbo', prompt: 'x', callback_url}];
	const reply = await fetch(sandbox.baseUrl + path, {
		method: 'POST',
		headers: {authorization: `Bearer ${sandbox.apiKey}`},
		body: JSON.stringify(body),
	});
	expect(reply.status).toBe(200);
}

const arrived = (count: number) =>
	vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), 30_000);

const statuses = () => received.map(({body}) => JSON.parse(body).status as string);

function isSigned({headers, body}: Delivery, secret: string): boolean {
	const id = String(headers['webhook-id']);
	const expected = sign(secret, id, Number(headers['webhook-timestamp']), body);
	return String(headers['webhook-signature']).split(' ').includes(expected);
}

test.each(['callback.signature.vector', 'callback.signature.official-vector'])('%s', async (name) => {
	sandbox = await startSandbox();
	const file = new URL(`../fixtures/callbacks/${name}.json`, import.meta.url);
	const {secret, headers, raw_body: body} = JSON.parse(readFileSync(file, 'utf8'));
	expect(sign(secret, headers['webhook-id'], Number(headers['webhook-timestamp']), body)).toBe(
		headers['webhook-signature'],
	);
});

describe('deliveries', () => {
	test('are signed, each with its own id, in the form of the standard that made the task', async () => {
		await makeTask();
		await create(false);
		await arrived(4);
		expect(received.every((delivery) => isSigned(delivery, sandbox.webhookSecret()))).toBe(true);
		expect(new Set(received.map(({headers}) => headers['webhook-id'])).size).toBe(4);
		const bodies = received.map(({body}) => JSON.parse(body) as Record<string, unknown>);
		expect(bodies.filter((body) => 'id' in body).map(({status}) => status)).toEqual([
			'processing',
			'succeeded',
		]);
		expect(bodies.filter((body) => 'task_id' in body).map((body) => body.task_status)).toEqual([
			'processing',
			'succeed',
		]);
	});

	test('have both signatures while the secret is rotated, and one after an emergency', async () => {
		await makeTask();
		await arrived(2);
		const old = sandbox.webhookSecret();
		const fresh = sandbox.rotateWebhookSecret();
		await create();
		await arrived(4);
		const rotating = received.slice(2);
		expect(rotating.every((one) => isSigned(one, old) && isSigned(one, fresh))).toBe(true);

		const reply = await fetch(`${sandbox.baseUrl}/sandbox/webhook-secret`, {
			method: 'POST',
			headers: {authorization: `Bearer ${sandbox.apiKey}`},
			body: '{"emergency": true}',
		});
		const {data} = (await reply.json()) as {data: {webhook_secret: string}};
		expect(data.webhook_secret).toBe(sandbox.webhookSecret());
		await create();
		await arrived(6);
		const after = received.slice(4);
		expect(after.some((one) => isSigned(one, old) || isSigned(one, fresh))).toBe(false);
		expect(after.every((one) => isSigned(one, data.webhook_secret))).toBe(true);
	});
});

describe('faults', () => {
	test('lost-callback', async () => {
		await makeTask('lost-callback');
		await arrived(1);
		expect(statuses()).toEqual(['succeeded']);
	});

	test('duplicate-callback', async () => {
		await makeTask('duplicate-callback');
		await arrived(3);
		expect(statuses()).toEqual(['processing', 'processing', 'succeeded']);
		expect(received[0]?.headers['webhook-id']).toBe(received[1]?.headers['webhook-id']);
	});

	test('callback-out-of-order', async () => {
		await makeTask('callback-out-of-order');
		await arrived(2);
		expect(statuses()).toEqual(['succeeded', 'processing']);
	});

	test('wrong-signature', async () => {
		await makeTask('wrong-signature');
		await arrived(2);
		expect(received.map((one) => isSigned(one, sandbox.webhookSecret()))).toEqual([false, true]);
	});

	test('late-callback', async () => {
		await makeTask('late-callback');
		await arrived(2);
		expect(statuses()).toEqual(['processing', 'succeeded']);
		const [first] = received;
		expect(isSigned(first as Delivery, sandbox.webhookSecret())).toBe(true);
	});
});
