import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {maxBodyBytes} from '../../../src/lib/webhook/delivery.js';
import {type IncomingRequest, type Receiver, startReceiver} from '../../../src/lib/webhook/server.js';

let receiver: Receiver | undefined;
const taken: IncomingRequest[] = [];
afterEach(async () => {
	await receiver?.close();
	receiver = undefined;
	taken.length = 0;
});

async function open(
	limits: {headers?: number; request?: number; idle?: number; check?: number} = {},
	maxHeldBytes?: number,
) {
	receiver = await startReceiver({
		host: '127.0.0.1',
		port: 0,
		limits,
		...(maxHeldBytes !== undefined && {maxHeldBytes}),
		take: (incoming) => {
			taken.push(incoming);
			return 204;
		},
	});
	return receiver.origin;
}

/** What comes back on a connection that sends this and then nothing more, once the other side closes it. */
async function raw(origin: string, text: string): Promise<string> {
	const socket: Socket = connect(Number(new URL(origin).port), '127.0.0.1');
	let answer = '';
	socket.on('data', (chunk: Buffer) => {
		answer += chunk.toString();
	});
	socket.on('error', () => {});
	socket.write(text);
	await once(socket, 'close');
	return answer;
}

describe('a receiver', () => {
	test('passes on path, query, headers and body', async () => {
		const origin = await open();
		const response = await fetch(`${origin}/a/b?c=1`, {
			method: 'POST',
			body: '{"é": 1}',
			headers: {'X-A': 'b'},
		});
		expect(response.status).toBe(204);
		expect(taken).toMatchObject([{path: '/a/b?c=1', headers: {'x-a': 'b'}}]);
		expect(taken[0]?.body.toString()).toBe('{"é": 1}');
	});

	test.each([
		['a GET', 405, {method: 'GET'}],
		['a page of a browser', 403, {method: 'POST', body: '{}', headers: {origin: 'http://example.com'}}],
		['a body that is packed', 415, {method: 'POST', body: '{}', headers: {'content-encoding': 'gzip'}}],
		['a body that is too large', 413, {method: 'POST', body: 'x'.repeat(maxBodyBytes + 1)}],
	])('refuses %s with %i', async (_, status, request) => {
		expect((await fetch(await open(), request)).status).toBe(status);
		expect(taken).toEqual([]);
	});

	test('reads no more than it may of a body of unknown length', async () => {
		const origin = await open();
		const chunk = `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n`;
		const head = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
		expect(await raw(origin, head + chunk.repeat(6))).toMatch(/^HTTP\/1.1 413 /);
		expect(taken).toEqual([]);
	});

	test('accepts two hundred deliveries at once', async () => {
		const port = Number(new URL(await open()).port);
		const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n';
		const sockets = Array.from({length: 200}, () => connect(port, '127.0.0.1'));
		await Promise.all(sockets.map((socket) => once(socket, 'connect')));
		const answers = sockets.map(async (socket) => {
			socket.end(`${head}{}`);
			const [answer] = (await once(socket, 'data')) as [Buffer];
			return answer.toString().slice(0, 12);
		});
		expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 204']));
		expect(taken).toHaveLength(200);
	});

	test('refuses a body while it holds too much of others, and accepts it later', async () => {
		const origin = await open({}, 1000);
		const slow = connect(Number(new URL(origin).port), '127.0.0.1');
		const half = 'x'.repeat(900);
		const post = () => fetch(origin, {method: 'POST', body: 'y'.repeat(500)});
		slow.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 950\r\n\r\n${half}`);
		await vi.waitFor(async () => expect((await post()).status).toBe(503), {timeout: 10_000});
		slow.write('x'.repeat(50));
		await once(slow, 'data');
		expect((await post()).status).toBe(204);
		slow.destroy();
	});

	test('closes a connection whose headers never end', async () => {
		const origin = await open({headers: 200, check: 50});
		expect(await raw(origin, 'POST / HTTP/1.1\r\nhost: x\r\nx-slow: ')).toMatch(/^HTTP\/1.1 408 /);
	});

	test('closes a connection whose body never ends', async () => {
		const origin = await open({headers: 100, request: 200, check: 50});
		const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"id"';
		await raw(origin, head);
		expect(taken).toEqual([]);
	});

	test('closes a connection that is idle after a delivery', async () => {
		const origin = await open({idle: 100, check: 50});
		const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}';
		expect(await raw(origin, head)).toMatch(/^HTTP\/1.1 204 /);
	});

	test('responds to nonsense with 400', async () => {
		expect(await raw(await open(), 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
	});
});
