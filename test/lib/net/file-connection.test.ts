import {once} from 'node:events';
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {createServer as createTlsServer} from 'node:tls';
import {afterEach, describe, expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {trustCertificates} from '../../../src/lib/net/ca-certificates.js';
import {createNetwork} from '../../../src/lib/net/network.js';
import {rootFile, serverCertificate} from '../../support/certificates.js';
import {newTarget} from '../../support/downloads.js';
import {fakeMp4} from '../../support/media.js';

/**
 * Files as they arrive over a connection, packet by packet: what is read here and what is left to Node must not be mixed
 * up.
 */
const large = fakeMp4(3_000_000);
const small = fakeMp4(20_000);

const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

const head = (length: number, status = '200 OK') =>
	Buffer.from(
		`HTTP/1.1 ${status}\r\nContent-Type: video/mp4\r\nContent-Length: ${length}\r\nETag: "v1"\r\n\r\n`,
	);

/** Responds to each request with packets on a connection of its own. */
async function serve(
	answer: (socket: Socket, request: number) => Promise<unknown> | unknown,
	{isTls = false} = {},
) {
	let requests = 0;
	let connections = 0;
	const listen = (socket: Socket) => {
		connections++;
		socket.setNoDelay(true).on('error', () => {});
		socket.on('data', (text) => {
			if (String(text).startsWith('GET ')) void answer(socket, requests++);
		});
	};
	const server = isTls ? createTlsServer(serverCertificate, listen) : createServer(listen);
	servers.push(server);
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const {port} = server.address() as AddressInfo;
	return {
		url: isTls ? `https://localhost:${port}/clip.mp4` : `http://127.0.0.1:${port}/clip.mp4`,
		counts: () => ({requests, connections}),
	};
}

/** Sends packets that arrive one by one. */
async function send(socket: Socket, packets: readonly Buffer[]) {
	for (const packet of packets) {
		socket.write(packet);
		await delay(5);
	}
}

/** A buffer split in two at a byte. */
const cut = (bytes: Buffer, at: number) => [bytes.subarray(0, at), bytes.subarray(at)];

describe('a large file', () => {
	const plain = head(large.length);
	const all = Buffer.concat([plain, large]);
	const hints = Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');

	test.each<[string, readonly Buffer[]]>([
		['with its head, in one packet', [all]],
		['after its head', [plain, large]],
		[
			'with a head that comes byte by byte',
			[...Array.from({length: plain.length}, (_, at) => all.subarray(at, at + 1)), large],
		],
		['whose head ends within its last line break', cut(all, plain.length - 2)],
		['whose first byte comes with the head', cut(all, plain.length + 1)],
		['whose last byte comes late', cut(all, all.length - 1)],
		['after an informational response', [Buffer.concat([hints, all])]],
		['after an informational response that comes in two', [...cut(hints, 20), all]],
		['and more than was promised', [all, Buffer.from('more')]],
	])('arrives %s', async (_, packets) => {
		const {url} = await serve((socket) => send(socket, packets));
		const target = newTarget(url);
		await target.get();
		expect(target.result().equals(large)).toBe(true);
	});

	test('arrives in chunks, which have no length', async () => {
		const {url} = await serve((socket) => {
			socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
			for (const part of [large.subarray(0, 2_000_000), large.subarray(2_000_000)]) {
				socket.write(`${part.length.toString(16)}\r\n`);
				socket.write(part);
				socket.write('\r\n');
			}
			socket.write('0\r\n\r\n');
		});
		const target = newTarget(url);
		await target.get();
		expect(target.result().equals(large)).toBe(true);
	});

	test('arrives over TLS', async () => {
		const network = createNetwork({secureContext: await trustCertificates(rootFile, '--ca-file')});
		const {url} = await serve((socket) => send(socket, cut(all, plain.length + 70_000)), {isTls: true});
		const target = newTarget(url, {network});
		await target.get({checksum: true});
		expect(target.result().equals(large)).toBe(true);
	});

	test.each([true, false])('stops at once when it is aborted, with a length: %s', async (hasLength) => {
		const stop = new AbortController();
		const closed: Promise<unknown>[] = [];
		const {url} = await serve((socket) => {
			closed.push(new Promise((resolve) => socket.once('close', resolve)));
			socket.write(hasLength ? plain : 'HTTP/1.1 200 OK\r\n\r\n');
			socket.write(large.subarray(0, 1_000_000));
		});
		const reason = new KlingError('interrupted', 'stopped');
		const onProgress = (bytes: number) => void (bytes > 500_000 && stop.abort(reason));
		expect(await newTarget(url).fails({signal: stop.signal, onProgress})).toMatchObject({
			code: 'interrupted',
		});
		await closed[0];
	});

	test('waits unharmed while nobody reads it', async () => {
		const {url} = await serve((socket) => send(socket, [plain, ...cut(large, 100)]));
		const target = newTarget(url);
		// A limit that is reached with the first bytes.
		const waits = {after: (bytes: number) => (bytes > 100_000 ? 20 : 0), waits: 0};
		await target.get({pace: waits});
		expect(target.result().equals(large)).toBe(true);
	});

	test('that is cut is an error, and the next attempt resumes it', async () => {
		const {url} = await serve(async (socket, request) => {
			if (request === 0) {
				await send(socket, [all.subarray(0, plain.length + 1_500_000)]);
				socket.destroy();
			} else {
				socket.write(
					`HTTP/1.1 206 Partial Content\r\nContent-Length: ${large.length - 1_500_000}\r\nETag: "v1"\r\n` +
						`Content-Range: bytes 1500000-${large.length - 1}/${large.length}\r\n\r\n`,
				);
				socket.write(large.subarray(1_500_000));
			}
		});
		const target = newTarget(url);
		await target.get();
		expect(target.result().equals(large)).toBe(true);
	});
});

describe('a small file that comes slowly', () => {
	// Two ETags: the head is left to Node, and the body comes as a stream.
	const odd = Buffer.from(
		`HTTP/1.1 200 OK\r\nContent-Length: ${small.length}\r\nETag: "v1"\r\nETag: "v2"\r\n\r\n`,
	);

	test.each([
		['whose head is usual', head(small.length)],
		['whose head is odd', odd],
	])('arrives whole, %s', async (_, start) => {
		const pieces = Array.from({length: 10}, (__, at) => small.subarray(at * 2000, (at + 1) * 2000));
		const {url} = await serve(async (socket) => {
			socket.write(start);
			for (const piece of pieces) {
				await delay(20);
				socket.write(piece);
			}
		});
		const target = newTarget(url);
		await target.get({checksum: true});
		expect(target.result().equals(small)).toBe(true);
	});

	test('and is cut keeps what has come', async () => {
		const stop = new AbortController();
		const {url} = await serve(async (socket, request) => {
			// By the second request, it is known that the first was cut.
			if (request > 0) return stop.abort(new KlingError('interrupted', 'stopped'));
			await send(socket, [head(small.length), small.subarray(0, 7000)]);
			socket.end();
		});
		const target = newTarget(url);
		expect(await target.fails({signal: stop.signal})).toMatchObject({code: 'interrupted'});
		expect(await target.kept()).toBe(7000);
	});
});

describe('responses other than a file', () => {
	test('a head without an end is refused', async () => {
		const {url} = await serve((socket) => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`));
		expect(await newTarget(url).fails()).toMatchObject({exit: 5});
	});

	test('another protocol is refused at once', async () => {
		const {url} = await serve((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
		const start = Date.now();
		expect(await newTarget(url).fails()).toMatchObject({exit: 5});
		expect(Date.now() - start).toBeLessThan(10_000);
	});

	test('a truncated head is a broken connection', async () => {
		const {url} = await serve((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Le'));
		expect(await newTarget(url).fails()).toMatchObject({code: 'connection_error', exit: 5});
	});

	test.each([300, 100_000])('a refusal of %i bytes leaves no connection open', async (length) => {
		const body = Buffer.alloc(length);
		const closed: Promise<unknown>[] = [];
		const {url} = await serve((socket) => {
			closed.push(new Promise((resolve) => socket.once('close', resolve)));
			socket.write(Buffer.concat([head(body.length, '403 Forbidden'), body]));
		});
		for (let round = 0; round < 20; round++)
			expect(await newTarget(url, {isOld: true}).fails()).toMatchObject({code: 'asset_expired'});
		await Promise.all(closed);
		expect(closed).toHaveLength(20);
	});

	test('another protocol is refused', async () => {
		const {url} = await serve(
			(socket) =>
				void socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx'),
		);
		expect(await newTarget(url).fails()).toMatchObject({code: 'connection_error', exit: 5});
	});

	test('a large refusal is one', async () => {
		const {url} = await serve((socket) => send(socket, [head(large.length, '403 Forbidden'), large]));
		expect(await newTarget(url, {isOld: true}).fails()).toMatchObject({code: 'asset_expired'});
	});
});

describe('files that come one after the other', () => {
	async function threeTimes(file: Buffer, packets: readonly Buffer[], isTls = false) {
		const {url, counts} = await serve((socket) => send(socket, packets), {isTls});
		const network = createNetwork(
			isTls ? {secureContext: await trustCertificates(rootFile, '--ca-file')} : {},
		);
		for (let round = 0; round < 3; round++) {
			const target = newTarget(url, {network});
			await target.get();
			expect(target.result().equals(file)).toBe(true);
		}
		return counts();
	}

	test.each<[string, Buffer, boolean]>([
		['small', small, false],
		['large', large, false],
		['large, over TLS', large, true],
	])('use one connection: %s', async (_, file, isTls) => {
		expect(await threeTimes(file, [head(file.length), file], isTls)).toEqual({requests: 3, connections: 1});
	});

	test('use new connections if one brings more than was promised', async () => {
		const packets = [Buffer.concat([head(small.length), small, Buffer.from('more')])];
		expect(await threeTimes(small, packets)).toEqual({requests: 3, connections: 3});
	});

	test('use a new connection if the server closes the kept one just as it is used again', async () => {
		const used = new Set<Socket>();
		const {url, counts} = await serve((socket) => {
			if (used.has(socket)) socket.destroy();
			else void send(socket, [head(small.length), small]);
			used.add(socket);
		});
		const network = createNetwork();
		for (let round = 0; round < 2; round++) {
			const target = newTarget(url, {network});
			await target.get();
			expect(target.result().equals(small)).toBe(true);
		}
		expect(counts()).toEqual({requests: 3, connections: 2});
	});

	test('use a new connection if the kept one brings bytes that nobody asked for', async () => {
		const closed: Promise<unknown>[] = [];
		const {url, counts} = await serve(async (socket) => {
			closed.push(new Promise((resolve) => socket.once('close', resolve)));
			await send(socket, [head(small.length), small]);
			await delay(100);
			socket.write(Buffer.concat([head(small.length), small]));
		});
		const network = createNetwork();
		for (let round = 0; round < 2; round++) {
			const target = newTarget(url, {network});
			await target.get();
			expect(target.result().equals(small)).toBe(true);
			await closed[round];
		}
		expect(counts()).toEqual({requests: 2, connections: 2});
	});

	test.each(['Connection: keep-alive, close', 'Keep-Alive: timeout=1'])(
		'use new connections after the header %s',
		async (line) => {
			const closing = Buffer.from(`HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: ${small.length}\r\n\r\n`);
			expect(await threeTimes(small, [closing, small])).toEqual({requests: 3, connections: 3});
		},
	);

	test('use new connections if the server closes them', async () => {
		const closing = Buffer.from(
			`HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-LENGTH:  ${large.length} \r\n\r\n`,
		);
		expect(await threeTimes(large, [closing, large])).toEqual({requests: 3, connections: 3});
	});
});

test.each([
	['two lengths', `Content-Length: ${small.length}\r\nContent-Length: 5`],
	['a length and chunks', `Content-Length: ${small.length}\r\nTransfer-Encoding: chunked`],
	['a length in two lines', 'Content-Length: 2\r\n 0000'],
])('a response with %s is refused', async (_, lines) => {
	const {url} = await serve((socket) =>
		send(socket, [Buffer.from(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`), small]),
	);
	expect(await newTarget(url).fails()).toMatchObject({exit: 5});
});

test.each([true, false])(
	'a redirect to the other protocol is followed, with TLS first: %s',
	async (isTls) => {
		const network = createNetwork({secureContext: await trustCertificates(rootFile, '--ca-file')});
		const other = await serve((socket) => send(socket, [head(large.length), large]), {isTls: !isTls});
		const {url} = await serve(
			(socket) => send(socket, [Buffer.from(`HTTP/1.1 302 Found\r\nLocation: ${other.url}\r\n\r\n`)]),
			{isTls},
		);
		const target = newTarget(url, {network});
		await target.get();
		expect(target.result().equals(large)).toBe(true);
	},
);
