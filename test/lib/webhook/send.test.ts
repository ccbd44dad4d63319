import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createNetwork} from '../../../src/lib/net/network.js';
import {systemClock} from '../../../src/lib/system/clock.js';
import {sendDelivery} from '../../../src/lib/webhook/send.js';
import {type FakeServer, startFakeServer} from '../../support/fake-server.js';

let receiver: FakeServer;
beforeEach(async () => {
	receiver = await startFakeServer();
});
afterEach(() => receiver.close());

const send = (patienceMs = 20_000) =>
	sendDelivery(
		{url: new URL(receiver.baseUrl), headers: {'x-a': 'b'}, body: Buffer.from('{}')},
		{network: createNetwork(), clock: systemClock, patienceMs},
	);

describe('a delivery has arrived when the receiver', () => {
	test('responds with 2xx', async () => {
		receiver.answer = (_, response) => void response.writeHead(204).end();
		expect(await send()).toMatchObject({status: 204});
	});

	test('responds with 2xx and a body without end', async () => {
		receiver.answer = (_, response) => {
			response.writeHead(200);
			const more = () => response.write('x'.repeat(100_000), () => response.destroyed || setImmediate(more));
			more();
		};
		expect(await send()).toMatchObject({status: 200});
	});

	test('responds with 2xx and closes the connection within the body', async () => {
		receiver.answer = (_, response) => void response.writeHead(202).write('x', () => response.destroy());
		expect(await send()).toMatchObject({status: 202});
	});
});

describe('a delivery has not arrived when the receiver', () => {
	test('responds with an error, whatever the body', async () => {
		receiver.answer = (_, response) => void response.writeHead(500).write('x', () => response.destroy());
		await expect(send()).rejects.toMatchObject({
			code: 'delivery_failed',
			said: expect.stringContaining('HTTP 500'),
		});
	});

	test('responds with a redirect', async () => {
		receiver.answer = (_, response) => void response.writeHead(307, {location: '/other'}).end();
		await expect(send()).rejects.toMatchObject({said: expect.stringContaining('HTTP 307')});
	});

	test('gives no response, or closes the connection', async () => {
		receiver.answer = () => {};
		await expect(send(300)).rejects.toMatchObject({said: expect.stringContaining('no response within')});
		receiver.answer = (_, response) => void response.destroy();
		await expect(send()).rejects.toMatchObject({code: 'delivery_failed'});
	});
});
