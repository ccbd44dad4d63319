import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {type FakeServer, json, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {fails, kling} from './kling.js';

let api: FakeServer;
beforeAll(async () => {
	api = await startFakeServer();
});
beforeEach(() => {
	api.seen.length = 0;
});
afterAll(() => api.close());

const envOf = () => ({KLING_BASE_URL: api.baseUrl, KLING_API_KEY: 'api-key-for-tests'});
const run = (args: string[], input?: string) =>
	kling(['api', ...args], {env: envOf(), ...(input !== undefined && {input})});

test('a response is printed unchanged', async () => {
	const body = '{"code":0, "data": [{"id": 12345678901234567890}],"url":"https://a.invalid/x?sig=1"}';
	api.answer = json(body);
	const {code, stdout, stderr} = await run(['/v1/things?a=b c'.replace(' ', '+'), '-F', 'pageSize=5']);
	expect({code, stdout, stderr}).toEqual({code: 0, stdout: `${body}\n`, stderr: ''});
	const [request] = api.seen;
	expect(request).toMatchObject({method: 'GET', url: '/v1/things?a=b+c&pageSize=5'});
	expect(request?.headers.authorization).toBe('Bearer api-key-for-tests');
});

test('--query selects from it', async () => {
	api.answer = ok([{id: 'a'}, {id: 'b'}]);
	expect((await run(['GET', 'v1/things', '--query', 'data[].id'])).stdout).toBe('[\n  "a",\n  "b"\n]\n');
});

test('a read is retried, a POST never', async () => {
	let count = 0;
	api.answer = (request, response) => {
		count++;
		if (count === 1) refusal(500, 5000, 'Server internal error')(request, response);
		else ok({})(request, response);
	};
	expect((await run(['/v1/things'])).code).toBe(0);
	expect(api.seen).toHaveLength(2);
	api.seen.length = 0;
	count = 0;
	const error = await fails(['api', 'POST', '/v1/things'], 11, {env: envOf()});
	expect(error).toMatchObject({code: 'submit_unknown', api_code: 5000, retryable: false});
	expect(error.hint).toContain('kling api /v1/things');
	expect(api.seen).toHaveLength(1);
});

test('a POST warns, and sends its fields as JSON', async () => {
	api.answer = ok({task_id: '1'});
	const fields = ['-F', 'n=2', '-F', 'element_id=9007199254740993', '-f', 'prompt=true'];
	const {code, stderr} = await run(['post', '/v1/images/generations', ...fields]);
	expect({code, stderr}).toEqual({code: 0, stderr: 'Warning: a POST may cost units; it is sent once\n'});
	expect(api.seen[0]).toMatchObject({
		method: 'POST',
		body: '{"prompt":"true","n":2,"element_id":9007199254740993}',
	});
	expect(api.seen[0]?.headers['content-type']).toBe('application/json');
});

test('a body is sent unchanged, from a file or stdin', async () => {
	api.answer = ok({});
	const body = '{ "element_id": 9007199254740993 }';
	const file = path.join(mkdtempSync(path.join(tmpdir(), 'kling-api-')), 'body.json');
	writeFileSync(file, body);
	await run(['POST', '/v1/x', '--input', file]);
	await run(['POST', '/v1/x', '--input', '-'], body);
	expect(api.seen.map((request) => request.body)).toEqual([body, body]);
});

test('--paginate continues until a page is not full', async () => {
	api.answer = (request, response) => {
		const page = Number(new URL(request.url, api.baseUrl).searchParams.get('pageNum'));
		ok(page < 3 ? [{id: `${page}a`}, {id: `${page}b`}] : [])(request, response);
	};
	const {code, stdout} = await run(['/v1/things?pageSize=2', '--paginate']);
	const ids = stdout
		.trim()
		.split('\n')
		.flatMap((line) => JSON.parse(line).data.map(({id}: {id: string}) => id));
	expect({code, ids}).toEqual({code: 0, ids: ['1a', '1b', '2a', '2b']});
	expect(api.seen).toHaveLength(3);
});

test('what Kling refuses is an error document', async () => {
	api.answer = refusal(404, 1202, 'The requested method is invalid');
	const error = await fails(['api', '/v1/nothing'], 3, {env: envOf()});
	expect(error).toMatchObject({code: 'invalid_request', api_code: 1202});
	expect(error.hint).toMatch(/method and path/);
});

test.each([[[]], [['']], [['GET']], [['POST']]])(
	'kling api %j lacks the path, not the method',
	async (args) => {
		const error = await fails(['api', ...args], 2, {env: envOf()});
		expect(error).toMatchObject({code: 'invalid_argument', message: 'Missing argument: PATH'});
		expect(error.hint).toContain('kling api GET /v1/');
		const {stdout: help} = await kling(['api', '--help']);
		expect(help).toMatch(/^ {2}\[METHOD\] +GET or POST.*\n {2}PATH +path below/m);
	},
);

test.each([
	[['https://evil.invalid/v1/x'], 'invalid_argument'],
	[['DELETE', '/v1/x'], 'invalid_argument'],
	[['POST'], 'invalid_argument'],
	[['/v1/x?pageSize=many', '--paginate'], 'invalid_argument'],
	[['/v1/x', '-F', 'novalue'], 'invalid_argument'],
	[['/v1/x', '--input', 'x.json'], 'conflicting_input'],
	[['POST', '/v1/x', '--paginate'], 'conflicting_input'],
	[['POST', '/v1/x', '--input', '-', '-F', 'a=b'], 'conflicting_input'],
])('kling api %j is %s, and nothing is sent', async (args, code) => {
	expect((await fails(['api', ...args], 2, {env: envOf()})).code).toBe(code);
	expect(api.seen).toHaveLength(0);
});

test('input without end is refused after 150 MB, and nothing is sent', async () => {
	const found = await fails(['api', 'POST', '/v1/x', '--input', '/dev/zero'], 10, {env: envOf()});
	expect(found).toMatchObject({code: 'read_error', path: '/dev/zero'});
	expect(found.message).toBe('kling api: cannot read /dev/zero: it has more than 150 MB');
	expect(api.seen).toEqual([]);
});
