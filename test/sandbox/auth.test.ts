import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Kling, startKling} from './kling.js';

const newerText =
	'Authentication error. The current API does not support AK/SK; please go to the console (https://kling.ai/dev/api-key) to create API key.';

let kling: Kling;
beforeAll(async () => {
	kling = await startKling();
});
afterAll(() => kling.sandbox.close());

const seconds = () => Math.floor(kling.now() / 1000);

describe('a legacy path', () => {
	const path = '/v1/videos/omni-video';

	test.each<[string, () => string | null, number, string]>([
		['no header', () => null, 1001, 'Authorization is empty'],
		['a word', () => 'nonsense', 1002, 'The token was expected to have 3 parts, but got 0'],
		[
			'an unknown API key',
			() => 'api-key-kling-0',
			1002,
			'The token was expected to have 3 parts, but got 0',
		],
		['one dot', () => 'a.b', 1002, 'The token was expected to have 3 parts, but got 2'],
		['three dots', () => 'a.b.c.d', 1002, 'The token was expected to have 3 parts, but got > 3'],
		['no JSON in it', () => 'a.b.c', 1002, 'Authorization is invalid'],
		['another secret', () => kling.token({}, 'x'), 1000, 'Authentication failed'],
		['another access key', () => kling.token({iss: 'x'}), 1000, 'Authentication failed'],
		[
			'a bad signature that has also expired',
			() => kling.token({exp: 1}, 'x'),
			1000,
			'Authentication failed',
		],
		['nbf a second ahead', () => kling.token({nbf: seconds() + 1}), 1003, 'Authorization is not yet valid'],
		['exp now', () => kling.token({exp: seconds()}), 1004, 'Authorization has expired'],
		['exp passed, nbf ahead', () => kling.token({exp: 1, nbf: 9e9}), 1003, 'Authorization is not yet valid'],
		['no exp', () => kling.token({exp: undefined}), 1002, 'Authorization is invalid'],
	])('%s', async (_, token, code, message) => {
		const answer = await kling.call('GET', path, {token: token()});
		expect(answer.status).toBe(401);
		expect(answer.body).toEqual({code, message, request_id: expect.any(String)});
	});

	test('another scheme', async () => {
		const response = await fetch(kling.sandbox.baseUrl + path, {headers: {authorization: 'Basic eDp5'}});
		expect(await response.json()).toMatchObject({code: 1002});
	});

	test.each<[string, () => string]>([
		['a signed token', () => kling.token()],
		['one with a second left, from this second on', () => kling.token({exp: seconds() + 1, nbf: seconds()})],
		['one without nbf', () => kling.token({nbf: undefined})],
		['the API key', () => kling.sandbox.apiKey],
	])('%s is good', async (_, token) => {
		expect(await kling.call('GET', path, {token: token()})).toMatchObject({status: 200, body: {code: 0}});
	});

	test('tokens are checked against the Date header', async () => {
		const {headers} = await kling.call('GET', path, {token: null});
		expect(headers.get('date')).toBe(new Date(kling.now()).toUTCString());
	});

	test('no secret and no token is repeated in a refusal', async () => {
		const token = kling.token({exp: 1});
		const {text} = await kling.call('GET', path, {token});
		expect(text).not.toContain(token.slice(0, 20));
		expect(text).not.toContain(kling.sandbox.accessKey);
	});
});

describe.each([
	['GET', '/tasks?task_ids=900000000000000101'],
	['POST', '/text-to-video/kling-3.0'],
	['POST', '/image-to-video/kling-2.6'],
	['POST', '/omni-video/kling-o1'],
	['POST', '/motion-control/kling-3.0'],
])('%s %s, of the newer standard', (method, path) => {
	test.each<[string, () => string | null]>([
		['no header', () => null],
		['a good signed token', () => kling.token()],
		['an unknown key', () => 'api-key-kling-0'],
	])('refuses %s', async (_, token) => {
		const answer = await kling.call(method, path, {token: token()});
		expect(answer).toMatchObject({status: 401, body: {code: 1002, message: newerText}});
	});
});

test('each start has its own keys', async () => {
	const other = await startKling();
	for (const key of ['accessKey', 'secretKey', 'apiKey'] as const) {
		expect(other.sandbox[key]).not.toBe(kling.sandbox[key]);
	}
	expect(other.sandbox.accessKey).toMatch(/^sandbox-[0-9a-f]{24}$/);
	expect(other.sandbox.apiKey).toMatch(/^api-key-kling-/);
	await other.sandbox.close();
});
