import {createServer, type Server, type Socket} from 'node:net';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {createClient, type KlingClient} from '../../../src/lib/api/client.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {type Clock, systemClock} from '../../../src/lib/system/clock.js';
import {listen} from '../../support/raw-server.js';

/** Everything that a server can send instead of one complete response. */
const body = '{"code":0,"data":{"task_id":"t1","task_status":"submitted"}}';
const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;

let server: Server;
let port: number;
let respond: (socket: Socket) => void;
let connections = 0;
let client: KlingClient;
let limits: number[];
/** The time limits of requests in progress. */
const open: (() => void)[] = [];
/** Passes the time limits of the requests that are in progress now. */
const passTime = () => {
	const limits = open.splice(0);
	setTimeout(() => {
		for (const pass of limits) pass();
	}, 200);
};

const clock: Clock = {
	...systemClock,
	sleep: async () => {},
	after(ms, call) {
		limits.push(ms);
		open.push(call);
		return () => {};
	},
};

beforeAll(async () => {
	server = createServer((socket) => {
		connections++;
		socket.on('error', () => {});
		socket.once('data', () => respond(socket));
	});
	port = await listen(server);
	client = createClient({baseUrl: new URL(`http://127.0.0.1:${port}`), credentials: {apiKey: 'k'}, clock});
});
afterAll(() => server.close());

async function failure(promise: Promise<unknown>): Promise<KlingError> {
	const error: unknown = await promise.then(
		(value) => value,
		(reason: unknown) => reason,
	);
	if (!(error instanceof KlingError)) throw new Error(`expected a KlingError, got ${JSON.stringify(error)}`);
	return error;
}

const read = () => client.getTask('/v1/videos/omni-video', 't1');
const create = () => client.createTask('/v1/videos/video-extend', {video_id: 'v1'});

/** Sends a text one byte at a time, and never finishes. */
function drip(socket: Socket, text: string): void {
	let at = 0;
	const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ' '), 50);
	socket.on('close', () => clearInterval(timer));
}

const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

describe.each<[string, (socket: Socket) => void, RegExp]>([
	['101, the connection left open', (socket) => socket.write(upgrade), /another protocol/],
	['101, then closed', (socket) => socket.end(upgrade), /another protocol/],
	[
		'101 without an Upgrade header',
		(socket) => socket.write('HTTP/1.1 101 X\r\n\r\n'),
		/another protocol|within/,
	],
	['100 and nothing more', (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), /within/],
	[
		'102 and 103, then the end',
		(socket) => socket.end('HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\n\r\n'),
		/reset/,
	],
	['HTTP/0.9', (socket) => socket.end('<html>hello</html>'), /not HTTP/],
	['a greeting of SSH', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'), /not HTTP/],
	[
		'a header of 100 KB',
		(socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
		/not HTTP|HEADER_OVERFLOW/,
	],
	['a reset before anything', (socket) => socket.resetAndDestroy(), /reset/],
	['the end before anything', (socket) => socket.end(), /reset|closed/],
	['half of a status line', (socket) => socket.end('HTTP/1.1 2'), /reset|closed|not HTTP/],
	['half of a body', (socket) => socket.end(head + body.slice(0, 20)), /reset|closed|not HTTP/],
	[
		'a body a byte at a time, without end',
		(socket) => {
			socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
			drip(socket, '1\r\n \r\n');
		},
		/within/,
	],
	['a header a byte at a time', (socket) => drip(socket, 'X'), /within|not HTTP/],
	[
		'a length of two kinds',
		(socket) => socket.end(head.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n') + body),
		/not HTTP/,
	],
])('instead of a response: %s', (_, answer, message) => {
	const answerInVain = (socket: Socket) => {
		answer(socket);
		// It says nothing to another request on the connection.
		socket.on('data', passTime);
		if (message.source.includes('within')) passTime();
	};

	test('a read fails with a network error', async () => {
		limits = [];
		respond = answerInVain;
		const error = await failure(read());
		expect(['connection_error', 'timeout']).toContain(error.code);
		expect(error.said).toMatch(message);
	});

	test('a submission is sent once, and its error says that a task may have been made', async () => {
		limits = [];
		respond = answerInVain;
		connections = 0;
		const error = await failure(create());
		expect(error).toMatchObject({maybeSubmitted: true});
		expect(error.exit).toBe(5);
		expect(connections).toBe(1);
	});
});

describe('more than a response', () => {
	test('informational responses before it and trailers after it change nothing', async () => {
		limits = [];
		respond = (socket) =>
			socket.write(
				`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\nX-Sum: 1\r\n\r\n`,
			);
		expect((await read()).id).toBe('t1');
		expect((await create()).id).toBe('t1');
	});

	test('a second response is not mistaken for that of the next request', async () => {
		limits = [];
		const other = body.replace('t1', 't2');
		let count = 0;
		respond = (socket) => {
			count++;
			socket.write(count === 1 ? head + body + head + other : head + body);
			socket.on('data', () => socket.write(head + body));
		};
		// A request that got the second response in its place may have to wait, and is then sent again.
		const timer = setInterval(passTime, 300);
		onTestFinished(() => clearInterval(timer));
		expect(
			await read().then(
				({id}) => id,
				({code}) => code,
			),
		).toMatch(/^t1$|connection_error/);
		expect((await read()).id).toBe('t1');
	});
});

test('a redirect whose own body never ends keeps no connection open', async () => {
	let isClosed = false;
	const redirecting = createServer((socket) => {
		socket.on('error', () => {});
		socket.once('data', (request) => {
			if (`${request}`.startsWith('GET /elsewhere')) return void socket.end(head + body);
			socket.on('close', () => {
				isClosed = true;
			});
			socket.write('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nTransfer-Encoding: chunked\r\n\r\n');
			drip(socket, '1\r\n \r\n');
		});
	});
	onTestFinished(() => void redirecting.close());
	const baseUrl = new URL(`http://127.0.0.1:${await listen(redirecting)}`);
	const {getTask} = createClient({baseUrl, credentials: {apiKey: 'k'}, clock: systemClock});
	expect((await getTask('/v1/videos/omni-video', 't1')).id).toBe('t1');
	await expect.poll(() => isClosed).toBe(true);
});

test('a submission does not reuse a connection that the server may have closed', async () => {
	limits = [];
	respond = (socket) => {
		socket.write(head + body);
		// Like a server that closes an idle connection at this very moment.
		socket.on('data', () => socket.resetAndDestroy());
	};
	for (let time = 0; time < 3; time++) {
		expect((await read()).id).toBe('t1');
		expect((await create()).id).toBe('t1');
		expect((await create()).id).toBe('t1');
		await read().catch(() => {});
	}
});

test('a request may take a minute in total, and longer only for uploads', async () => {
	limits = [];
	respond = (socket) => socket.write(head + body);
	await read();
	await client.createTask('/v1/videos/image2video', {image: 'x'.repeat(1_600_000)});
	expect(limits).toEqual([60_000, expect.closeTo(60_000 + 100_000, -3)]);
});
