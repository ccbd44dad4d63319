import {expect, test} from 'vitest';
import type {ErrorDocument} from '../../../src/lib/errors/kling-error.js';
import {createNetwork} from '../../../src/lib/net/network.js';
import {systemClock} from '../../../src/lib/system/clock.js';
import {forwardAddress, forwardDelivery, forwardedHeaders} from '../../../src/lib/webhook/forward.js';
import {startFakeServer} from '../../support/fake-server.js';

test.each([
	['http://127.0.0.1:3000', '/', 'http://127.0.0.1:3000/'],
	['http://127.0.0.1:3000/hook', '/', 'http://127.0.0.1:3000/hook'],
	['http://127.0.0.1:3000/hook/', '/kling', 'http://127.0.0.1:3000/hook/kling'],
	['http://127.0.0.1:3000', '/a?b=1&c=%2F', 'http://127.0.0.1:3000/a?b=1&c=%2F'],
	['http://127.0.0.1:3000/?key=x', '/a?b=1?2', 'http://127.0.0.1:3000/a?key=x&b=1?2'],
	['http://127.0.0.1:3000', '//evil.example/a', 'http://127.0.0.1:3000//evil.example/a'],
	['http://127.0.0.1:3000', '/\\evil.example/a', 'http://127.0.0.1:3000//evil.example/a'],
	['http://127.0.0.1:3000', 'http://evil.example/a', 'http://127.0.0.1:3000/http://evil.example/a'],
])('%s receives %s at %s', (to, path, expected) => {
	expect(forwardAddress(new URL(to), path).href).toBe(expected);
});

test('headers of the connection are not passed on', () => {
	const own = {'webhook-id': '7', 'content-type': 'application/json', 'user-agent': 'x'};
	const others = {
		host: 'a',
		connection: 'close',
		'content-length': '2',
		'transfer-encoding': 'chunked',
		'proxy-a': 'b',
	};
	expect(forwardedHeaders({...own, ...others})).toEqual(own);
});

test('a receiver that does not respond in time: the error says how long it had, and names no flag', async () => {
	const server = await startFakeServer();
	server.answer = () => {};
	try {
		const stored = {id: '7001', receivedAt: 1, path: '/', headers: {}, body: '{}'};
		const sending = {network: createNetwork(), clock: systemClock, patienceMs: 100};
		const {error} = (await forwardDelivery(stored, new URL(server.baseUrl), sending)) as ErrorDocument;
		expect(error).toMatchObject({
			code: 'delivery_failed',
			message: expect.stringMatching(/gave no response within [\d.]+ s$/),
			hint: 'Start the receiver, and send it again: kling webhook replay 7001 --to URL',
		});
	} finally {
		await server.close();
	}
});
