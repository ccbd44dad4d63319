import {once} from 'node:events';
import {mkdtempSync, readFileSync} from 'node:fs';
import {type AddressInfo, connect, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {
	expiredCertificate,
	expiredFile,
	otherCertificate,
	otherFile,
	rootFile,
	serverCertificate,
} from '../support/certificates.js';
import {type ConnectProxy, startConnectProxy} from '../support/connect-proxy.js';
import {type FakeServer, ok, startFakeServer} from '../support/fake-server.js';
import {fakeMp4} from '../support/media.js';
import {type Env, fails, kling} from './kling.js';

/** A proxy that is itself reached over TLS, so that its password is encrypted. */
let api: FakeServer;
let proxy: ConnectProxy;
let env: Env;

/** A name that no DNS knows: it can be reached only through a proxy. */
const name = 'kling.test';

beforeAll(async () => {
	api = await startFakeServer(serverCertificate);
	proxy = await startConnectProxy(api.port, serverCertificate);
	env = {
		KLING_API_KEY: 'api-key-DO-NOT-SHOW',
		KLING_CA_FILE: rootFile,
		KLING_API_STANDARD: 'v1',
		KLING_BASE_URL: `https://${name}:${api.port}`,
		HTTPS_PROXY: proxy.url.replace('//', '//me:p%40ss-DO-NOT-SHOW@'),
	};
});
beforeEach(() => {
	api.seen = [];
	api.answer = ok([]);
	proxy.seen = [];
	proxy.answer = undefined;
});
afterAll(() => Promise.all([api.close(), proxy.close()]));

/** Opens the tunnel after the given bytes. */
const openAfter =
	(...before: string[]): ConnectProxy['answer'] =>
	(_, socket) => {
		const out = connect(api.port, '127.0.0.1', () => {
			for (const bytes of before) socket.write(bytes);
			out.pipe(socket).pipe(out);
		});
		out.on('error', () => socket.destroy());
	};

const end =
	(bytes: string): ConnectProxy['answer'] =>
	(_, socket) =>
		void socket.end(bytes);

test('it carries reads, submissions and downloads, and only the proxy gets its password', async () => {
	const clip = fakeMp4(5000);
	api.answer = (request, response) => {
		if (request.url.startsWith('/clip')) return void response.end(clip);
		const videos = [{id: 'v1', url: 'https://cdn.test/clip.mp4', duration: '5'}];
		const state = request.method === 'POST' ? 'submitted' : 'succeed';
		const {external_task_id} = JSON.parse(api.seen[0]?.body || '{}');
		const task = {task_id: 't1', task_status: state, task_info: {external_task_id}, task_result: {videos}};
		ok(task)(request, response);
	};
	const cwd = mkdtempSync(path.join(tmpdir(), 'kling-https-proxy-'));
	const {code, stdout, stderr} = await kling(
		['video', 'extend', 'v1', '--download', 'x.mp4', '--interval', '1s', '--debug'],
		{env, cwd},
	);
	expect({code, stderr: code === 0 ? '' : stderr + stdout}).toEqual({code: 0, stderr: ''});
	expect(readFileSync(path.join(cwd, 'x.mp4')).equals(clip)).toBe(true);
	expect(new Set(proxy.seen.map(({to}) => to))).toEqual(new Set([`${name}:${api.port}`, 'cdn.test:443']));
	expect(Buffer.from(proxy.seen[0]?.authorization?.slice(6) ?? '', 'base64').toString()).toBe(
		'me:p@ss-DO-NOT-SHOW',
	);
	expect(stdout + stderr).not.toContain('DO-NOT-SHOW');
	for (const {headers} of api.seen) expect(headers).not.toHaveProperty('proxy-authorization');
});

test.each<[string, string[]]>([
	['at once', ['HTTP/1.1 200 Connection established\r\n\r\n']],
	['after a 100', ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n']],
	[
		'after a 100 and a 102, all in one',
		['HTTP/1.1 100 C\r\n\r\nHTTP/1.1 102 P\r\nx: y\r\n\r\nHTTP/1.0 200\r\n\r\n'],
	],
	['a letter at a time', [...'HTTP/1.1 200 OK\r\nproxy-agent: slow\r\n\r\n']],
])('it may open the tunnel %s', async (_, before) => {
	proxy.answer = openAfter(...before);
	const {code, stderr} = await kling(['video', 'list', '-q'], {env});
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
});

describe('a submission fails with connection_error, exit 5, and nothing is sent to Kling', () => {
	test.concurrent.each<[string, number, RegExp, ConnectProxy['answer']]>([
		['refuses', 1, /requires other credentials/, end('HTTP/1.1 407 No\r\n\r\n')],
		['refuses after a 100', 1, /does not let this/, end('HTTP/1.1 100 C\r\n\r\nHTTP/1.1 403 No\r\n\r\n')],
		['has a status that is not a number', 3, /not HTTP/, end('HTTP/1.1 NaN\r\n\r\n')],
		['sends a web page', 3, /not HTTP/, end('<!DOCTYPE html>\r\n\r\n<p>Sign in to this network')],
		['sends a head without end', 3, /not HTTP/, end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`)],
		['hangs up after a 100', 3, /closed|reset/, end('HTTP/1.1 100 Continue\r\n\r\n')],
		['switches protocols', 1, /HTTP 101/, end('HTTP/1.1 101 Switching\r\n\r\n')],
		['opens the way to nothing', 3, /closed|reset/, end('HTTP/1.1 200 OK\r\n\r\n')],
		['speaks itself behind the 200', 1, /TLS/, end('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}')],
	])('when it %s', async (_, tries, words, answer) => {
		const bad = await startConnectProxy(api.port, serverCertificate);
		bad.answer = answer;
		const error = await fails(['video', 'extend', 'v1', '-q'], 5, {env: {...env, HTTPS_PROXY: bad.url}});
		expect(error).toMatchObject({code: 'connection_error', message: expect.stringMatching(words)});
		expect(error.message).not.toMatch(/NaN|undefined/);
		expect([bad.seen.length, api.seen.length]).toEqual([tries, 0]);
		await bad.close();
	});

	test('when its certificate is not trusted', async () => {
		const error = await fails(['video', 'extend', 'v1'], 5, {env: {...env, KLING_CA_FILE: undefined}});
		expect(error).toMatchObject({
			code: 'connection_error',
			message: expect.stringMatching(/through the proxy localhost:\d+: .*certificate is not trusted/),
			hint: expect.stringContaining('--ca-file'),
			retryable: false,
		});
		expect([proxy.seen, api.seen]).toEqual([[], []]);
	});

	test.each([
		['has expired', expiredCertificate, expiredFile, /^Check the date and time of this machine/],
		['is for another host', otherCertificate, otherFile, /^Check the host in HTTPS_PROXY/],
	])('when its certificate %s', async (words, own, file, hint) => {
		const bad = await startConnectProxy(api.port, own);
		const error = await fails(['video', 'extend', 'v1'], 5, {
			env: {...env, KLING_CA_FILE: file, HTTPS_PROXY: bad.url},
		});
		expect(error).toMatchObject({
			code: 'connection_error',
			message: expect.stringContaining(`: its TLS certificate ${words}`),
			hint: expect.stringMatching(hint),
			retryable: false,
		});
		expect([bad.seen, api.seen]).toEqual([[], []]);
		await bad.close();
	});

	test('when it does not speak TLS', async () => {
		const plain = await startConnectProxy(api.port);
		const HTTPS_PROXY = `https://localhost:${plain.port}`;
		const error = await fails(['video', 'extend', 'v1', '-q'], 5, {env: {...env, HTTPS_PROXY}});
		expect(error).toMatchObject({
			code: 'connection_error',
			message: expect.stringMatching(/through the proxy localhost:\d+: .*TLS/),
			hint: expect.stringContaining('http://'),
		});
		await plain.close();
	});
});

describe('a silent proxy ends with timeout', () => {
	const givesUp = async (url: string) => {
		const error = await fails(['video', 'list', '--request-timeout', '300ms'], 5, {
			env: {...env, HTTPS_PROXY: url},
		});
		expect(error).toMatchObject({code: 'timeout', message: expect.stringContaining('through the proxy')});
	};

	test.concurrent.each<[string, ConnectProxy['answer']]>([
		['behind a 100', (_, socket) => void socket.write('HTTP/1.1 100 Continue\r\n\r\n')],
		['in the middle of its response', (_, socket) => void socket.write('HTTP/1.1 200 OK\r\nx')],
		[
			'but for one 100 after the other',
			(_, socket) => {
				const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20);
				socket.on('close', () => clearInterval(timer));
			},
		],
	])('%s', async (_, answer) => {
		const slow = await startConnectProxy(api.port, serverCertificate);
		slow.answer = answer;
		await givesUp(slow.url);
		await slow.close();
	});

	test.concurrent('before the handshake', async () => {
		const server = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1');
		await once(server, 'listening');
		await givesUp(`https://localhost:${(server.address() as AddressInfo).port}`);
		server.close();
	});
});
