import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Kling, startKling} from './kling.js';

/** What auth.test.ts leaves out: tokens nobody should make, the order of judgement, and the clock. */

let kling: Kling;
beforeEach(async () => {
	kling = await startKling();
});
afterEach(() => kling.sandbox.close());

const path = '/v1/videos/text2video';
const seconds = () => Math.floor(kling.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** HTTP status, code and text for an Authorization header as it is. */
async function say(authorization?: string): Promise<unknown[]> {
	const headers = authorization === undefined ? {} : {authorization};
	const response = await fetch(kling.sandbox.baseUrl + path, {headers});
	const {code, message} = (await response.json()) as {code: number; message: string};
	return [response.status, code, message];
}

describe('a header without a token', () => {
	test.each(['', 'Bearer', 'Bearer '])('%j is empty', async (header) => {
		expect(await say(header)).toEqual([401, 1001, 'Authorization is empty']);
	});

	test.each(['Bearer a b', 'Bearer  two-spaces', 'Token x', 'bearer'])('%j is invalid', async (header) => {
		expect(await say(header)).toEqual([401, 1002, 'Authorization is invalid']);
	});
});

describe('three parts', () => {
	const header = encode({alg: 'HS256', typ: 'JWT'});

	test.each([
		['nothing in them', '..'],
		['no Base64', '!.!.!'],
		['a header that is no JSON', `abcd.${encode({iss: 'x'})}.c`],
		['claims that are no JSON', `${header}.abcd.c`],
		['claims that are no JSON, in a token of no type', `${encode({alg: 'HS256'})}.abcd.c`],
		['a number for claims', `${header}.${encode(1)}.c`],
		['a list for claims', `${header}.${encode([1])}.c`],
		['null for claims', `${header}.${encode(null)}.c`],
	])('with %s are not a token', async (_, token) => {
		expect(await say(`Bearer ${token}`)).toEqual([401, 1002, 'Authorization is invalid']);
	});

	test('without a signature, or with claims that were changed, do not authenticate', async () => {
		const claims = encode({iss: kling.sandbox.accessKey, exp: seconds() + 99_999});
		const signature = kling.token().split('.')[2];
		const none = encode({alg: 'none', typ: 'JWT'});
		for (const token of [`${header}.${claims}.${signature}`, `${header}.${claims}.`, `${none}.${claims}.`]) {
			expect(await say(`Bearer ${token}`)).toEqual([401, 1000, 'Authentication failed']);
		}
	});
});

describe('on a clock that moves', () => {
	test('nbf is reached to the second', async () => {
		const token = kling.token({nbf: seconds() + 10});
		kling.pass(9.999);
		expect(await say(`Bearer ${token}`)).toEqual([401, 1003, 'Authorization is not yet valid']);
		kling.pass(0.001);
		expect(await say(`Bearer ${token}`)).toEqual([200, 0, 'SUCCEED']);
	});

	test('exp passes to the second, whatever the speed', async () => {
		const fast = await startKling({speed: 1000});
		const token = fast.token();
		const code = async () => (await fast.call('GET', path, {token})).body.code;
		fast.pass(1799.999);
		expect(await code()).toBe(0);
		fast.pass(0.001);
		expect(await code()).toBe(1004);
		await fast.sandbox.close();
	});
});

test.each([
	['PUT', path, '{'],
	['POST', path, '{'],
	['GET', '/no/such/path', undefined],
])('the token of %s %s is checked first', async (method, place, body) => {
	const answer = await kling.call(method, place, {token: null, body});
	expect(answer).toMatchObject({status: 401, body: {code: 1001}});
});

test('a refusal has its own id and no data', async () => {
	const replies = await Promise.all([1, 2].map(() => kling.call('GET', path, {token: null})));
	const ids = replies.map(({body}) => body.request_id);
	expect(new Set(ids).size).toBe(2);
	for (const id of ids)
		expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
	for (const {body} of replies) expect(Object.keys(body)).toEqual(['code', 'message', 'request_id']);
});
