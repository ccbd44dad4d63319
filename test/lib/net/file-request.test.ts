import {createServer, type Server, type Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {createServer as createTlsServer} from 'node:tls';
import {afterEach, describe, expect, test, vi} from 'vitest';
import type {Body} from '../../../src/lib/net/body.js';
import {trustCertificates} from '../../../src/lib/net/ca-certificates.js';
import {requestFile} from '../../../src/lib/net/file-request.js';
import {createNetwork, type Network} from '../../../src/lib/net/network.js';
import {rootFile, serverCertificate} from '../../support/certificates.js';
import {startConnectProxy} from '../../support/connect-proxy.js';
import {listen} from '../../support/raw-server.js';

/** Requests for files, one after the other, to servers that respond in unusual ways. The file is larger than a block. */
const file = Buffer.from(Array.from({length: 400_000}, (_, at) => (at >> 8) ^ at));
const head = (lines = `Content-Length: ${file.length}\r\n`) =>
	Buffer.from(`HTTP/1.1 200 OK\r\n${lines}\r\n`, 'latin1');
const whole = Buffer.concat([head(), file]);

const closing: (() => unknown)[] = [];
afterEach(async () => {
	vi.unstubAllEnvs();
	for (const close of closing.splice(0)) await close();
});

/** Responds to each request; the text is the request's. */
async function serve(answer: (socket: Socket, text: string) => void, {isTls = false} = {}) {
	const texts: string[] = [];
	let connections = 0;
	const sockets = new Set<Socket>();
	const accept = (socket: Socket) => {
		connections++;
		sockets.add(socket);
		socket
			.on('error', () => {})
			.on('data', (text) => {
				texts.push(String(text));
				answer(socket, String(text));
			});
	};
	const server: Server = isTls ? createTlsServer(serverCertificate, accept) : createServer(accept);
	closing.push(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const port = await listen(server);
	const origin = isTls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
	return {origin, port, texts, counts: () => ({requests: texts.length, connections})};
}

const get = (network: Network, url: string, signal?: AbortSignal) =>
	requestFile(network, url, {headers: {}, check: (link) => new URL(link), signal});

/** Reads a body to its end; `onBytes` is called with each piece. */
function read(
	body: Body,
	length = file.length,
	onBytes: (bytes: number) => void = () => {},
): Promise<Buffer> {
	const memory = Buffer.alloc(1 << 20);
	let used = 0;
	return new Promise((resolve, reject) => {
		const done = () => resolve(memory.subarray(0, used));
		const receiver = {
			room: () => memory.subarray(used),
			take(bytes: Buffer) {
				if (bytes.buffer !== memory.buffer) bytes.copy(memory, used);
				used += bytes.length;
				onBytes(bytes.length);
				if (used >= length) done();
			},
		};
		body.flow(receiver, (error) => (error === undefined ? done() : reject(error)));
	});
}

const trusting = async () => createNetwork({secureContext: await trustCertificates(rootFile, '--ca-file')});

describe('heads that Node would refuse', () => {
	test.each<[string, string]>([
		['a control character in a value', `Content-Length: ${file.length}\r\nX: a\x01b\r\n`],
		['a DEL in a value', `Content-Length: ${file.length}\r\nX: a\x7fb\r\n`],
		['a length with a space of another alphabet', `Content-Length: ${file.length}\xa0\r\n`],
		['a length after a vertical tab', `Content-Length: \x0b${file.length}\r\n`],
		['more than 16 kB', `Content-Length: ${file.length}\r\nX: ${'x'.repeat(20_000)}\r\n`],
	])('one with %s is refused', async (_, lines) => {
		const {origin} = await serve((socket) => void socket.write(Buffer.concat([head(lines), file])));
		await expect(get(createNetwork(), origin)).rejects.toMatchObject({code: expect.stringMatching(/^HPE_/)});
	});

	test('one with letters beyond ASCII in a value is valid', async () => {
		const lines = `Content-Length: \t${file.length} \r\nX: \xe9\r\n`;
		const {origin} = await serve((socket) => void socket.write(Buffer.concat([head(lines), file])));
		const {body} = await get(createNetwork(), origin);
		expect((await read(body)).equals(file)).toBe(true);
	});
});

/** The bytes in chunks of this size. */
const inChunks = (bytes: Buffer, size: number) =>
	Buffer.concat([
		...Array.from({length: Math.ceil(bytes.length / size)}, (_, index) => {
			const content = bytes.subarray(index * size, (index + 1) * size);
			return [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')];
		}).flat(),
		Buffer.from('0\r\n\r\n'),
	]);

describe('files in chunks', () => {
	const chunked = head('Transfer-Encoding: chunked\r\n');

	test.each([
		['one chunk', file.length, false],
		['many chunks', 1000, false],
		['many chunks, over TLS', 5000, true],
	])('use one connection, with %s', async (_, size, isTls) => {
		const response = Buffer.concat([chunked, inChunks(file, size)]);
		const {origin, counts} = await serve((socket) => void socket.write(response), {isTls});
		const network = await trusting();
		for (let round = 0; round < 3; round++) {
			const {body} = await get(network, origin);
			// In the second round, all of it arrives before anyone reads it.
			if (round === 1) await delay(50);
			expect((await read(body, Number.POSITIVE_INFINITY)).equals(file)).toBe(true);
		}
		expect(counts()).toEqual({requests: 3, connections: 1});
	});

	test('use one connection through a proxy', async () => {
		const response = Buffer.concat([chunked, inChunks(file, 7000)]);
		const {origin, port, counts} = await serve((socket) => void socket.write(response), {isTls: true});
		const proxy = await startConnectProxy(port);
		closing.push(() => proxy.close());
		vi.stubEnv('HTTPS_PROXY', proxy.url);
		const network = await trusting();
		const url = origin.replace('localhost', 'cdn.test');
		for (let round = 0; round < 2; round++) {
			const {body} = await get(network, url);
			expect((await read(body, Number.POSITIVE_INFINITY)).equals(file)).toBe(true);
		}
		expect(counts()).toEqual({requests: 2, connections: 1});
	});

	test('may be empty', async () => {
		const response = Buffer.concat([chunked, inChunks(Buffer.alloc(0), 1)]);
		const {origin, counts} = await serve((socket) => void socket.write(response));
		const network = createNetwork();
		for (let round = 0; round < 2; round++) {
			const {body} = await get(network, origin);
			expect(await read(body, Number.POSITIVE_INFINITY)).toHaveLength(0);
		}
		expect(counts()).toEqual({requests: 2, connections: 1});
	});

	test('use new connections if the server sends more after the last chunk, or closes them', async () => {
		const closes = head('Transfer-Encoding: chunked\r\nConnection: close\r\n');
		for (const response of [
			Buffer.concat([chunked, inChunks(file, 9000), Buffer.from('more')]),
			Buffer.concat([closes, inChunks(file, 9000)]),
		]) {
			const {origin, counts} = await serve((socket) => void socket.write(response));
			const network = createNetwork();
			for (let round = 0; round < 3; round++) {
				const {body} = await get(network, origin);
				expect((await read(body, Number.POSITIVE_INFINITY)).equals(file)).toBe(true);
			}
			expect(counts()).toEqual({requests: 3, connections: 3});
		}
	});

	test.each<[string, (socket: Socket) => void]>([
		['are cut', (socket) => void socket.end()],
		['go on with something else', (socket) => void socket.write('nonsense\r\n')],
	])('fail if they %s', async (_, then) => {
		const some = inChunks(file, 9000).subarray(0, 2 * '2328\r\n\r\n'.length + 18_000);
		const {origin} = await serve((socket) => {
			socket.write(Buffer.concat([chunked, some]));
			setTimeout(() => then(socket), 20);
		});
		const {body} = await get(createNetwork(), origin);
		await expect(read(body, Number.POSITIVE_INFINITY)).rejects.toThrow();
	});
});

/** The rest of a response that never ends. */
const endless: [string, string][] = [
	['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
	['with a length', 'Content-Length: 10000000\r\n\r\nhello'],
	['until the connection is closed', '\r\nhello'],
];

test.each(endless)('a redirect is followed at once, although its body %s never ends', async (_, rest) => {
	const other = await serve((socket) => void socket.write(whole));
	const closed: Promise<unknown>[] = [];
	const {origin} = await serve((socket) => {
		closed.push(new Promise((resolve) => socket.once('close', resolve)));
		socket.write(`HTTP/1.1 302 Found\r\nLocation: ${other.origin}/\r\n${rest}`);
	});
	// Well below the limit for a response.
	const {body} = await get(createNetwork(), origin, AbortSignal.timeout(9000));
	expect((await read(body)).equals(file)).toBe(true);
	await closed[0];
});

describe('a connection that was held back until the last byte came', () => {
	test.each([false, true])('serves the next request, with TLS: %s', async (isTls) => {
		const {origin, counts} = await serve((socket) => void socket.write(whole), {isTls});
		const network = await trusting();
		for (let round = 0; round < 3; round++) {
			const {body} = await get(network, origin);
			// The whole file arrives before anyone reads it.
			await delay(20);
			expect((await read(body)).equals(file)).toBe(true);
		}
		expect(counts()).toEqual({requests: 3, connections: 1});
	});

	test.each([false, true])('serves the next request after a limit of speed, with TLS: %s', async (isTls) => {
		const {origin, counts} = await serve((socket) => void socket.write(whole), {isTls});
		const network = await trusting();
		for (let round = 0; round < 3; round++) {
			const {body} = await get(network, origin);
			const got = await read(body, file.length, () => {
				body.pause();
				setTimeout(() => body.resume(), 2);
			});
			expect(got.equals(file)).toBe(true);
		}
		expect(counts()).toEqual({requests: 3, connections: 1});
	});

	test('stays held back by whoever gets the bytes that came early', async () => {
		let more = () => {};
		const {origin} = await serve((socket) => {
			socket.write(Buffer.concat([head(), file.subarray(0, 1000)]));
			more = () => void socket.write(file.subarray(1000));
		});
		const {body} = await get(createNetwork(), origin);
		const pieces: number[] = [];
		const all = read(body, file.length, (bytes) => {
			pieces.push(bytes);
			if (pieces.length === 1) body.pause();
		});
		more();
		await delay(50);
		expect(pieces).toEqual([1000]);
		body.resume();
		expect((await all).equals(file)).toBe(true);
	});
});

test('the user name and password in a link are sent to its server only, as for any other client', async () => {
	const other = await serve((socket) => void socket.write(whole));
	const {origin, texts} = await serve(
		(socket) =>
			void socket.write(`HTTP/1.1 302 Found\r\nLocation: ${other.origin}/\r\nContent-Length: 0\r\n\r\n`),
	);
	const {body} = await get(createNetwork(), origin.replace('//', '//us%40er:pass@'));
	await read(body);
	expect(texts[0]).toContain(`\r\nAuthorization: Basic ${Buffer.from('us@er:pass').toString('base64')}\r\n`);
	expect(other.texts[0]).not.toContain('Authorization');
});

test('a request that is stopped as its connection opens ends with the reason', async () => {
	const {origin} = await serve(() => {});
	const network = createNetwork();
	const stop = new AbortController();
	const reason = new Error('stopped');
	const {files} = network.routes;
	const open = files.open.bind(files);
	files.open = async (...given) => {
		const connection = await open(...given);
		stop.abort(reason);
		return connection;
	};
	await expect(get(network, origin, stop.signal)).rejects.toBe(reason);
});

test('stopping the first request through a proxy leaves its connection to the next one', async () => {
	const {origin, port, counts} = await serve((socket) => void socket.write(whole), {isTls: true});
	const proxy = await startConnectProxy(port);
	closing.push(() => proxy.close());
	vi.stubEnv('HTTPS_PROXY', proxy.url);
	const network = await trusting();
	const url = origin.replace('localhost', 'cdn.test');
	const first = new AbortController();
	await read((await get(network, url, first.signal)).body);
	const {body} = await get(network, url);
	first.abort(new Error('stopped'));
	await delay(20);
	expect((await read(body)).equals(file)).toBe(true);
	expect(counts()).toEqual({requests: 2, connections: 1});
});

test('a proxy that opens a tunnel to nowhere is given up within --request-timeout', async () => {
	const proxy = await startConnectProxy(0);
	closing.push(() => proxy.close());
	proxy.answer = (_, socket) => void socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
	vi.stubEnv('HTTPS_PROXY', proxy.url);
	const failed = get(createNetwork({requestTimeoutMs: 300}), 'https://cdn.test/clip.mp4');
	await expect(failed).rejects.toMatchObject({code: 'ETIMEDOUT', event: 'secureConnect'});
}, 9000);

test('bytes after a part that come late are in no other response', async () => {
	const {origin, counts} = await serve((socket) => {
		const range = `Content-Range: bytes 0-${file.length - 1}/${file.length + 9}\r\n`;
		socket.write(`HTTP/1.1 206 Partial Content\r\nContent-Length: ${file.length}\r\n${range}\r\n`);
		socket.write(file.subarray(0, 50_000));
		setTimeout(() => {
			socket.write(file.subarray(50_000));
			setTimeout(() => socket.write('more bytes'), 10);
		}, 20);
	});
	const network = createNetwork();
	for (let round = 0; round < 3; round++) {
		const {body} = await get(network, origin);
		expect((await read(body)).equals(file)).toBe(true);
	}
	expect(counts()).toEqual({requests: 3, connections: 3});
});
