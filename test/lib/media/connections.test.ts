import type {ServerResponse} from 'node:http';
import {setTimeout as delay, setImmediate as immediate} from 'node:timers/promises';
import {afterAll, describe, expect, test} from 'vitest';
import type {DownloadOptions} from '../../../src/lib/downloads/options.js';
import {createPace} from '../../../src/lib/downloads/rate-limit.js';
import {tickMs} from '../../../src/lib/downloads/transfer/connection-scaling.js';
import {blockBytes} from '../../../src/lib/net/block-pool.js';
import {createNetwork} from '../../../src/lib/net/network.js';
import {type Clock, systemClock} from '../../../src/lib/system/clock.js';
import {newTarget} from '../../support/downloads.js';
import {
	type FileRequest,
	type FileServer,
	type ServedFile,
	sendFile,
	startFileServer,
} from '../../support/file-server.js';
import {fakeMp4, sha256} from '../../support/media.js';

/** Several connections for one file, over real sockets and in real time. */
const bytes = fakeMp4(12_000_000);

const servers: FileServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** A server and a target of its own for each test: they mostly wait, and so run at the same time. */
async function setUp(fields: Partial<ServedFile> = {}) {
	const server = await startFileServer({
		bytes,
		etag: '"v1"',
		servesParts: true,
		rate: 6_000_000,
		...fields,
	});
	servers.push(server);
	const target = newTarget(server.url);
	return {
		server,
		target,
		get: (options: Partial<DownloadOptions> = {}) =>
			target.get({connections: 4, clock: systemClock, ...options}),
	};
}

/** Bytes sent at once by a server in step. */
const stepBytes = 16_384;

/**
 * A server whose speed does not depend on the machine. Between two looks of the transfer at its speed it gives
 * so many bytes to each connection, or to all together; it sends the next ones when the last have arrived.
 */
function inStep({each, all = Number.POSITIVE_INFINITY}: {each: number; all?: number}) {
	const open = new Set<{response: ServerResponse; rest: Buffer; request: FileRequest}>();
	/** How many connections were open when bytes were sent. */
	const openAt: number[] = [];
	let given = 0;
	let arrived = 0;
	/** Sees what arrives, and never pauses it. */
	const pace = {
		waits: 0,
		after(count: number) {
			arrived += count;
			return 0;
		},
	};
	const clock: Clock = {
		...systemClock,
		async sleep(ms, signal) {
			if (ms !== tickMs) return systemClock.sleep(ms, signal);
			// Connections that were just requested are opened.
			await delay(2);
			let left = all;
			for (let sent = 0; sent < each && left > 0 && open.size > 0; sent += stepBytes) {
				for (const connection of open) {
					if (left <= 0) break;
					left -= stepBytes;
					await step(connection);
				}
			}
			signal?.throwIfAborted();
		},
	};
	async function step(connection: {response: ServerResponse; rest: Buffer; request: FileRequest}) {
		const {response, rest, request} = connection;
		const chunk = rest.subarray(0, stepBytes);
		connection.rest = rest.subarray(chunk.length);
		openAt.push(open.size);
		given += chunk.length;
		request.sent += chunk.length;
		response.write(chunk);
		if (connection.rest.length === 0) {
			response.end();
			open.delete(connection);
		}
		while (arrived < given && !response.closed) await immediate();
		// The rest of the last bytes of a connection that was closed never arrives.
		given = arrived;
	}
	/** Serves the file, or the part of it that is asked for. */
	const answer = (request: FileRequest, response: ServerResponse) => {
		const [, first, last] = /(\d+)-(\d+)/.exec(request.range ?? '') ?? [];
		const rest = bytes.subarray(Number(first ?? 0), last === undefined ? undefined : Number(last) + 1);
		response.writeHead(first === undefined ? 200 : 206, {
			etag: '"v1"',
			'accept-ranges': 'bytes',
			'content-length': rest.length,
			...(first !== undefined && {'content-range': `bytes ${first}-${last}/${bytes.length}`}),
		});
		response.flushHeaders();
		const connection = {response, rest, request};
		open.add(connection);
		response.once('close', () => open.delete(connection));
		return true;
	};
	return {clock, pace, answer, openAt};
}

describe.concurrent('a server that limits each connection', () => {
	test('sends the file over several, and hardly a byte twice', async () => {
		const {server, target, get} = await setUp();
		const {clock, pace, answer} = inStep({each: 600_000});
		server.fault = answer;
		const {sha256: digest} = await get({checksum: true, clock, pace});
		expect(target.result().equals(bytes)).toBe(true);
		expect(digest).toBe(sha256(bytes));
		expect(server.seen.filter(({range}) => range !== undefined).length).toBeGreaterThanOrEqual(3);
		// Where a piece was given away, some of it was on its way already.
		const sent = server.seen.reduce((sum, request) => sum + request.sent, 0);
		expect(sent - bytes.length).toBeLessThan(blockBytes);
	});

	test.each<[string, Partial<ServedFile>, number]>([
		['the user wants one', {}, 1],
		['it does not say that it serves ranges', {servesParts: false}, 4],
		['it has only a weak ETag', {etag: 'W/"v1"'}, 4],
		['the file is small', {bytes: fakeMp4(2_000_000), rate: 1_500_000}, 4],
	])('sends it over one if %s', async (_, fields, connections) => {
		const {server, target, get} = await setUp({rate: 9_000_000, ...fields});
		await get({connections});
		expect(server.seen.map(({range}) => range)).toEqual([undefined]);
		expect(target.result().equals(server.file.bytes)).toBe(true);
	});
});

test('a file is sent over one connection while many parts of others are received', async () => {
	const {server, target, get} = await setUp();
	const {clock, pace, answer} = inStep({each: 600_000});
	server.fault = answer;
	const network = createNetwork();
	network.parts.count = 63;
	await get({network, clock, pace});
	expect(server.seen.map(({range}) => range)).toEqual([undefined]);
	expect(target.result().equals(bytes)).toBe(true);
	expect(network.parts.count).toBe(63);
});

describe.concurrent('further connections', () => {
	type Fault = (file: ServedFile, request: FileRequest, response: ServerResponse) => void;
	test.each<[string, Fault]>([
		[
			'get the whole file',
			(_file, _request, response) => void response.writeHead(200, {etag: '"v1"'}).end(bytes),
		],
		[
			'get another version',
			(file, request, response) => void sendFile({...file, etag: '"v2"', rate: undefined}, request, response),
		],
		[
			'get other bytes',
			(file, request, response) =>
				void sendFile(file, {...request, range: request.range?.replace(/\d+-/, '0-')}, response),
		],
		['are refused', (_file, _request, response) => void response.writeHead(503).end()],
		['are forbidden', (_file, _request, response) => void response.writeHead(403).end()],
		['are cut at once', (_file, _request, response) => void response.destroy()],
		[
			'are cut later',
			(file, request, response) => void sendFile({...file, cutAfter: 300_000}, request, response),
		],
	])('that %s: the file is still complete', async (_, answer) => {
		const {server, target, get} = await setUp();
		let faults = 0;
		server.fault = (request, response) => {
			if (request.range === undefined || faults >= 3) return false;
			faults++;
			answer(server.file, request, response);
			return true;
		};
		await get();
		expect(faults).toBeGreaterThan(0);
		expect(target.result().equals(bytes)).toBe(true);
	});

	test('that bring nothing are closed', async () => {
		const {server, target, get} = await setUp();
		const {clock, pace, answer, openAt} = inStep({each: 450_000, all: 450_000});
		server.fault = answer;
		await get({clock, pace});
		expect(Math.max(...openAt)).toBe(4);
		expect(openAt.slice(-20)).toEqual(Array(20).fill(1));
		expect(target.result().equals(bytes)).toBe(true);
	});

	test('are not opened if our own limit slows the transfer', async () => {
		const {server, target, get} = await setUp({rate: undefined});
		const pace = createPace(9_000_000, systemClock);
		let waits = 0;
		// Looks at the speed when the limit has paused the transfer again.
		const clock: Clock = {
			...systemClock,
			async sleep(ms, signal) {
				if (ms !== tickMs) return systemClock.sleep(ms, signal);
				while (pace.waits === waits && !signal?.aborted) await delay(1);
				waits = pace.waits;
				signal?.throwIfAborted();
			},
		};
		await get({pace, clock});
		expect(waits).toBeGreaterThan(0);
		expect(server.seen).toHaveLength(1);
		expect(target.result().equals(bytes)).toBe(true);
	});
});
