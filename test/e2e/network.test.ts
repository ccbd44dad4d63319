import {once} from 'node:events';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {
	expiredCertificate,
	expiredFile,
	futureCertificate,
	futureFile,
	otherCertificate,
	otherFile,
	rootFile,
	serverCertificate,
} from '../support/certificates.js';
import {type ConnectProxy, startConnectProxy} from '../support/connect-proxy.js';
import {type FakeServer, json, ok, startFakeServer} from '../support/fake-server.js';
import {freePort} from '../support/processes.js';
import {type Env, fails, kling} from './kling.js';

/** Connecting to Kling: proxies, certificates and time limits, as a user meets them. */
let api: FakeServer;
let proxy: ConnectProxy;
let env: Env;
let viaProxy: Env;

/** A name that no DNS knows: it can be reached only through a proxy. */
const name = 'kling.test';
const task = {task_id: 't1', task_status: 'submitted'};

beforeAll(async () => {
	api = await startFakeServer(serverCertificate);
	proxy = await startConnectProxy(api.port);
	const account = {KLING_API_KEY: 'api-key-DO-NOT-SHOW', KLING_CA_FILE: rootFile, KLING_API_STANDARD: 'v1'};
	env = {...account, KLING_BASE_URL: `https://localhost:${api.port}`};
	viaProxy = {...account, KLING_BASE_URL: `https://${name}:${api.port}`, HTTPS_PROXY: proxy.url};
});
beforeEach(() => {
	api.seen = [];
	api.answer = ok([]);
	proxy.seen = [];
	proxy.answer = undefined;
});
afterAll(() => Promise.all([api.close(), proxy.close()]));

/** A server that does the same to every client. */
async function rawServer(greet: (socket: Socket) => void) {
	const seen = {connections: 0, bytes: ''};
	const server = createServer((socket) => {
		seen.connections++;
		socket
			.on('error', () => {})
			.on('data', (chunk) => {
				seen.bytes += chunk.toString('latin1');
			});
		greet(socket);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {seen, server, port: (server.address() as AddressInfo).port};
}

describe('a proxy', () => {
	test('carries every request of a command, and authentication is sent only to the proxy', async () => {
		const secretProxy = proxy.url.replace('//', '//me%40work:p%40ss-DO-NOT-SHOW@');
		const {code, stdout, stderr} = await kling(['video', 'list', '--type', 'all'], {
			env: {...viaProxy, HTTPS_PROXY: secretProxy, DEBUG: '*', KLING_DEBUG: '1'},
		});
		expect({code, count: JSON.parse(stdout).count}).toEqual({code: 0, count: 0});
		expect(new Set(proxy.seen.map(({to}) => to))).toEqual(new Set([`${name}:${api.port}`]));
		expect(Buffer.from(proxy.seen[0]?.authorization?.slice(6) ?? '', 'base64').toString()).toBe(
			'me@work:p@ss-DO-NOT-SHOW',
		);
		// One for each type.
		expect(new Set(api.seen.map(({url}) => url)).size).toBe(api.seen.length);
		expect(api.seen.length).toBeGreaterThanOrEqual(5);
		expect(api.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
		expect(stdout + stderr).not.toMatch(/DO-NOT-SHOW/);
		expect(stderr).not.toContain(proxy.seen[0]?.authorization?.slice(6));
	});

	test('keeps its connection for the next request', async () => {
		api.answer = ok(task);
		await kling(['video', 'status', 'a', 'b', 'c', '--concurrency', '1'], {env: viaProxy});
		expect([api.seen.length, proxy.seen.length]).toEqual([3, 1]);
	});

	test.each<[string, Env]>([
		['https_proxy', {HTTPS_PROXY: undefined, https_proxy: 'PROXY'}],
		['ALL_PROXY', {HTTPS_PROXY: undefined, ALL_PROXY: 'PROXY'}],
		['an address without a scheme', {HTTPS_PROXY: 'HOST'}],
	])('is set by %s', async (_, changes) => {
		const host = new URL(proxy.url).host;
		const put = (value?: string) => value?.replace('PROXY', proxy.url).replace('HOST', host);
		const set = Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, put(value)]));
		expect((await kling(['video', 'list'], {env: {...viaProxy, ...set}})).code).toBe(0);
		expect(proxy.seen).toHaveLength(1);
	});

	test('carries nothing that is for this machine, or listed in NO_PROXY', async () => {
		const nobody = `http://127.0.0.1:${await freePort()}`;
		const [local, named] = await Promise.all([
			kling(['video', 'list'], {
				// Node 24 and later would then use the proxy themselves.
				env: {...env, HTTPS_PROXY: nobody, HTTP_PROXY: nobody, NODE_USE_ENV_PROXY: '1'},
			}),
			kling(['video', 'list'], {env: {...viaProxy, NO_PROXY: 'example.com,.test'}}),
		]);
		expect(local.code).toBe(0);
		// Requested without the proxy, where this name cannot be resolved.
		expect(JSON.parse(named.stdout).error.message).toContain('the host name is unknown');
		expect(proxy.seen).toEqual([]);
	});

	test.concurrent.each<[string, number, string, ConnectProxy['answer']]>([
		[
			'407',
			1,
			'requires other credentials',
			(_, socket) => refuse(socket, '407 Proxy Authentication Required'),
		],
		['403', 1, 'does not let this address through', (_, socket) => refuse(socket, '403 Forbidden')],
		['502', 3, 'returned HTTP 502', (_, socket) => refuse(socket, '502 Bad Gateway')],
		['a reset', 3, 'the connection was reset', (_, socket) => void socket.resetAndDestroy()],
		['no HTTP', 3, 'not HTTP', (_, socket) => void socket.end('what?')],
		['a status that is not a number', 3, 'not HTTP', (_, socket) => void socket.end('HTTP/1.1 OK\r\n\r\n')],
		[
			'100 and then 403',
			1,
			'does not let this address through',
			(_, socket) => refuse(socket, '100 Continue\r\n\r\nHTTP/1.1 403 Forbidden'),
		],
	])(
		'that answers a create with %s is connection_error after %i tries, exit 5',
		async (_, tries, words, answer) => {
			const bad = await startConnectProxy(api.port);
			bad.answer = answer;
			const HTTPS_PROXY = bad.url;
			const error = await fails(['video', 'extend', 'v1', '-q'], 5, {env: {...viaProxy, HTTPS_PROXY}});
			expect(error.code).toBe('connection_error');
			expect(error.message).toMatch(
				`Cannot reach ${name}:${api.port} through the proxy 127.0.0.1:${bad.port}: `,
			);
			expect(error.message).toMatch(new RegExp(words));
			expect(error.hint).toMatch(/HTTPS_PROXY|NO_PROXY/);
			expect([bad.seen.length, api.seen.length]).toEqual([tries, 0]);
			await bad.close();
		},
	);

	test('that is silent is given up', async () => {
		proxy.answer = () => {};
		const error = await fails(['video', 'list', '--request-timeout', '300ms'], 5, {env: viaProxy});
		expect(error).toMatchObject({
			code: 'timeout',
			message: expect.stringContaining('through the proxy'),
		});
	});

	test('that is down is distinguished from Kling', async () => {
		const port = await freePort();
		const HTTPS_PROXY = `http://u:p-DO-NOT-SHOW@127.0.0.1:${port}`;
		const error = await fails(['video', 'list'], 5, {env: {...viaProxy, HTTPS_PROXY}});
		expect(error.message).toBe(
			`Cannot reach ${name}:${api.port} through the proxy 127.0.0.1:${port}: the connection was refused`,
		);
		expect(JSON.stringify(error)).not.toContain('DO-NOT-SHOW');
	});

	test.each(['http://u:p-DO-NOT-SHOW@', 'socks5://u:p-DO-NOT-SHOW@h:1', 'http://u:%zzp-DO-NOT-SHOW@h:1'])(
		'with an invalid address is invalid_config, exit 2: %s',
		async (HTTPS_PROXY) => {
			const error = await fails(['video', 'extend', 'v1'], 2, {env: {...viaProxy, HTTPS_PROXY}});
			expect(error).toMatchObject({code: 'invalid_config', message: expect.stringContaining('HTTPS_PROXY')});
			expect(JSON.stringify(error)).not.toContain('DO-NOT-SHOW');
		},
	);

	test('may send an informational 100 before its 200', async () => {
		const slow = await startConnectProxy(api.port);
		slow.answer = (_, socket) => {
			const out = connect(api.port, '127.0.0.1', () => {
				socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n\r\n');
				out.pipe(socket).pipe(out);
			});
		};
		const {code, stderr} = await kling(['video', 'list', '-q'], {env: {...viaProxy, HTTPS_PROXY: slow.url}});
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		await slow.close();
	});

	const near = [
		'https://127.0.0.1:PORT',
		'http://127.0.0.1:PORT',
		'https://[::1]:PORT',
		'https://localhost:PORT',
	];
	const inside = [
		'https://169.254.169.254',
		'https://10.0.0.7',
		'https://[::ffff:127.0.0.1]:PORT',
		'https://2130706433:PORT',
	];
	test.each([...near, ...inside])(
		'leads no download to this machine or its network when the API is public: %s',
		async (origin) => {
			const local = await startFakeServer(serverCertificate);
			local.answer = (_, response) => void response.end('secret');
			const videos = [{id: 'v1', url: `${origin.replace('PORT', String(local.port))}/x.mp4`}];
			api.answer = ok({task_id: 't1', task_status: 'succeed', task_result: {videos}});
			const cwd = mkdtempSync(path.join(tmpdir(), 'kling-near-'));
			const error = await fails(['video', 'download', 't1', '-o', 'x.mp4', '-q'], 5, {env: viaProxy, cwd});
			expect(error).toMatchObject({code: 'download_error', retryable: false});
			expect(error.message).toMatch(/in your own network|not https/);
			expect(local.seen).toEqual([]);
			expect(proxy.seen.map(({to}) => to)).toEqual([`${name}:${api.port}`]);
			await local.close();
		},
	);

	test('leads no download there by a redirect', async () => {
		const local = await startFakeServer(serverCertificate);
		api.answer = (request, response) => {
			if (request.url.startsWith('/clip')) {
				response.writeHead(302, {location: `https://localhost:${local.port}/x.mp4`}).end();
			} else {
				const videos = [{id: 'v1', url: 'https://cdn.test/clip.mp4'}];
				ok({task_id: 't1', task_status: 'succeed', task_result: {videos}})(request, response);
			}
		};
		const cwd = mkdtempSync(path.join(tmpdir(), 'kling-near-'));
		const error = await fails(['video', 'download', 't1', '-o', 'x.mp4', '-q'], 5, {env: viaProxy, cwd});
		expect(error.message).toContain('in your own network');
		expect(local.seen).toEqual([]);
		await local.close();
	});

	test('also carries downloads', async () => {
		const url = `https://cdn.test/clip.mp4?Signature=DO-NOT-SHOW`;
		api.answer = (request, response) => {
			if (!request.url.startsWith('/clip')) {
				const videos = [{id: 'v1', url}];
				// Old enough that Kling may have deleted the file.
				const times = {created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000};
				ok({task_id: 't1', task_status: 'succeed', task_result: {videos}, ...times})(request, response);
			} else response.writeHead(404).end();
		};
		const cwd = mkdtempSync(path.join(tmpdir(), 'kling-network-'));
		const {code, stderr} = await kling(['video', 'download', 't1', '-o', 'x.mp4', '--debug'], {
			env: viaProxy,
			cwd,
		});
		expect(code).toBe(9);
		expect(proxy.seen.map(({to}) => to)).toEqual([`${name}:${api.port}`, 'cdn.test:443']);
		expect(stderr).toContain('debug: GET cdn.test/clip.mp4 status=404');
		expect(stderr).not.toContain('DO-NOT-SHOW');
		expect(api.seen[1]?.headers).not.toHaveProperty('authorization');
	});
});

function refuse(socket: Socket, status: string): void {
	socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`);
}

test('an unknown host name is connection_error, exit 5', async () => {
	const error = await fails(['video', 'list'], 5, {
		env: {...env, KLING_BASE_URL: 'https://no-such-host.invalid'},
	});
	expect(error).toMatchObject({
		code: 'connection_error',
		message: expect.stringMatching(/the host name is unknown|the DNS did not respond/),
		hint: expect.stringContaining('KLING_BASE_URL'),
	});
});

describe('a certificate', () => {
	const without = () => ({...env, KLING_CA_FILE: undefined});

	test('that Node does not trust ends it after one attempt, with a hint', async () => {
		const error = await fails(['video', 'list'], 5, {env: {...without(), NODE_TLS_REJECT_UNAUTHORIZED: '0'}});
		expect(error).toMatchObject({
			code: 'connection_error',
			message: expect.stringContaining('certificate is not trusted'),
			hint: expect.stringContaining('--ca-file'),
			retryable: false,
		});
		expect(api.seen).toEqual([]);
	});

	test('that Node does not trust is not accepted from a file server either', async () => {
		const plain = await startFakeServer();
		const videos = [{id: 'v1', url: `https://localhost:${api.port}/clip.mp4`}];
		plain.answer = ok({task_id: 't1', task_status: 'succeed', task_result: {videos}});
		const error = await fails(['video', 'download', 't1', '--type', 'create', '-o', 'x.mp4'], 5, {
			env: {...without(), KLING_BASE_URL: plain.baseUrl, NODE_TLS_REJECT_UNAUTHORIZED: '0'},
			cwd: mkdtempSync(path.join(tmpdir(), 'kling-network-')),
		});
		expect(error.message).toContain('certificate is not trusted');
		expect(api.seen).toEqual([]);
		await plain.close();
	});

	test('of another server ends it after one attempt, before the key is sent', async () => {
		const other = await startFakeServer(otherCertificate);
		const error = await fails(['video', 'list'], 5, {
			env: {...env, KLING_BASE_URL: other.baseUrl, KLING_CA_FILE: otherFile},
		});
		expect(error).toMatchObject({code: 'connection_error', retryable: false});
		expect(error.message).toMatch(/certificate is for another host/);
		expect(error.hint).toMatch(/^Check the host in the address, which KLING_BASE_URL/);
		expect(other.seen).toEqual([]);
		await other.close();
	});

	test.each([
		['has expired', expiredCertificate, expiredFile],
		['is not valid yet', futureCertificate, futureFile],
	])('that %s ends it after one attempt, and the clock is to be checked first', async (words, own, file) => {
		const dated = await startFakeServer(own);
		const error = await fails(['video', 'extend', 'v1'], 5, {
			env: {...env, KLING_BASE_URL: dated.baseUrl, KLING_CA_FILE: file},
		});
		expect(error).toMatchObject({
			code: 'connection_error',
			message: expect.stringContaining(`its TLS certificate ${words}`),
			hint: expect.stringMatching(/^Check the date and time of this machine first/),
			retryable: false,
		});
		expect(dated.seen).toEqual([]);
		await dated.close();
	});

	test('is trusted through --ca-file, KLING_CA_FILE or NODE_EXTRA_CA_CERTS, or several of them', async () => {
		const empty = path.join(mkdtempSync(path.join(tmpdir(), 'kling-ca-')), 'ca.pem');
		writeFileSync(empty, serverCertificate.cert);
		const runs: [Env, string[]][] = [
			[without(), ['--ca-file', rootFile]],
			[{...without(), NODE_EXTRA_CA_CERTS: rootFile}, []],
			[{...without(), NODE_EXTRA_CA_CERTS: rootFile, KLING_CA_FILE: empty}, []],
		];
		const codes = runs.map(async ([e, flags]) => (await kling(['video', 'list', ...flags], {env: e})).code);
		expect(await Promise.all(codes)).toEqual([0, 0, 0]);
	});

	test.each([
		['that is not there', '/nope/ca.pem'],
		['without end', '/dev/zero'],
		['that is not a certificate', path.join(import.meta.dirname, 'network.test.ts')],
	])('file %s is invalid_config, exit 2, and nothing is sent', async (_, file) => {
		const error = await fails(['video', 'extend', 'v1', '--ca-file', file], 2, {env});
		expect(error).toMatchObject({code: 'invalid_config', path: file});
		expect(error.message).toContain(`--ca-file: `);
		expect(api.seen).toEqual([]);
	});
});

describe('a submission that never reaches Kling', () => {
	test.concurrent('because the server speaks no TLS made no task, and says so: exit 5, sent once', async () => {
		const plain = await startFakeServer();
		const KLING_BASE_URL = `https://127.0.0.1:${plain.port}`;
		const error = await fails(['video', 'extend', 'v1'], 5, {env: {...env, KLING_BASE_URL}});
		expect(error).toMatchObject({
			code: 'connection_error',
			message: expect.stringContaining('does not speak TLS'),
			hint: expect.stringContaining('port'),
		});
		expect(plain.seen).toEqual([]);
		await plain.close();
	});

	test.concurrent.each<[string, (socket: Socket) => void, RegExp]>([
		['resets', (socket) => void socket.once('data', () => socket.resetAndDestroy()), /reset/],
		['hangs up', (socket) => void socket.once('data', () => socket.end()), /closed during the TLS handshake/],
	])(
		'because the other side %s during the handshake is tried three times, then exit 5',
		async (_, greet, words) => {
			const {seen, server, port} = await rawServer(greet);
			const {code, stdout, stderr} = await kling(['video', 'extend', 'v1'], {
				env: {...env, KLING_BASE_URL: `https://127.0.0.1:${port}`},
			});
			expect({code, error: JSON.parse(stdout).error}).toMatchObject({
				code: 5,
				error: {code: 'connection_error', message: expect.stringMatching(words)},
			});
			expect(seen.connections).toBe(3);
			expect(stderr).toContain('nothing was sent, trying again');
			server.close();
		},
	);

	test.concurrent('because the connection is refused is closed in the journal: its outcome is known', async () => {
		const empty = {...env, KLING_BASE_URL: `https://127.0.0.1:${await freePort()}`};
		const error = await fails(['video', 'extend', 'v1', '--external-id', 'unsent', '-q'], 5, {env: empty});
		expect(error).toMatchObject({code: 'connection_error', external_task_id: 'unsent'});
		const {stdout} = await kling(['video', 'history', '--unsettled'], {env: empty});
		expect(JSON.parse(stdout).count).toBe(0);
	});

	test('in time is given up within --request-timeout; a request that was sent is looked up', async () => {
		api.answer = ({method}, response) => {
			if (method !== 'GET') return;
			const {external_task_id} = JSON.parse(api.seen[0]?.body ?? '{}');
			ok({...task, task_info: {external_task_id}})({method, url: '', headers: {}, body: ''}, response);
		};
		const {code, stdout, stderr} = await kling(['video', 'extend', 'v1', '--request-timeout', '2s'], {
			env,
		});
		expect({code, id: JSON.parse(stdout).task_id}).toEqual({code: 0, id: 't1'});
		expect(stderr).toContain('The response was lost');
		expect(api.seen.map(({method}) => method)).toEqual(['POST', 'GET']);
	});
});

test('a wrong clock is reported once on stderr, and the task is made: exit 0', async () => {
	const date = new Date(Date.now() - 45 * 60_000).toUTCString();
	const answers = [json('{"code":1003,"message":"Authorization is not valid now"}', 401), ok(task)];
	api.answer = (request, response) => {
		response.setHeader('date', date);
		answers.shift()?.(request, response);
	};
	const pair = {KLING_API_KEY: undefined, KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: 'secret-DO-NOT-SHOW'};
	const {code, stdout, stderr} = await kling(['video', 'extend', 'v1'], {env: {...env, ...pair}});
	expect({code, id: JSON.parse(stdout).task_id}).toEqual({code: 0, id: 't1'});
	expect(stderr).toBe(
		"Warning: the clock of this machine is 45 minutes ahead of Kling's; using Kling's time for now. Set the clock.\n",
	);
	const [first, second] = api.seen;
	expect(second?.body).toBe(first?.body);
	expect(second?.headers.authorization).not.toBe(first?.headers.authorization);
});

test('NODE_DEBUG causes a warning, and shows no token on stderr', async () => {
	const {code, stderr} = await kling(['video', 'list'], {env: {...env, NODE_DEBUG: 'http,tls'}});
	expect(code).toBe(0);
	expect(stderr).toContain('Warning: NODE_DEBUG makes Node itself print');
	expect(stderr).not.toContain('DO-NOT-SHOW');
});

describe('--debug', () => {
	test('prints one line for each request, with its attempt and Kling’s request id', async () => {
		const answers = [json('{"code":5001,"message":"busy","request_id":"r-1\\u001b[2J\\u202e"}', 503), ok([])];
		api.answer = (request, response) => answers.shift()?.(request, response);
		const {stderr} = await kling(['video', 'list', '-q', '--debug'], {env});
		const ms = /ms=\d+/g;
		expect(stderr.replaceAll(ms, 'ms=N').split('\n')).toEqual([
			`debug: GET localhost:${api.port}/v1/videos/omni-video status=503 code=5001 request_id=r-1\\u001b[2J\\u202e ms=N attempt=1 error=server_overloaded`,
			`debug: GET localhost:${api.port}/v1/videos/omni-video status=200 code=0 request_id=00000000-0000-4000-8000-000000000000 ms=N attempt=2`,
			'',
		]);
	});

	test('can be set by KLING_DEBUG=1, and prints nothing otherwise', async () => {
		const [on, off] = await Promise.all([
			kling(['video', 'list'], {env: {...env, KLING_DEBUG: '1'}}),
			kling(['video', 'list'], {env}),
		]);
		expect(on.stderr).toMatch(/^debug: GET /);
		expect(off.stderr).toBe('');
	});
});
