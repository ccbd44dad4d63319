import {getEventListeners} from 'node:events';
import {gzipSync} from 'node:zlib';
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi} from 'vitest';
import {createClient, type KlingClient} from '../../../src/lib/api/client.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import type {Clock} from '../../../src/lib/system/clock.js';
import {type FakeServer, json, ok, refusal, startFakeServer} from '../../support/fake-server.js';

let server: FakeServer;
let other: FakeServer;
let client: KlingClient;
let sleeps: number[];
let warnings: string[];

const clock: Clock = {
	now: () => 1_790_000_000_000,
	deadline: () => new AbortController().signal,
	after: () => () => {},
	async sleep(ms) {
		sleeps.push(ms);
	},
};

beforeAll(async () => {
	[server, other] = await Promise.all([startFakeServer(), startFakeServer()]);
	client = createClient({
		baseUrl: new URL(server.baseUrl),
		credentials: {apiKey: 'api-key-kling-secret'},
		clock,
		random: () => 0.5,
		warn: (text) => void warnings.push(text),
	});
});
beforeEach(() => {
	server.seen = [];
	other.seen = [];
	sleeps = [];
	warnings = [];
});
afterAll(() => Promise.all([server.close(), other.close()]));

const task = {task_id: 't1', task_status: 'submitted'};
const get = (id = 't1') => client.getTask('/v1/videos/omni-video', id);
const create = () => client.createTask('/v1/videos/video-extend', {video_id: 'v1'});

async function failure(promise: Promise<unknown>): Promise<KlingError> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof KlingError)) throw new Error(`expected a KlingError, got ${String(error)}`);
	return error;
}

/** Responds in this order, then always with the last. */
function inOrder(...answers: FakeServer['answer'][]): FakeServer['answer'] {
	return (request, response) => (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
}

const hangUp: FakeServer['answer'] = (_, response) => void response.destroy();

test('a request that is over is no longer known to the signal that could have cancelled it', async () => {
	server.answer = ok(task);
	const {signal} = new AbortController();
	await client.getTask('/v1/videos/omni-video', 't1', signal);
	server.answer = refusal(400, 1201, 'model is not supported');
	await failure(client.getTask('/v1/videos/omni-video', 't1', signal));
	expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a submission without a body is sent', async () => {
	server.answer = ok({done: true});
	const read = (data: unknown) => data;
	expect(await client.request({method: 'POST', path: '/v1/any', read})).toEqual({done: true});
	expect(server.seen).toMatchObject([{method: 'POST', body: '', headers: {'content-length': '0'}}]);
});

test('a submission that a setting prevents has made no task', async () => {
	vi.stubEnv('HTTPS_PROXY', 'ftp://proxy.invalid');
	onTestFinished(() => void vi.unstubAllEnvs());
	const prevented = createClient({
		baseUrl: new URL('https://kling.invalid'),
		credentials: {apiKey: 'api-key-kling-secret'},
		clock,
	});
	expect(await failure(prevented.createTask('/v1/videos/video-extend', {video_id: 'v1'}))).toMatchObject({
		code: 'invalid_config',
		maybeSubmitted: false,
	});
});

describe('reads are attempted three times', () => {
	test.each<[string, FakeServer['answer']]>([
		['500/5000', refusal(500, 5000, 'Server internal error')],
		['503/5001', refusal(503, 5001, 'Server temporarily unavailable')],
		['504/5002', refusal(504, 5002, 'Server internal timeout')],
		['429/1302', refusal(429, 1302, 'too fast')],
		['429/1303', refusal(429, 1303, 'parallel task over resource pack limit')],
		['a reset', hangUp],
		[
			'502 in HTML',
			(_, response) => void response.writeHead(502, {'content-type': 'text/html'}).end('<html>'),
		],
	])('after %s, with growing pauses', async (_, fault) => {
		server.answer = inOrder(fault, fault, ok(task));
		expect((await get()).id).toBe('t1');
		expect(server.seen).toHaveLength(3);
		expect(sleeps).toEqual([500, 1000]);
	});

	test('and then fail with the last error', async () => {
		server.answer = refusal(503, 5001, 'Server temporarily unavailable');
		expect(await failure(get())).toMatchObject({
			code: 'server_overloaded',
			said: 'Server temporarily unavailable',
		});
		expect(server.seen).toHaveLength(3);
	});

	test.each([
		[429, 1100],
		[429, 1101],
		[429, 1102],
		[429, 1304],
		[401, 1000],
		[403, 1103],
		[400, 1201],
		[400, 1301],
	])('but not after %i/%i', async (status, code) => {
		server.answer = refusal(status, code, 'no');
		await failure(get());
		expect(server.seen).toHaveLength(1);
	});

	test.each([
		['2', 2000, []],
		['7', 7000, ['The server asks to wait: the request is sent again in 7 s']],
		['3600', 60_000, ['The server asks to wait: the request is sent again in 60 s']],
	])(
		'Retry-After %s is honoured, up to a minute, and announced if it is long',
		async (header, wait, notes) => {
			const busy: FakeServer['answer'] = (_, response) => {
				response.writeHead(429, {'retry-after': header, 'content-type': 'application/json'});
				response.end('{"code":1302,"message":"too fast"}');
			};
			server.answer = inOrder(busy, ok(task));
			await get();
			expect(sleeps).toEqual([wait]);
			expect(warnings).toEqual(notes);
		},
	);
});

describe('the retries of a process', () => {
	const fresh = () =>
		createClient({baseUrl: new URL(server.baseUrl), credentials: {apiKey: 'k'}, clock, random: () => 0.5});

	test('are bounded: a thousand waits send a dead server hardly more than a thousand requests', async () => {
		server.answer = refusal(503, 5001, 'down');
		const {getTask} = fresh();
		for (let i = 0; i < 1000; i += 50) {
			await Promise.all(Array.from({length: 50}, () => failure(getTask('/v1/videos/omni-video', 't1'))));
		}
		expect(server.seen.length).toBeLessThanOrEqual(1050);
		expect(server.seen.length).toBeGreaterThan(1000);
	});

	test('are available again once it responds', async () => {
		const {getTask} = fresh();
		const look = () => getTask('/v1/videos/omni-video', 't1');
		server.answer = refusal(503, 5001, 'down');
		for (let i = 0; i < 40; i++) await failure(look());
		server.answer = ok(task);
		for (let i = 0; i < 10; i++) await look();
		server.seen = [];
		server.answer = refusal(503, 5001, 'down');
		await failure(look());
		expect(server.seen).toHaveLength(3);
	});
});

describe('a submission is sent once', () => {
	test.each<[string, FakeServer['answer'], boolean]>([
		['500/5000', refusal(500, 5000, 'Server internal error'), true],
		['504/5002', refusal(504, 5002, 'Server internal timeout'), true],
		['502 in HTML', (_, response) => void response.writeHead(502).end('<html>'), true],
		['a reset', hangUp, true],
		['500 with a code of a gateway', refusal(500, 500, 'Internal server error'), true],
		['408 in HTML', (_, response) => void response.writeHead(408).end('<html>'), true],
		['too long a 200', json(`{"code":0,"data":"${'x'.repeat(11_000_000)}"}`), true],
		['an unreadable 200', json('{"code":0,"data":'), true],
		['a 200 without a task', ok({}), true],
		['429/1303', refusal(429, 1303, 'full'), false],
		['429/1302', refusal(429, 1302, 'too fast'), false],
		['400/1201', refusal(400, 1201, 'bad'), false],
		['401/1002', refusal(401, 1002, 'who?'), false],
		['404 in HTML', (_, response) => void response.writeHead(404).end('<html>'), true],
		['403 in HTML', (_, response) => void response.writeHead(403).end('<html>'), true],
		['half of a 400', (_, response) => void response.writeHead(400).end('{"code":12'), true],
		['a redirect', (_, response) => void response.writeHead(302, {location: '/'}).end(), true],
	])('after %s, a task may have been made: %s', async (_, fault, maybeSubmitted) => {
		server.answer = fault;
		expect(await failure(create())).toMatchObject({maybeSubmitted, neverSent: false, alreadyExists: false});
		expect(server.seen).toHaveLength(1);
	});

	test.each([{a: 1}, ['no balance'], 0, true, undefined])(
		'a refusal stays a refusal, whatever its message is: %j',
		async (message) => {
			server.answer = (_, response) =>
				void response.writeHead(429).end(JSON.stringify({code: 1102, message, request_id: {id: 1}}));
			expect(await failure(create())).toMatchObject({code: 'quota_exceeded', maybeSubmitted: false});
		},
	);

	test('one whose ids Kling does not know has no --type to check', async () => {
		server.answer = refusal(404, 1203, 'Task not found by id');
		const error = await failure(create());
		expect(error).toMatchObject({code: 'task_not_found', maybeSubmitted: false});
		expect(error.details.hint).toMatch(/^Check the ids/);
	});

	test('reports that Kling already knows the external id', async () => {
		server.answer = refusal(400, 1201, 'External_task_id mine already exists');
		expect(await failure(create())).toMatchObject({alreadyExists: true, maybeSubmitted: false});
	});

	test('a connection that could not even be tried means that no task was made', async () => {
		// The system refuses this address at once, as it does without a route or with too many open files.
		const nowhere = createClient({
			baseUrl: new URL('http://255.255.255.255:80'),
			...{credentials: {apiKey: 'k'}, clock},
		});
		const lost = nowhere.createTask('/v1/videos/omni-video', {external_task_id: 'mine'});
		expect(await failure(lost)).toMatchObject({
			...{code: 'connection_error', maybeSubmitted: false, neverSent: true},
		});
	});

	test('a refused connection means that no task was made', async () => {
		const closed = await startFakeServer();
		await closed.close();
		const lost = createClient({baseUrl: new URL(closed.baseUrl), credentials: {apiKey: 'k'}, clock});
		const error = await failure(lost.createTask('/v1/videos/video-extend', {}));
		expect(error).toMatchObject({code: 'connection_error', maybeSubmitted: false, neverSent: true});
		expect(error.said).toContain(new URL(closed.baseUrl).host);
	});

	test.each([301, 302, 303, 307, 308])('and follows no redirect: %i', async (status) => {
		server.answer = (_, response) => void response.writeHead(status, {location: `${other.baseUrl}/x`}).end();
		await failure(create());
		expect([server.seen.length, other.seen.length]).toEqual([1, 0]);
	});
});

describe('redirects of a read', () => {
	test('within the origin keep the token', async () => {
		server.answer = ({url}, response) => {
			if (url === '/moved') ok(task)({method: '', url, headers: {}, body: ''}, response);
			else response.writeHead(307, {location: '/moved'}).end();
		};
		await get();
		expect(server.seen[1]?.headers.authorization).toBe('Bearer api-key-kling-secret');
	});

	test('to another origin are not followed: a task found there proves nothing', async () => {
		server.answer = (_, response) => void response.writeHead(307, {location: `${other.baseUrl}/x`}).end();
		other.answer = ok(task);
		const error = await failure(get());
		expect(error).toMatchObject({code: 'connection_error', exit: 5});
		expect(error.said).toContain(`redirects to ${new URL(other.baseUrl).host}`);
		expect([server.seen.length, other.seen.length]).toEqual([1, 0]);
	});

	test.each([
		['plain http on another machine', 'http://example.com/x', /redirects to example.com/],
		['https on another machine', 'https://example.com/x', /redirects to example.com/],
		['a file', 'file:///etc/passwd', /a redirect to an unsupported protocol/],
		['a socket of this machine', 'unix:/var/run/docker.sock:/x', /a redirect to a socket/],
		['a socket in the disguise of http', 'http://unix:/var/run/docker.sock:/x', /a redirect to a socket/],
	])('to %s are neither followed nor retried', async (_, location, message) => {
		server.answer = (_request, response) => void response.writeHead(302, {location}).end();
		const error = await failure(get());
		expect(error).toMatchObject({code: 'connection_error', exit: 5});
		expect(error.said).toMatch(message);
		expect(sleeps).toEqual([]);
		expect(server.seen).toHaveLength(1);
	});

	test('end after five', async () => {
		server.answer = (_, response) => void response.writeHead(302, {location: '/again'}).end();
		const error = await failure(client.listTasks('/v1/videos/omni-video', {number: 1, size: 1}));
		expect(error).toMatchObject({code: 'connection_error', said: expect.stringContaining('redirects')});
	});
});

describe('an unusable response is response_error and names what is wrong', () => {
	const deep = `{"code":0,"data":${'['.repeat(70)}${']'.repeat(70)}}`;
	test.each<[string, string, RegExp]>([
		['nothing', '', /is empty/],
		[
			'HTML',
			'<html>\u001B[31mlogin</html>',
			/HTTP 200, application\/json.*is not JSON.*<html>\u001b\[31mlogin/,
		],
		['cut JSON', '{"code":0,"data":{"task_id"', /is not JSON/],
		['null', 'null', /the whole must be object/],
		['an array', '[]', /the whole must be object/],
		['no code', '{"data":{}}', /required property 'code'/],
		['a text for the code', '{"code":"0"}', /code must be integer/],
		['no data', '{"code":0}', /data must be object/],
		[
			'a task without id',
			'{"code":0,"data":{"task_status":"x"}}',
			/data must have required property 'task_id'/,
		],
		[
			'an id that is a list',
			'{"code":0,"data":{"task_id":[1],"task_status":"x"}}',
			/data\.task_id must be string,integer/,
		],
		[
			'an id that is not a word',
			'{"code":0,"data":{"task_id":"-o /etc","task_status":"x"}}',
			/data\.task_id must match/,
		],
		[
			'an id of 300 characters',
			`{"code":0,"data":{"task_id":"${'9'.repeat(300)}","task_status":"x"}}`,
			/data\.task_id must match/,
		],
		[
			'a state of two lines',
			'{"code":0,"data":{"task_id":"t1","task_status":"a\\nb"}}',
			/data\.task_status must match/,
		],
		[
			'a state of 10,000 characters',
			`{"code":0,"data":{"task_id":"t1","task_status":"${'x'.repeat(10_000)}"}}`,
			/data\.task_status must match/,
		],
		['depth', deep, /nested deeper than 64/],
	])('%s', async (_, body, message) => {
		server.answer = json(body);
		const error = await failure(get());
		expect(error.code).toBe('response_error');
		expect(error.said).toMatch(message);
		expect(error.said.length).toBeLessThan(600);
	});

	test('more than 10 MB', async () => {
		server.answer = json(`{"code":0,"data":"${'x'.repeat(11_000_000)}"}`);
		expect(await failure(get())).toMatchObject({
			code: 'response_error',
			said: expect.stringContaining('10 MB'),
		});
	});

	test('packed so that it cannot be decompressed', async () => {
		server.answer = (_, response) =>
			void response.writeHead(200, {'content-encoding': 'gzip', 'content-type': 'a/b'}).end('no gzip');
		expect(await failure(get())).toMatchObject({
			code: 'response_error',
			said: expect.stringMatching(/HTTP 200, a\/b.*cannot be decompressed/),
		});
		expect(await failure(create())).toMatchObject({maybeSubmitted: true});
	});

	test('more than 10 MB after decompression', async () => {
		const bomb = gzipSync(Buffer.alloc(50_000_000, 32));
		server.answer = (_, response) => void response.writeHead(200, {'content-encoding': 'gzip'}).end(bomb);
		expect(await failure(get())).toMatchObject({
			code: 'response_error',
			said: expect.stringContaining('10 MB'),
		});
	});
});

test('a server that echoes the token does not get it into a message', async () => {
	server.answer = ({headers}, response) =>
		refusal(
			400,
			1200,
			`bad header: ${headers.authorization}`,
		)({method: '', url: '', headers, body: ''}, response);
	expect((await failure(get())).said).toBe('bad header: Bearer [hidden]');
});

describe('a usable response', () => {
	test('may use numbers for ids, which are not rounded', async () => {
		// Looked up by its external id.
		const ids = '"task_id":900000000000000001,"task_info":{"external_task_id":900000000000000101}';
		const videos = '"task_result":{"videos":[{"id":900000000123456207}]}';
		server.answer = json(
			`{"code":0,"data":{${ids},"task_status":"succeed",${videos},"created_at":1790000000123}}`,
		);
		expect(await get('900000000000000101')).toMatchObject({
			id: '900000000000000001',
			externalId: '900000000000000101',
			videos: [{id: '900000000123456207'}],
			createdAt: 1_790_000_000_123,
		});
	});

	test.each(['"task_id":"t9","task_info":{"external_task_id":"e9"}', '"task_id":"900000000000000009"'])(
		'about another task is response_error and never accepted: %s',
		async (ids) => {
			server.answer = json(`{"code":0,"data":{${ids},"task_status":"succeed"}}`);
			await expect(get('900000000000000001')).rejects.toMatchObject({code: 'response_error', exit: 12});
		},
	);

	test.each([
		'',
		'"task_info":{}',
		'"task_info":{"external_task_id":null}',
		'"task_info":{"external_task_id":"MINE"}',
		'"task_info":{"external_task_id":["mine"]}',
		'"task_info":{"external_task_id":"other"}',
	])('to a lookup by external id is accepted only when it names that id: %s', async (info) => {
		server.answer = json(`{"code":0,"data":{${info}${info && ','}"task_id":"t1","task_status":"succeed"}}`);
		await expect(get('mine')).rejects.toMatchObject({code: 'response_error', exit: 12});
	});

	test('to a submission, naming another external id, is not accepted, and a task may have been made', async () => {
		const createMine = () => client.createTask('/v1/videos/video-extend', {external_task_id: 'mine'});
		server.answer = ok({...task, task_info: {external_task_id: 'other'}});
		const error = await failure(createMine());
		expect(error).toMatchObject({code: 'response_error', maybeSubmitted: true});
		expect(error.said).toContain('external_task_id is other');
		for (const info of [{external_task_id: 'mine'}, {}, {external_task_id: ''}, null, []]) {
			server.answer = ok({...task, task_info: info});
			expect((await createMine()).id).toBe('t1');
		}
	});

	test.each<[string, object, object]>([
		['text for a time', {created_at: '1790000000123'}, {createdAt: 1_790_000_000_123}],
		['a fraction in a time', {created_at: 1_790_000_000_123.75}, {createdAt: 1_790_000_000_123}],
		['a date for a time', {created_at: '2026-11-26', updated_at: true}, {}],
		['a list for task_info', {task_info: []}, {}],
		['a text for task_info', {task_info: 'x'}, {}],
		['a number for the reason', {task_status_msg: 0}, {}],
		['a list for the reason', {task_status_msg: ['x']}, {}],
		['a list for the results', {task_result: []}, {}],
		['a text for the clips', {task_result: {videos: 'x'}}, {}],
		['nothing among the clips', {task_result: {videos: [null, {id: 7}]}}, {videos: [{id: '7'}]}],
		['a number for a link', {task_result: {videos: [{id: '1', url: 7}]}}, {videos: [{id: '1'}]}],
		['two words for a link', {task_result: {videos: [{id: '1', url: 'a: b'}]}}, {videos: [{id: '1'}]}],
		['an option for the id of a clip', {task_result: {videos: [{id: '--help'}]}}, {videos: [{}]}],
		['a list for the units', {final_unit_deduction: [1]}, {}],
		['an object for the units', {final_unit_deduction: {a: 1}}, {}],
	])('may have %s in an optional field', async (_, fields, expected) => {
		server.answer = ok({...task, ...fields});
		expect(await get()).toEqual({id: 't1', status: 'submitted', videos: [], audios: [], ...expected});
	});

	test('has its long texts truncated', async () => {
		server.answer = ok({...task, task_status: 'failed', task_status_msg: 'x'.repeat(9_000_000)});
		expect((await get()).statusMessage).toHaveLength(2000);
	});

	test('to a list yields no more tasks than requested', async () => {
		const rows = Array.from({length: 30_000}, (_, index) => ({...task, task_id: `t${index}`}));
		server.answer = ok(rows);
		expect(await client.listTasks('/v1/videos/omni-video', {number: 1, size: 2})).toHaveLength(2);
	});

	test('may have unknown fields, null for a missing value, a BOM, and compression', async () => {
		const data = {
			...task,
			task_status_msg: null,
			task_info: null,
			task_result: {videos: null},
			news: {a: [1]},
		};
		const body = gzipSync(`\uFEFF${JSON.stringify({code: 0, message: null, data})}`);
		server.answer = (_, response) => void response.writeHead(200, {'content-encoding': 'gzip'}).end(body);
		expect(await get()).toEqual({id: 't1', status: 'submitted', videos: [], audios: []});
	});

	test.each([
		['SUCCEED', 'succeed'],
		['Succeeded', 'succeed'],
		['FAILED', 'failed'],
		['Processing', 'processing'],
		['Paused', 'Paused'],
	])('the status %s is read as %s', async (status, read) => {
		server.answer = inOrder(ok({...task, task_status: status}), ok({id: task.task_id, status}));
		expect((await get()).status).toBe(read);
		expect((await get()).status).toBe(read);
	});

	test('succeeded becomes succeed, and an unknown status is kept', async () => {
		server.answer = inOrder(ok({...task, task_status: 'succeeded'}), ok({...task, task_status: 'paused'}));
		expect([(await get()).status, (await get()).status]).toEqual(['succeed', 'paused']);
	});

	test("a list keeps Kling's order", async () => {
		server.answer = ok([
			{...task, task_id: '2'},
			{...task, task_id: '1'},
			{...task, task_id: '3'},
		]);
		const tasks = await client.listTasks('/v1/videos/omni-video', {number: 1, size: 30});
		expect(tasks.map(({id}) => id)).toEqual(['2', '1', '3']);
	});
});
